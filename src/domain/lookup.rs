//! Look-ups: what Defender says of one device beyond its inventory, asked before a first call where the configuration wants
//! it. Here is what an answer means, for how long, and which are lacking. Pure; asked by `worker::decide`, the gate,
//! `quell restrict` and `quell explain`; `worker::lookups` fetches.
//!
//! What is not known blocks nothing: [`crate::domain::eligibility`] judges what [`LookupTerms::apply`] puts among the facts.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;

/// What can be asked of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// Which actions Defender itself has for it (`availableMachineActions`, facts sheet 4.1).
    AvailableActions,
    /// In which mode its antivirus is (`DeviceAvInfo`, facts sheet 4.4).
    Antivirus,
}

impl Lookup {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AvailableActions, Self::Antivirus];

    /// The name in SQL, metrics and the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AvailableActions => "available_actions",
            Self::Antivirus => "antivirus",
        }
    }
}

/// An answer and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told<T> {
    /// When it was fetched.
    pub at: Timestamp,
    /// What was said; `None`: nothing that can be used, which is not asked for again at once.
    pub answer: Option<T>,
}

impl<T> Told<T> {
    fn is_fresh(&self, now: Timestamp, max_age: Duration) -> bool {
        Duration::try_from(now.duration_since(self.at)).unwrap_or_default() <= max_age
    }
}

/// What is kept of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LookedUp {
    /// The actions that Defender does not have for it, as its metadata names them (`FullActionType`), each with the reason, which
    /// may be empty. What is not named may be available, or not be known.
    pub available_actions: Option<Told<BTreeMap<String, String>>>,
    /// The mode of its antivirus: `active`, `passive`, `disabled`, `edr_blocked`, `passive_audit`, `other`, or a number that
    /// nobody has documented.
    pub antivirus: Option<Told<String>>,
    /// It is free and no action of ours is open there. Else Defender may have an action not for the very reason that it is under
    /// way or done, so its list says nothing.
    pub is_settled: bool,
}

/// Which are wanted, all spans as they hold in real time. The default: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookupTerms {
    /// Whether Defender is asked for its list of actions.
    pub available_actions: bool,
    /// Whether it is asked for the antivirus.
    pub antivirus: bool,
    /// Older answers say nothing, and are asked for anew.
    pub max_age: Duration,
    /// An event waits so long for them, at most.
    pub wait: Duration,
}

impl LookupTerms {
    /// Whether any is wanted.
    pub fn is_on(&self) -> bool {
        Lookup::ALL.into_iter().any(|lookup| self.asks(lookup))
    }

    /// Whether that one is.
    pub fn asks(&self, lookup: Lookup) -> bool {
        match lookup {
            Lookup::AvailableActions => self.available_actions,
            Lookup::Antivirus => self.antivirus,
        }
    }

    /// Puts among the facts what is known of the device.
    pub fn apply(&self, facts: &mut DeviceFacts, known: &LookedUp, now: Timestamp) {
        if let Some(told) = self.listed(known, now) {
            facts.unavailable = told.answer.clone().map_or(Fact::Unknown, Fact::Is);
        }
        if let Some(told) = self.antivirus_of(known, now) {
            facts.antivirus = told.answer.clone().map_or(Fact::Unknown, Fact::Is);
        }
    }

    /// Those that are wanted of the device and not known, or not any more.
    pub fn lacks(&self, known: &LookedUp, now: Timestamp) -> Vec<Lookup> {
        let lacks = |lookup: &Lookup| match lookup {
            // While an action is under way nobody asks: the answer would say nothing.
            Lookup::AvailableActions => known.is_settled && self.listed(known, now).is_none(),
            Lookup::Antivirus => self.antivirus_of(known, now).is_none(),
        };
        let wanted = Lookup::ALL.into_iter().filter(|lookup| self.asks(*lookup));
        wanted.filter(lacks).collect()
    }

    fn listed<'a>(&self, known: &'a LookedUp, now: Timestamp) -> Option<&'a Told<BTreeMap<String, String>>> {
        let told = known.available_actions.as_ref();
        told.filter(|told| self.available_actions && known.is_settled && told.is_fresh(now, self.max_age))
    }

    fn antivirus_of<'a>(&self, known: &'a LookedUp, now: Timestamp) -> Option<&'a Told<String>> {
        let told = known.antivirus.as_ref();
        told.filter(|told| self.antivirus && told.is_fresh(now, self.max_age))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    const BOTH: LookupTerms = LookupTerms {
        available_actions: true,
        antivirus: true,
        max_age: HOUR,
        wait: HOUR,
    };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + 60 * minutes).expect("in range")
    }

    fn known() -> LookedUp {
        let no = ("RestrictCodeExecution".to_owned(), "os".to_owned());
        LookedUp {
            available_actions: Some(Told {
                at: at(0),
                answer: Some(BTreeMap::from([no])),
            }),
            antivirus: Some(Told {
                at: at(30),
                answer: Some("passive".to_owned()),
            }),
            is_settled: true,
        }
    }

    fn applied(terms: LookupTerms, known: &LookedUp, now: Timestamp) -> (bool, Option<String>) {
        let mut facts = DeviceFacts::default();
        terms.apply(&mut facts, known, now);
        (
            facts.unavailable.value().is_some(),
            facts.antivirus.value().cloned(),
        )
    }

    #[test]
    fn an_answer_holds_for_its_time_and_where_it_is_wanted() {
        let passive = Some("passive".to_owned());
        assert_eq!(applied(BOTH, &known(), at(60)), (true, passive.clone()));
        assert_eq!(applied(BOTH, &known(), at(61)), (false, passive));
        assert_eq!(applied(BOTH, &known(), at(91)), (false, None));
        assert_eq!(
            applied(LookupTerms::default(), &known(), at(30)),
            (false, None),
            "neither is wanted"
        );
    }

    #[test]
    fn what_is_lacking_is_asked_for_and_an_empty_answer_is_one() {
        assert_eq!(BOTH.lacks(&known(), at(60)), []);
        assert_eq!(BOTH.lacks(&known(), at(61)), [Lookup::AvailableActions]);
        assert_eq!(BOTH.lacks(&known(), at(91)), Lookup::ALL);
        let mut empty = known();
        empty.antivirus = Some(Told {
            at: at(80),
            answer: None,
        });
        assert_eq!(BOTH.lacks(&empty, at(91)), [Lookup::AvailableActions]);
        assert_eq!(applied(BOTH, &empty, at(91)), (false, None));
        let settled = LookedUp {
            is_settled: true,
            ..LookedUp::default()
        };
        assert_eq!(LookupTerms::default().lacks(&settled, at(0)), []);
        assert_eq!(BOTH.lacks(&settled, at(0)), Lookup::ALL);
    }

    #[test]
    fn while_an_action_is_under_way_the_list_of_actions_says_nothing() {
        let busy = LookedUp {
            is_settled: false,
            ..known()
        };
        assert_eq!(applied(BOTH, &busy, at(30)), (false, Some("passive".to_owned())));
        assert_eq!(BOTH.lacks(&busy, at(91)), [Lookup::Antivirus]);
    }
}
