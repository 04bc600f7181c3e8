//! An answer to a request, in one transaction: everything is locked, read and judged anew, and either the whole answer is
//! written down, with what follows from it, or nothing is. Called by `quell approvals approve` and `reject`.
//!
//! Lock order as everywhere: the devices in the order of their ids, the limits' lock, then the set in force. Whoever changes a
//! containment holds its device's lock, so an answer cannot run beside an expiry, a release, or another answer.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::judge::{AnswerTerms, Block, Judged};
use super::rows::{self, AskRow};
use crate::domain::approval::{RequestNumber, distinct_people, is_same_person, lifted, risks, token};
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
    /// Why.
    pub reason: &'a str,
    /// The token of what he looked at; none: what was seen when it was asked.
    pub reviewed: Option<&'a str>,
}

/// What came of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was written down, or had been before.
    Given(Vec<Told>),
    /// Nothing was written down.
    Refused(Refusal, Vec<Told>),
}

/// What is said about one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The device; empty: about the request.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// `activated`, `approved`, `declined`, `already_approved`; or why not.
    pub what: &'static str,
    /// In words.
    pub told: String,
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such request.
    NoSuchRequest,
    /// Nothing of it can be answered any more.
    Over,
    /// The person may not.
    NotAllowed,
    /// The person said the opposite before.
    AnsweredBefore,
    /// A guard refuses.
    Guard,
    /// It is not what was reviewed any more.
    Changed,
    /// The request may still grow, and nobody can tell what the person saw of it.
    MayGrow,
}

/// For so long after its minute began a request may still get devices: the minute, and the rest of a transaction.
pub const GROWS_FOR: jiff::SignedDuration = jiff::SignedDuration::from_secs(90);

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
        let mut tx = self.pool.begin().await?;
        let devices = devices_of(&mut tx, tenant, answer.request).await?;
        crate::store::devices::lock(&mut tx, tenant, &devices).await?;
        // Whoever adds to a request holds this lock, and so does whoever counts.
        crate::store::effects::lock_limits(&mut tx, tenant).await?;
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
        let asks = rows::read(&mut tx, tenant, answer.request).await?;
        if asks.is_empty() {
            return Ok(Answered::Refused(Refusal::NoSuchRequest, Vec::new()));
        }
        if asks
            .iter()
            .any(|ask| !devices.iter().any(|device| device == ask.device.as_str()))
        {
            // A device came between the first look and the locks.
            return Ok(refused_as_a_whole(
                Refusal::MayGrow,
                "a device was just added: look at it and answer again",
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
            return Ok(settled(over.iter().filter(|ask| is_meant(ask)), answer, now));
        }
        // A token is of all that was shown, also when the answer is for a part of it.
        let judged = self.judge(&mut tx, tenant, open, terms, now).await?;
        let shown = token(answer.request, judged.iter().map(|one| one.fingerprint.as_str()));
        let mut judged: Vec<Judged> = judged.into_iter().filter(|one| is_meant(&one.ask)).collect();
        if let Some(refused) = not_allowed(&judged, answer, terms).or_else(|| said_otherwise(&judged, answer))
        {
            return Ok(refused);
        }
        if !answer.is_yes {
            let told = self.reject(&mut tx, tenant, &judged, answer, terms).await?;
            tx.commit().await?;
            return Ok(Answered::Given(told));
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
            return Ok(refused);
        }
        if let Some(refused) = changed(&judged, answer, &shown) {
            // Facts that are too old are fetched anew, so that the next look sees them.
            want_facts(&mut tx, tenant, &judged).await?;
            tx.commit().await?;
            return Ok(refused);
        }
        let grows_until = asks.iter().map(|ask| grows_until(ask.created_at)).max();
        let may_grow =
            asks.iter().any(|ask| ask.playbook.is_some()) && grows_until.is_some_and(|until| now < until);
        if may_grow && answer.only.is_empty() && answer.reviewed.is_none() {
            return Ok(refused_as_a_whole(
                Refusal::MayGrow,
                "it is so new that devices may still be added: say what you looked at with `--reviewed`, or name the devices \
                 with `--only`",
            ));
        }
        let told = self
            .approve(&mut tx, tenant, &mut judged, answer, terms, now)
            .await?;
        if matches!(told, Answered::Given(_)) {
            tx.commit().await?;
        }
        Ok(told)
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
        let mut usage = Usage::default();
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
        crate::store::effects::begin_anew(tx, tenant, device, 1).await?;
        let because = Because {
            by: answer.who,
            reason: &why,
        };
        self.converge_device(tx, tenant, device, because).await?;
        Ok(told(
            &one.ask,
            "activated",
            "approved, and is to be restricted".to_owned(),
        ))
    }
}

/// When a request cannot get another device any more.
pub fn grows_until(asked_at: Timestamp) -> Timestamp {
    let second = asked_at.as_second();
    let minute = Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(asked_at);
    minute.saturating_add(GROWS_FOR).unwrap_or(Timestamp::MAX)
}

/// What is said of something beyond a limit or a cap.
pub(super) fn beyond_of(reached: &str) -> String {
    match reached.starts_with("caps") {
        true => format!(
            "beyond {reached} of the installation: `quell caps lift` lifts it, `--only` takes fewer devices"
        ),
        false => format!("beyond {reached} of its playbook: wait, or take fewer devices with `--only`"),
    }
}

/// What a request says that has nothing left to be answered. Whoever had approved is told so, and that is no failure.
fn settled<'r>(over: impl Iterator<Item = &'r AskRow>, answer: &Answer<'_>, now: Timestamp) -> Answered {
    let wanted = if answer.is_yes { "approved" } else { "denied" };
    let mut had_said = true;
    let mut all = Vec::new();
    for ask in over {
        let its = ask
            .answers
            .iter()
            .find(|one| is_same_person(&one.person, answer.who));
        had_said &= its.is_some_and(|its| its.answer == wanted) && ask.stands(now) != "expired";
        let stands = match ask.stands(now) {
            "expired" => "expired: nobody answered in time, which is no rejection".to_owned(),
            "declined" => format!("declined by {}: {}", ask.by, ask.reason),
            state => format!("{state} already: {}", ask.reason),
        };
        all.push(told(ask, "over", stands));
    }
    if had_said && !all.is_empty() {
        return Answered::Given(all);
    }
    Answered::Refused(Refusal::Over, all)
}

fn not_allowed(judged: &[Judged], answer: &Answer<'_>, terms: &AnswerTerms<'_>) -> Option<Answered> {
    let refused = judged.iter().filter_map(|one| {
        let may = match answer.is_yes {
            true => terms.rules.may_approve(answer.who, &one.behind()),
            false => terms.rules.may_reject(answer.who, &one.behind()),
        };
        may.err()
            .map(|why| told(&one.ask, "not_allowed", why.to_string()))
    });
    some(Refusal::NotAllowed, refused.collect())
}

/// Each person has one answer; another one is refused, whichever it is.
fn said_otherwise(judged: &[Judged], answer: &Answer<'_>) -> Option<Answered> {
    let wanted = if answer.is_yes { "approved" } else { "denied" };
    let refused = judged.iter().filter_map(|one| {
        let its = one
            .ask
            .answers
            .iter()
            .find(|its| is_same_person(&its.person, answer.who))?;
        let said = format!(
            "you said before that it is {}: an answer stands, somebody else may reject it",
            its.answer
        );
        (its.answer != wanted).then(|| told(&one.ask, "answered_before", said))
    });
    some(Refusal::AnsweredBefore, refused.collect())
}

fn blocked(judged: &[Judged], is: impl Fn(&Block) -> bool, refusal: Refusal) -> Option<Answered> {
    let what = if refusal == Refusal::Guard {
        "guard"
    } else {
        "changed"
    };
    let blocks = judged.iter().filter_map(|one| {
        let block = one.block.as_ref().filter(|block| is(block))?;
        Some(told(&one.ask, what, block.told().to_owned()))
    });
    some(refusal, blocks.collect())
}

/// Whether what is there is not what was reviewed: what was seen when it was asked, or what the token is of.
fn changed(judged: &[Judged], answer: &Answer<'_>, shown: &str) -> Option<Answered> {
    if answer.reviewed == Some(shown) {
        return None;
    }
    let mut all: Vec<Told> = Vec::new();
    for one in judged {
        for difference in &one.differences {
            let stale = if one.is_stale {
                " (its facts are fetched anew)"
            } else {
                ""
            };
            all.push(told(&one.ask, "changed", format!("{difference}{stale}")));
        }
    }
    if answer.reviewed.is_some() {
        let what = "what was looked at with that token is not what is there now";
        all.insert(0, told_of_all("changed", what));
    }
    some(Refusal::Changed, all)
}

fn some(refusal: Refusal, all: Vec<Told>) -> Option<Answered> {
    (!all.is_empty()).then_some(Answered::Refused(refusal, all))
}

fn refused_as_a_whole(refusal: Refusal, why: &str) -> Answered {
    Answered::Refused(refusal, vec![told_of_all("may_grow", why)])
}

fn told_of_all(what: &'static str, why: &str) -> Told {
    Told {
        device: String::new(),
        name: None,
        what,
        told: why.to_owned(),
    }
}

fn told(ask: &AskRow, what: &'static str, why: String) -> Told {
    Told {
        device: ask.device.to_string(),
        name: ask.name.clone(),
        what,
        told: why,
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

/// Writes an answer and its row of the audit. Whoever approved another state of it approves this one with it.
async fn record(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    one: &Judged,
    answer: &Answer<'_>,
    terms: &AnswerTerms<'_>,
) -> Result<(), StoreError> {
    let before = one
        .ask
        .answers
        .iter()
        .find(|its| is_same_person(&its.person, answer.who));
    let said = if answer.is_yes { "approved" } else { "denied" };
    let lifts = answer.is_yes.then_some(one.lifts.as_str());
    let id = sqlx::query_scalar!(
        "INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, revision, lifts, reason, reviewed, four_eyes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (containment_id, person) DO UPDATE
         SET lifts = $6, reason = $7, reviewed = $8, four_eyes = $9, answered_at = quell.now()
         RETURNING id",
        one.ask.id,
        tenant.0,
        before.map_or(answer.who, |its| its.person.as_str()),
        said,
        one.ask.revision,
        lifts,
        answer.reason,
        one.fingerprint,
        terms.rules.four_eyes,
    )
    .fetch_one(&mut *tx)
    .await?;
    let after = serde_json::json!({
        "containment": one.ask.id, "request": answer.request.to_string(), "lifts": lifts, "reviewed": one.now,
    });
    sqlx::query!(
        "SELECT quell.note_change($1, 'approval', $2, $3, $4, $5, $6, $7, $8, NULL, $9)",
        tenant.0,
        id,
        one.ask.device.as_str(),
        before.map(|its| its.answer.as_str()),
        said,
        answer.who,
        answer.reason,
        one.ask.revision,
        after,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Asks for the facts of devices whose facts are too old.
async fn want_facts(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    judged: &[Judged],
) -> Result<(), StoreError> {
    let stale: Vec<String> = judged
        .iter()
        .filter(|one| one.is_stale)
        .map(|one| one.ask.device.to_string())
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE quell.devices SET facts_wanted_at = quell.now(), facts_tried_at = NULL, facts_failures = 0
         WHERE tenant_id = $1 AND device_id = ANY($2) AND facts_wanted_at IS NULL",
        tenant.0,
        &stale,
    )
    .execute(&mut *tx)
    .await?;
    wake(tx, tenant, Wake::Facts).await
}
