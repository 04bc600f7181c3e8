//! Answers to asks: who may give them, what they are bound to, and what must be the same when they are given. Pure; called
//! by `store::approvals` inside the answer's transaction and by `quell approvals show`, so that both say the same.

pub mod scene;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::domain::decision::Usage;
use crate::domain::device::DeviceId;
use crate::domain::guard::Protections;
use crate::domain::limit::{FLEET_UNKNOWN, reached_limit};
use crate::domain::verdict::{Limit, Mode};

/// Who may answer, beside what the asks say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRules {
    /// The people of each group that `from` may name.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Whoever wrote a playbook or put it in force may not approve what it asks. Whoever begins something by hand may
    /// never approve it, whatever this says.
    pub four_eyes: bool,
}

impl Default for ApprovalRules {
    fn default() -> Self {
        Self {
            groups: BTreeMap::new(),
            four_eyes: true,
        }
    }
}

/// What the text of a playbook says of itself, as far as answers depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaybookSays {
    /// Who answers for it.
    pub owner: String,
    /// The facts that it tests: `device.tags`, `alert.severity`.
    pub tested: BTreeSet<String>,
}

/// What playbooks say of themselves, by playbook and revision. A revision's text never changes, so this is read before the
/// answer's transaction.
pub type Sayings = HashMap<(String, String), PlaybookSays>;

/// A request's number, as people write it: `A-1042`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestNumber(pub i64);

impl RequestNumber {
    /// Reads `A-1042`, in any case, with or without the letter and the dash.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches(['A', 'a']).trim_start_matches('-');
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| digits.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A-{}", self.0)
    }
}

/// A person's name as it is kept and compared: `Ann` and `ann ` are one person.
pub fn person(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether two names may be one person's, which keeps a right away and never gives one. A domain counts only where both have one of the
/// same kind: `ann`, `CORP\ann` and `ann@contoso.com` are the same, `ann@contoso.com` and `ann@fabrikam.com` are not.
pub fn is_same_person(a: &str, b: &str) -> bool {
    let (a, b) = (person(a), person(b));
    let ((a_user, a_domain), (b_user, b_domain)) = (parts(&a), parts(&b));
    !a_user.is_empty()
        && a_user == b_user
        && match (a_domain, b_domain) {
            // Which name of Windows' is which domain's nobody can tell here.
            (Some((a_kind, a_domain)), Some((b_kind, b_domain))) if a_kind == b_kind => a_domain == b_domain,
            _ => true,
        }
}

/// The name without its domain, and that with the character that sets it apart.
fn parts(name: &str) -> (&str, Option<(char, &str)>) {
    if let Some((user, domain)) = name.split_once('@') {
        return (user, Some(('@', domain)));
    }
    match name.split_once('\\') {
        Some((domain, user)) => (user, Some(('\\', domain))),
        None => (name, None),
    }
}

/// Why a person may not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum NotAllowed {
    /// The ask is for others.
    NotAsked {
        /// The groups and people that are asked.
        from: Vec<String>,
    },
    /// He began it himself.
    BeganIt,
    /// The playbook names him as its owner.
    OwnsIt,
    /// He put this revision of the playbook in force.
    PutItInForce,
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked { from } => write!(
                f,
                "only {} may answer, each by the whole name that is asked",
                from.join(", ")
            ),
            Self::BeganIt => write!(
                f,
                "nobody approves what he asked for himself: it takes a second person"
            ),
            Self::OwnsIt => write!(
                f,
                "nobody approves what he wrote: the playbook names him as its owner"
            ),
            Self::PutItInForce => {
                write!(
                    f,
                    "nobody approves what he put in force: he activated this revision of the playbook"
                )
            }
        }
    }
}

/// Who stands behind an ask.
#[derive(Clone, Copy, Debug)]
pub struct Behind<'a> {
    /// The groups or people that are asked; empty: anybody.
    pub from: &'a [String],
    /// Who began it by hand.
    pub begun_by: Option<&'a str>,
    /// The playbook's owner.
    pub owner: Option<&'a str>,
    /// Who put the revision in force.
    pub activated_by: &'a [String],
}

/// Whoever answers.
#[derive(Clone, Copy, Debug)]
pub struct Answerer<'a> {
    /// Their name.
    pub who: &'a str,
    /// The groups that their proof says they are in: these count beside those of the configuration.
    pub groups: &'a [String],
}

impl<'a> From<&'a str> for Answerer<'a> {
    fn from(who: &'a str) -> Self {
        Self { who, groups: &[] }
    }
}

impl ApprovalRules {
    /// Whether a person is among those that are asked: under that whole name, a domain included, as another's `ann` is somebody
    /// else. A name in `from` that is no group, neither of the configuration nor of the person's, is a person.
    pub fn is_asked<'a>(&self, answerer: impl Into<Answerer<'a>>, from: &[String]) -> bool {
        let Answerer { who, groups } = answerer.into();
        let who = person(who);
        from.is_empty()
            || from.iter().any(|name| {
                groups.contains(name)
                    || match self.groups.get(name) {
                        Some(people) => people.iter().any(|one| person(one) == who),
                        None => !who.is_empty() && person(name) == who,
                    }
            })
    }

    /// Whether a person may say no. Whoever is asked may, the author too.
    ///
    /// # Errors
    /// Why not.
    pub fn may_reject<'a>(
        &self,
        answerer: impl Into<Answerer<'a>>,
        behind: &Behind<'_>,
    ) -> Result<(), NotAllowed> {
        let answerer = answerer.into();
        let who = answerer.who;
        match self.is_asked(answerer, behind.from)
            || behind.begun_by.is_some_and(|by| person(by) == person(who))
        {
            true => Ok(()),
            false => Err(NotAllowed::NotAsked {
                from: behind.from.to_vec(),
            }),
        }
    }

    /// Whether a person may say yes.
    ///
    /// # Errors
    /// Why not.
    pub fn may_approve<'a>(
        &self,
        answerer: impl Into<Answerer<'a>>,
        behind: &Behind<'_>,
    ) -> Result<(), NotAllowed> {
        let answerer = answerer.into();
        let who = answerer.who;
        if behind.begun_by.is_some_and(|by| is_same_person(by, who)) {
            return Err(NotAllowed::BeganIt);
        }
        if !self.is_asked(answerer, behind.from) {
            return Err(NotAllowed::NotAsked {
                from: behind.from.to_vec(),
            });
        }
        if self.four_eyes && behind.owner.is_some_and(|owner| is_same_person(owner, who)) {
            return Err(NotAllowed::OwnsIt);
        }
        if self.four_eyes && behind.activated_by.iter().any(|by| is_same_person(by, who)) {
            return Err(NotAllowed::PutItInForce);
        }
        Ok(())
    }
}

/// How many distinct people there are among these names.
pub fn distinct_people<'n>(names: impl IntoIterator<Item = &'n str>) -> usize {
    let mut people: Vec<&str> = Vec::new();
    for name in names {
        if !people.iter().any(|one| is_same_person(one, name)) {
            people.push(name);
        }
    }
    people.len()
}

/// What an ask lifts when it is approved, one by one: `limits[0]`, `if_unknown.device.tags`, `never.tags`.
pub fn lifted(ask_lifts: &str) -> impl Iterator<Item = &str> {
    ask_lifts.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// The protections among what is lifted: only people that begin something by hand ask for these.
pub fn risks(ask_lifts: &str) -> Vec<String> {
    lifted(ask_lifts)
        .filter(|one| one.starts_with("never."))
        .map(str::to_owned)
        .collect()
}

impl Protections {
    /// The protections without the lists whose risk was accepted, each named as `never.tags`. Any other name lifts nothing.
    pub fn without(&self, accepted: &[String]) -> Self {
        let mut kept = self.clone();
        for risk in accepted {
            match risk.as_str() {
                "never.ids" => kept.ids.clear(),
                "never.tags" => kept.tags.clear(),
                "never.groups" => kept.groups.clear(),
                "never.names" => kept.names.clear(),
                "never.device_values" => kept.device_values.clear(),
                _ => {}
            }
        }
        kept
    }
}

/// The first of a playbook's limits beyond which one more device goes and that is not lifted for it. Each is counted by the
/// function that decisions use.
pub fn reached_beyond(
    playbook: &str,
    limits: &[Limit],
    is_lifted: impl Fn(&str) -> bool,
    device: &DeviceId,
    fleet: Option<u64>,
    usage: &Usage,
) -> Option<String> {
    limits.iter().enumerate().find_map(|(index, limit)| {
        let one = std::slice::from_ref(limit);
        let (_, reached) = reached_limit(playbook, one, Mode::Enforce, device, fleet, usage)?;
        let name = format!("limits[{index}]");
        let unknown = reached.ends_with(FLEET_UNKNOWN);
        let reached = if unknown {
            name.clone() + FLEET_UNKNOWN
        } else {
            name.clone()
        };
        (!is_lifted(&name) && !is_lifted(&reached)).then_some(reached)
    })
}

/// What a person gives back to say that he looked at these asks as they are: a hash over their fingerprints, in any order.
pub fn token<'f>(request: RequestNumber, fingerprints: impl IntoIterator<Item = &'f str>) -> String {
    let mut all: Vec<&str> = fingerprints.into_iter().collect();
    all.sort_unstable();
    let request = request.to_string();
    all.insert(0, &request);
    let mut token = digest(&all);
    token.truncate(12);
    token
}

/// A short tag of what these parts say, in this order.
pub fn tag(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let mut tag = digest(&parts);
    tag.truncate(16);
    tag
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts run together to the same bytes.
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
