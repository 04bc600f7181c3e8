//! An answer to a request, in one transaction: everything is locked, read and judged anew, and either the whole answer is
//! written down, with what follows from it, or nothing is. Called by `quell approvals approve` and `reject`.
//!
//! Lock order as everywhere: the devices in the order of their ids, the limits' lock, then the set in force. Whoever changes a
//! containment holds its device's lock, so an answer cannot run beside an expiry, a release, or another answer.

use jiff::Timestamp;
use uuid::Uuid;

use super::judge::{AnswerTerms, Block, Judged};
use super::record::{record, want_facts};
use super::refusal::{
    Answered, Refusal, Told, beyond_of, blocked, changed, grows_until, not_allowed, refused_as_a_whole,
    said_otherwise, settled, told,
};
use super::rows::{self, AskRow};
use crate::domain::approval::{
    Answerer, RequestNumber, distinct_people, is_same_person, lifted, risks, token,
};
use crate::domain::containment::EndReason;
use crate::domain::decision::Usage;
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::containments::{Bounds, OneMore, Word, decline};
use crate::store::{Because, Store, StoreError, Wake, wake};

/// What a person says to a request.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The request.
    pub request: RequestNumber,
    /// Yes or no.
    pub is_yes: bool,
    /// Only these devices of it; empty: all.
    pub only: &'a [DeviceId],
    /// All but these.
    pub except: &'a [DeviceId],
    /// Who, as [`crate::domain::approval::person`] writes it.
    pub who: &'a str,
    /// The groups that their proof says they are in.
    pub groups: &'a [String],
    /// Why.
    pub reason: &'a str,
    /// The token of what he looked at; none: what was seen when it was asked.
    pub reviewed: Option<&'a str>,
}

impl<'a> Answer<'a> {
    /// Whoever answers.
    pub(super) fn answerer(&self) -> Answerer<'a> {
        Answerer {
            who: self.who,
            groups: self.groups,
        }
    }
}

impl Store {
    /// Takes an answer, or says why not.
    ///
    /// # Errors
    /// Postgres is not available: nothing is written down.
    pub async fn approval_answer(
        &self,
        tenant: TenantId,
        answer: &Answer<'_>,
        terms: &AnswerTerms<'_>,
    ) -> Result<Answered, StoreError> {
        let mut tx = self.begin().await?;
        if answer.is_yes {
            crate::store::stops::hold_off(&mut tx, tenant).await?;
        }
        let answered = self.answer_once(&mut tx, tenant, answer, terms).await;
        // At once, not when the connection is used again: nobody waits for, or passes over, a device that is done with.
        match &answered {
            Ok((_, true)) => tx.commit().await?,
            _ => tx.rollback().await?,
        }
        match answered.map(|(answered, _)| answered) {
            // The database looks at its clock once more as each answer is written.
            Err(error) if error.is_refused_by("answer_is_in_time") => Ok(refused_as_a_whole(
                Refusal::Over,
                "its time ran out while it was answered",
            )),
            answered => answered,
        }
    }

    /// The answer, and whether anything is to be kept of what was written.
    async fn answer_once(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        answer: &Answer<'_>,
        terms: &AnswerTerms<'_>,
    ) -> Result<(Answered, bool), StoreError> {
        let devices = devices_of(tx, tenant, answer.request).await?;
        crate::store::devices::lock(tx, tenant, &devices).await?;
        // Whoever adds to a request holds this lock, and so does whoever counts.
        crate::store::effects::lock_limits(tx, tenant).await?;
        sqlx::query!(
            "SELECT version FROM quell.active_sets WHERE tenant_id = $1 FOR SHARE",
            tenant.0
        )
        .fetch_optional(&mut *tx)
        .await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let asks = rows::read(tx, tenant, answer.request).await?;
        if asks.is_empty() {
            return Ok((Answered::Refused(Refusal::NoSuchRequest, Vec::new()), false));
        }
        let stop = crate::store::stops::in_force(tx, tenant).await?;
        if let Some(stop) = stop.filter(|_| answer.is_yes) {
            let why = format!("stopped: {}; `quell resume` ends that", stop.means());
            return Ok((refused_as_a_whole(Refusal::Guard, &why), false));
        }
        if asks
            .iter()
            .any(|ask| !devices.iter().any(|device| device == ask.device.as_str()))
        {
            // A device came between the first look and the locks.
            return Ok((
                refused_as_a_whole(
                    Refusal::MayGrow,
                    "a device was just added: look at it and answer again",
                ),
                false,
            ));
        }
        let is_meant = |ask: &AskRow| {
            (answer.only.is_empty() || answer.only.contains(&ask.device))
                && !answer.except.contains(&ask.device)
        };
        // What nothing can be said to any more: settled, or out of time.
        let (open, over): (Vec<_>, Vec<_>) = asks.iter().cloned().partition(|ask| ask.is_open(now));
        let chosen: Vec<AskRow> = open.iter().filter(|ask| is_meant(ask)).cloned().collect();
        if chosen.is_empty() {
            return Ok((
                settled(over.iter().filter(|ask| is_meant(ask)), answer, now),
                false,
            ));
        }
        // A token is of all that was shown, also when the answer is for a part of it.
        let judged = self.judge(tx, tenant, open, terms, now).await?;
        let shown = token(answer.request, judged.iter().map(|one| one.fingerprint.as_str()));
        let mut judged: Vec<Judged> = judged.into_iter().filter(|one| is_meant(&one.ask)).collect();
        if let Some(refused) = not_allowed(&judged, answer, terms).or_else(|| said_otherwise(&judged, answer))
        {
            return Ok((refused, false));
        }
        // Whoever says what they looked at means that and nothing else, whatever they say about it.
        if !answer.is_yes && answer.reviewed.is_some_and(|token| token != shown) {
            let why = "what was looked at with that token is not what is there now";
            return Ok((refused_as_a_whole(Refusal::Changed, why), false));
        }
        if !answer.is_yes {
            let told = self.reject(tx, tenant, &judged, answer, terms).await?;
            return Ok((Answered::Given(told), true));
        }
        if let Some(refused) = blocked(&judged, |block| matches!(block, Block::Guard(_)), Refusal::Guard)
            .or_else(|| {
                blocked(
                    &judged,
                    |block| matches!(block, Block::Changed(_)),
                    Refusal::Changed,
                )
            })
        {
            return Ok((refused, false));
        }
        if let Some(refused) = changed(&judged, answer, &shown) {
            // Facts that are too old are fetched anew, so that the next look sees them.
            want_facts(tx, tenant, &judged).await?;
            return Ok((refused, true));
        }
        let grows_until = asks.iter().map(|ask| grows_until(ask.created_at)).max();
        let may_grow =
            asks.iter().any(|ask| ask.playbook.is_some()) && grows_until.is_some_and(|until| now < until);
        if may_grow && answer.only.is_empty() && answer.reviewed.is_none() {
            return Ok((
                refused_as_a_whole(
                    Refusal::MayGrow,
                    "it is so new that devices may still be added: say what you looked at with `--reviewed`, or name the devices \
                 with `--only`",
                ),
                false,
            ));
        }
        let told = self.approve(tx, tenant, &mut judged, answer, terms, now).await?;
        let is_given = matches!(told, Answered::Given(_));
        Ok((told, is_given))
    }

    async fn reject(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        judged: &[Judged],
        answer: &Answer<'_>,
        terms: &AnswerTerms<'_>,
    ) -> Result<Vec<Told>, StoreError> {
        for one in judged {
            record(tx, tenant, one, answer, terms).await?;
        }
        let ids: Vec<Uuid> = judged.iter().map(|one| one.ask.id).collect();
        let why = format!("rejected: {}", answer.reason);
        // One person who is asked and says no is enough.
        let word = Word {
            reason: EndReason::Operator,
            by: answer.who,
            why: &why,
        };
        decline(tx, &ids, word).await?;
        count("declined", ids.len());
        Ok(judged
            .iter()
            .map(|one| told(&one.ask, "declined", "declined".to_owned()))
            .collect())
    }

    /// Writes approvals down, and makes active what has enough of them. Beyond a limit or a cap nothing of the answer holds.
    async fn approve(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        judged: &mut [Judged],
        answer: &Answer<'_>,
        terms: &AnswerTerms<'_>,
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let bounds = Bounds {
            caps: &terms.gate.caps,
            fleet: terms.fleet,
        };
        let mut usage = Usage::of(bounds.caps, bounds.fleet);
        let (mut given, mut beyond) = (Vec::new(), Vec::new());
        for one in judged.iter() {
            let had = one.approvers().any(|person| is_same_person(person, answer.who));
            let people = one.approvers().chain([answer.who]);
            let have = distinct_people(people);
            let need = usize::try_from(one.ask.terms.approvals).unwrap_or(usize::MAX);
            if !had {
                record(tx, tenant, one, answer, terms).await?;
            }
            if have < need {
                let what = if had { "already_approved" } else { "approved" };
                let already = if had {
                    "you had approved it already"
                } else {
                    "approved"
                };
                given.push(told(&one.ask, what, format!("{already}, {have} of {need}")));
                continue;
            }
            let lifts: Vec<&str> = lifted(&one.lifts).collect();
            let more = OneMore {
                device: &one.ask.device,
                playbook: one.ask.playbook.as_deref(),
                limits: one.ask.limits.as_deref().unwrap_or_default(),
                lifts: &lifts,
            };
            if let Some(reached) = bounds.reached(tx, tenant, now, more, &mut usage).await? {
                beyond.push(told(&one.ask, "guard", beyond_of(&reached)));
                continue;
            }
            usage.count(more.playbook.unwrap_or_default(), Mode::Enforce, more.device);
            given.push(self.activate(tx, tenant, one, answer, now).await?);
        }
        if !beyond.is_empty() {
            return Ok(Answered::Refused(Refusal::Guard, beyond));
        }
        wake(tx, tenant, Wake::Queue).await?;
        count("approved", judged.len());
        Ok(Answered::Given(given))
    }

    async fn activate(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        one: &Judged,
        answer: &Answer<'_>,
        now: Timestamp,
    ) -> Result<Told, StoreError> {
        let mut people: Vec<&str> = one
            .approvers()
            .filter(|by| !is_same_person(by, answer.who))
            .collect();
        people.push(answer.who);
        let why = format!("approved by {}: {}", people.join(" and "), answer.reason);
        let activated = sqlx::query!(
            "UPDATE quell.containments SET state = 'active', activated_at = $2::timestamptz,
                 until = $2::timestamptz + release_after, accepted_risks = $3, state_by = $4, state_reason = $5
             WHERE id = $1 AND state = 'asked'",
            one.ask.id,
            jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
            &risks(&one.lifts),
            answer.who,
            why,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if activated != 1 {
            return Err(StoreError::Stale("the ask"));
        }
        let device = &one.ask.device;
        crate::store::effects::begin_anew(tx, tenant, (device, one.ask.measure), 1).await?;
        let because = Because {
            by: answer.who,
            reason: &why,
        };
        self.converge_device(tx, tenant, device, because).await?;
        self.tasks_begin(tx, tenant, device, because).await?;
        Ok(told(
            &one.ask,
            "activated",
            format!("approved, and is to be {}", one.ask.measure.held()),
        ))
    }
}

fn count(answer: &'static str, asks: usize) {
    let asks = u64::try_from(asks).unwrap_or(u64::MAX);
    metrics::counter!("quell_asks_answered_total", "answer" => answer).increment(asks);
}

async fn devices_of(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    request: RequestNumber,
) -> Result<Vec<String>, StoreError> {
    let devices = sqlx::query_scalar!(
        "SELECT DISTINCT device_id FROM quell.containments WHERE tenant_id = $1 AND request = $2 ORDER BY device_id",
        tenant.0,
        request.0,
    )
    .fetch_all(tx)
    .await?;
    Ok(devices)
}
