//! One ask, judged as it stands now: what changed since it was asked, and what forbids its approval whoever gives it. Used by
//! the answer's transaction and by `quell approvals show`, so that both say the same. It changes nothing.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use super::rows::AskRow;
use crate::domain::approval::scene::{Difference, Scene, Seen};
use crate::domain::approval::{ApprovalRules, Behind, Sayings, lifted, risks};
use crate::domain::device::DeviceFacts;
use crate::domain::device::kind::KindSigns;
use crate::domain::guard::Protection;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::{Gate, Store, StoreError};

/// What answers are judged by.
#[derive(Clone, Copy, Debug)]
pub struct AnswerTerms<'a> {
    /// Who may answer.
    pub rules: &'a ApprovalRules,
    /// Mode ceiling, protections and caps.
    pub gate: &'a Gate,
    /// How many devices the fleet has, as far as that is known.
    pub fleet: Option<u64>,
    /// A fact older than this is not known.
    pub facts_max_age: Duration,
    /// What the playbooks that ask say of themselves.
    pub sayings: &'a Sayings,
    /// What tells the kind of a device, as decisions have it.
    pub kinds: &'a KindSigns,
}

/// Why an ask cannot be approved as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A guard refuses, whoever approves.
    Guard(String),
    /// Something changed that no second look can approve.
    Changed(String),
}

impl Block {
    /// In words.
    pub fn told(&self) -> &str {
        match self {
            Self::Guard(told) | Self::Changed(told) => told,
        }
    }
}

/// One ask as it stands now.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The ask.
    pub ask: AskRow,
    /// What is seen now.
    pub now: Scene,
    /// What differs from what was seen when it was asked.
    pub differences: Vec<Difference>,
    /// The hash of what an approval given now is bound to.
    pub fingerprint: String,
    /// What an approval given now lifts.
    pub lifts: String,
    /// What forbids an approval, beside limits and caps.
    pub block: Option<Block>,
    /// Who put its revision in force.
    pub activated_by: Vec<String>,
    /// The owner that its playbook names.
    pub owner: Option<String>,
    /// The device's facts are too old to be believed, or not there.
    is_stale: bool,
}

impl Judged {
    /// Who stands behind it.
    pub fn behind(&self) -> Behind<'_> {
        Behind {
            from: &self.ask.terms.from,
            begun_by: self.ask.begun_by.as_deref(),
            owner: self.owner.as_deref(),
            activated_by: &self.activated_by,
        }
    }

    /// Whether it differs because the device's facts are not known any more.
    pub(super) fn lacks_facts(&self) -> bool {
        self.is_stale && self.differences.iter().any(|one| one.what.starts_with("device."))
    }

    /// Those who approved what is there now.
    pub fn approvers(&self) -> impl Iterator<Item = &str> {
        let approved = self.ask.answers.iter().filter(|answer| {
            answer.answer == "approved" && answer.reviewed.as_deref() == Some(self.fingerprint.as_str())
        });
        approved.map(|answer| answer.person.as_str())
    }
}

/// How a revision stands.
struct Standing {
    block: Option<Block>,
    activated_by: Vec<String>,
}

impl Store {
    /// Judges asks as they stand at a moment.
    pub(super) async fn judge(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        asks: Vec<AskRow>,
        terms: &AnswerTerms<'_>,
        now: Timestamp,
    ) -> Result<Vec<Judged>, StoreError> {
        let mut standings: HashMap<(String, String), Standing> = HashMap::new();
        let mut judged = Vec::with_capacity(asks.len());
        for ask in asks {
            let mut activated_by = Vec::new();
            let mut owner = None;
            let mut tested = BTreeSet::new();
            let mut block = (terms.gate.ceiling < Mode::Enforce)
                .then(|| Block::Guard(format!("mode ceiling is {}", terms.gate.ceiling.as_str())));
            if let (Some(playbook), Some(revision)) = (&ask.playbook, &ask.revision) {
                let key = (playbook.clone(), revision.clone());
                if !standings.contains_key(&key) {
                    let standing = self.stands(tx, tenant, playbook, revision).await?;
                    standings.insert(key.clone(), standing);
                }
                if let Some(standing) = standings.get(&key) {
                    block = block.or_else(|| standing.block.clone());
                    activated_by.clone_from(&standing.activated_by);
                }
                match terms.sayings.get(&key) {
                    Some(says) => {
                        owner = Some(says.owner.clone());
                        tested.clone_from(&says.tested);
                    }
                    None => {
                        let why = "this version cannot read its playbook, so nobody can tell who wrote it";
                        block = block.or_else(|| Some(Block::Guard(why.to_owned())));
                    }
                }
            }
            judged.push(weigh(ask, terms, now, &tested, block, activated_by, owner));
        }
        Ok(judged)
    }

    /// Whether a revision is still what is in force, and who put it there.
    async fn stands(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        playbook: &str,
        revision: &str,
    ) -> Result<Standing, StoreError> {
        let fallen = self.standing_of(tx, tenant, playbook, Some(revision)).await?;
        let in_force = sqlx::query_scalar!(
            "SELECT s.revision FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
             WHERE a.tenant_id = $1 AND s.playbook = $2",
            tenant.0,
            playbook,
        )
        .fetch_optional(&mut *tx)
        .await?;
        // Whoever activated a set that brought the revision; not those who left it as it was.
        let activated_by = sqlx::query_scalar!(
            r#"SELECT DISTINCT v.activated_by AS "by!" FROM quell.set_activations v
               JOIN quell.playbook_sets s ON s.tenant_id = v.tenant_id AND s.set_hash = v.set_hash
               WHERE v.tenant_id = $1 AND s.playbook = $2 AND s.revision = $3 AND v.activated_by IS NOT NULL
                 AND NOT EXISTS (
                   SELECT 1 FROM quell.set_activations b
                   JOIN quell.playbook_sets p ON p.tenant_id = b.tenant_id AND p.set_hash = b.set_hash
                   WHERE b.tenant_id = v.tenant_id AND b.version = v.version - 1 AND p.playbook = $2 AND p.revision = $3)"#,
            tenant.0,
            playbook,
            revision,
        )
        .fetch_all(&mut *tx)
        .await?;
        let short = |revision: &str| revision.chars().take(12).collect::<String>();
        let block = match (fallen, in_force) {
            (Some(fallen), _) => Some(Block::Guard(format!("playbook `{playbook}` {}", fallen.why))),
            (None, Some(in_force)) if in_force != revision => Some(Block::Changed(format!(
                "playbook `{playbook}` was {} and is {}: a new alert asks anew under it",
                short(revision),
                short(&in_force)
            ))),
            _ => None,
        };
        Ok(Standing { block, activated_by })
    }
}

fn weigh(
    ask: AskRow,
    terms: &AnswerTerms<'_>,
    now: Timestamp,
    tested: &BTreeSet<String>,
    block: Option<Block>,
    activated_by: Vec<String>,
    owner: Option<String>,
) -> Judged {
    let with_kind = |facts: &DeviceFacts| {
        let mut facts = facts.clone();
        terms.kinds.apply(&ask.device, &mut facts);
        facts
    };
    let fresh: Option<DeviceFacts> = ask
        .fetched_at
        .filter(|at| Duration::try_from(now.duration_since(*at)).unwrap_or_default() <= terms.facts_max_age)
        .and(ask.now.facts.as_ref().map(with_kind));
    // What a decision was made by has its kind already; what was kept of a device as it was has not.
    let then_facts = match ask.begun_by {
        Some(_) => ask.then.facts.as_ref().map(with_kind),
        None => ask.then.facts.clone(),
    };
    let accepted = ask.lifts.as_deref().map(risks).unwrap_or_default();
    let never = terms.gate.never.without(&accepted);
    let never_then = ask.never_then.as_ref().map(|never| never.without(&accepted));
    let then = Seen {
        device: &ask.device,
        facts: then_facts.as_ref(),
        never: never_then.as_ref().unwrap_or(&never),
        alert: ask.then.alert.as_ref(),
        restricted_by: &ask.then.restricted_by,
    };
    let seen = Seen {
        device: &ask.device,
        facts: fresh.as_ref(),
        never: &never,
        alert: ask.now.alert.as_ref(),
        restricted_by: &ask.now.restricted_by,
    };
    let protection = seen.protection();
    let block = block.or_else(|| match (&ask.lifts, &ask.limits, &protection) {
        (None, ..) => Some(Block::Guard(format!(
            "held by {}, which no approval lifts: `quell caps lift` does",
            ask.ask_reason
        ))),
        (_, None, _) => Some(Block::Guard("this version cannot read its limits".to_owned())),
        (.., Protection::Protected(list)) => Some(Block::Guard(format!("protected by never.{list}"))),
        _ => None,
    });
    let mut lifts = ask.lifts.clone().unwrap_or_default();
    if let Protection::Unknown(fact) = protection {
        let also = format!("if_unknown.{fact}");
        if !lifted(&lifts).any(|one| one == also) {
            lifts = format!("{lifts}, {also}");
        }
    }
    let scene = seen.scene(tested);
    Judged {
        differences: then.scene(tested).differences(&scene),
        fingerprint: scene.fingerprint(&ask.id.to_string(), ask.revision.as_deref(), ask.lifts.as_deref()),
        now: scene,
        lifts,
        block,
        activated_by,
        owner,
        is_stale: fresh.is_none(),
        ask,
    }
}
