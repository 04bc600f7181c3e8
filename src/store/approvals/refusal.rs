//! Why an answer is not taken, and what is said about each device. Judged under the answer's locks; it changes nothing.

use jiff::Timestamp;
use serde::Serialize;

use super::answer::Answer;
use super::judge::{AnswerTerms, Block, Judged};
use super::rows::AskRow;
use crate::domain::approval::is_same_person;

/// What came of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was written down, or had been before.
    Given(Vec<Told>),
    /// Nothing was written down.
    Refused(Refusal, Vec<Told>),
}

/// What is said about one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
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
pub(super) fn settled<'r>(
    over: impl Iterator<Item = &'r AskRow>,
    answer: &Answer<'_>,
    now: Timestamp,
) -> Answered {
    let wanted = if answer.is_yes { "approved" } else { "denied" };
    let mut had_said = true;
    let mut all = Vec::new();
    for ask in over {
        let its = ask
            .answers
            .iter()
            .find(|one| is_same_person(&one.person, answer.who));
        // What came of it is what this person had said: not of an approval that somebody else's rejection ended.
        let fits = match ask.stands(now) {
            "expired" => false,
            "declined" => !answer.is_yes,
            _ => answer.is_yes,
        };
        had_said &= fits && its.is_some_and(|its| its.answer == wanted);
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

pub(super) fn not_allowed(
    judged: &[Judged],
    answer: &Answer<'_>,
    terms: &AnswerTerms<'_>,
) -> Option<Answered> {
    let refused = judged.iter().filter_map(|one| {
        let may = match answer.is_yes {
            true => terms.rules.may_approve(answer.answerer(), &one.behind()),
            false => terms.rules.may_reject(answer.answerer(), &one.behind()),
        };
        may.err()
            .map(|why| told(&one.ask, "not_allowed", why.to_string()))
    });
    some(Refusal::NotAllowed, refused.collect())
}

/// Each person has one answer; another one is refused, whichever it is.
pub(super) fn said_otherwise(judged: &[Judged], answer: &Answer<'_>) -> Option<Answered> {
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

pub(super) fn blocked(judged: &[Judged], is: impl Fn(&Block) -> bool, refusal: Refusal) -> Option<Answered> {
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
pub(super) fn changed(judged: &[Judged], answer: &Answer<'_>, shown: &str) -> Option<Answered> {
    if answer.reviewed == Some(shown) {
        return None;
    }
    let mut all: Vec<Told> = Vec::new();
    for one in judged {
        for difference in &one.differences {
            let stale = match one.lacks_facts() && difference.what.starts_with("device.") {
                true => " (its facts are fetched anew)",
                false => "",
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

pub(super) fn refused_as_a_whole(refusal: Refusal, why: &str) -> Answered {
    Answered::Refused(refusal, vec![told_of_all("refused", why)])
}

fn told_of_all(what: &'static str, why: &str) -> Told {
    Told {
        device: String::new(),
        name: None,
        what,
        told: why.to_owned(),
    }
}

pub(super) fn told(ask: &AskRow, what: &'static str, why: String) -> Told {
    Told {
        device: ask.device.to_string(),
        name: ask.name.clone(),
        what,
        told: why,
    }
}
