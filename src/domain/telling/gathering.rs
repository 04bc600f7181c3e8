//! How single things become messages: what comes for the same receiver, kind and playbook within a while is one; beyond so many messages
//! a minute the rest is one digest a minute. A receiver that keeps all gets all, in batches.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Kind, Thing, Wants};

/// Things that one message of a receiver that keeps all holds, at most.
const BATCH: usize = 500;

/// How messages are gathered, as it holds in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spans {
    /// What comes within this span is one message.
    pub group_wait: SignedDuration,
    /// More messages than that in `digest_every` to one receiver, and the rest is a digest.
    pub digest_above: u32,
    /// A digest tells of so long. A minute, unless time is scaled.
    pub digest_every: SignedDuration,
    /// A message shows so many of its things.
    pub shown: usize,
    /// A message that could not be delivered for so long is given up.
    pub give_up_after: SignedDuration,
}

/// A message that may take more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// Its id.
    pub id: Uuid,
    /// The receiver's name.
    pub receiver: String,
    /// What it is about.
    pub kind: Kind,
    /// The playbook behind all of it.
    pub playbook: Option<String>,
    /// When its first thing came in.
    pub created_at: Timestamp,
    /// When it is sent.
    pub due_at: Timestamp,
    /// Until when it is tried.
    pub until: Timestamp,
    /// How many things it tells.
    pub things: u32,
    /// The first of them.
    pub items: Vec<Thing>,
    /// In a digest: how many of each kind and playbook.
    pub counts: BTreeMap<String, u32>,
    /// It takes nothing more.
    pub is_full: bool,
}

/// One round of gathering.
#[derive(Debug)]
pub struct Gathering {
    spans: Spans,
    now: Timestamp,
    open: Vec<Gathered>,
    changed: BTreeSet<Uuid>,
    /// Messages of the last `digest_every`, by receiver.
    late: BTreeMap<String, u32>,
}

impl Gathering {
    /// Goes on from the messages that may take more, and how many each receiver got in the last `digest_every`.
    pub fn new(spans: Spans, now: Timestamp, open: Vec<Gathered>, late: BTreeMap<String, u32>) -> Self {
        Self {
            spans,
            now,
            open,
            changed: BTreeSet::new(),
            late,
        }
    }

    /// Puts a thing into a message for a receiver, and says into which. `fresh` gives ids.
    pub fn add(&mut self, to: &Wants, kind: Kind, thing: &Thing, fresh: impl FnOnce() -> Uuid) -> Uuid {
        // Records are told in order of time, whatever playbook they are of.
        let playbook = thing.playbook.clone().filter(|_| !to.keeps_all);
        let place = self.find(to, kind, playbook.as_deref());
        let place = match place {
            Some(place) => place,
            None if self.is_much(to) => self
                .find(to, Kind::Digest, None)
                .unwrap_or_else(|| self.open(to, Kind::Digest, None, fresh())),
            None => self.open(to, kind, playbook, fresh()),
        };
        let shown = if to.keeps_all { BATCH } else { self.spans.shown };
        let message = &mut self.open[place];
        message.things = message.things.saturating_add(1);
        if message.kind == Kind::Digest {
            let name = match &thing.playbook {
                Some(playbook) => format!("{} {playbook}", kind.as_str()),
                None => kind.as_str().to_owned(),
            };
            *message.counts.entry(name).or_default() += 1;
        }
        // A device is shown once; how often it came stands in the count.
        let is_shown = |shown: &Thing| shown.device_id.is_some() && shown.device_id == thing.device_id;
        if message.items.len() < shown && (to.keeps_all || !message.items.iter().any(is_shown)) {
            message.items.push(thing.clone());
        }
        if to.keeps_all && message.items.len() >= BATCH {
            message.is_full = true;
            message.due_at = self.now;
        }
        self.changed.insert(message.id);
        message.id
    }

    /// The messages that are new or have changed.
    pub fn finish(self) -> Vec<Gathered> {
        let changed = self.changed;
        self.open
            .into_iter()
            .filter(|message| changed.contains(&message.id))
            .collect()
    }

    fn find(&self, to: &Wants, kind: Kind, playbook: Option<&str>) -> Option<usize> {
        self.open.iter().position(|message| {
            !message.is_full
                && message.receiver == to.name
                && message.kind == kind
                && message.playbook.as_deref() == playbook
        })
    }

    /// Whether a receiver got so many messages that the rest is a digest.
    fn is_much(&self, to: &Wants) -> bool {
        !to.keeps_all
            && self
                .late
                .get(&to.name)
                .is_some_and(|late| *late >= self.spans.digest_above)
    }

    fn open(&mut self, to: &Wants, kind: Kind, playbook: Option<String>, id: Uuid) -> usize {
        let wait = match kind {
            Kind::Digest => self.spans.digest_every,
            _ => self.spans.group_wait,
        };
        *self.late.entry(to.name.clone()).or_default() += 1;
        self.open.push(Gathered {
            id,
            receiver: to.name.clone(),
            kind,
            playbook,
            created_at: self.now,
            due_at: self.now.saturating_add(wait).unwrap_or(self.now),
            until: self
                .now
                .saturating_add(self.spans.give_up_after)
                .unwrap_or(Timestamp::MAX),
            things: 0,
            items: Vec::new(),
            counts: BTreeMap::new(),
            is_full: false,
        });
        self.open.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::Severity;
    use crate::domain::telling::Topic;

    const SPANS: Spans = Spans {
        group_wait: SignedDuration::from_secs(10),
        digest_above: 3,
        digest_every: SignedDuration::from_secs(60),
        shown: 10,
        give_up_after: SignedDuration::from_hours(24),
    };

    fn wants(name: &str, keeps_all: bool) -> Wants {
        Wants {
            name: name.to_owned(),
            on: vec![Topic::Acted],
            tenants: Vec::new(),
            severity: None,
            keeps_all,
        }
    }

    fn on(device: usize, playbook: &str) -> Thing {
        Thing {
            device_id: Some(format!("{device:040x}")),
            playbook: Some(playbook.to_owned()),
            ..Thing::default()
        }
    }

    fn round(open: Vec<Gathered>, late: &[(&str, u32)]) -> Gathering {
        let late = late.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        Gathering::new(SPANS, Timestamp::UNIX_EPOCH, open, late)
    }

    #[test]
    fn three_thousand_containments_of_one_playbook_are_one_message() {
        let mut gathering = round(Vec::new(), &[]);
        for device in 0..3_000 {
            gathering.add(
                &wants("soc", false),
                Kind::ContainmentBegun,
                &on(device, "ransomware"),
                Uuid::new_v4,
            );
        }
        let messages = gathering.finish();
        assert_eq!(messages.len(), 1);
        assert_eq!((messages[0].things, messages[0].items.len()), (3_000, 10));
        assert_eq!(messages[0].due_at, Timestamp::UNIX_EPOCH + SPANS.group_wait);
    }

    #[test]
    fn beyond_so_many_messages_a_minute_the_rest_is_one_digest_with_counts() {
        let mut gathering = round(Vec::new(), &[]);
        for device in 0..3_000 {
            let playbook = format!("p{}", device % 50);
            gathering.add(
                &wants("soc", false),
                Kind::ContainmentBegun,
                &on(device, &playbook),
                Uuid::new_v4,
            );
        }
        let messages = gathering.finish();
        assert_eq!(messages.len(), 4, "three and the digest");
        let digest = messages.last().expect("there are four");
        assert_eq!(
            (digest.kind, digest.things, digest.counts.len()),
            (Kind::Digest, 47 * 60, 47)
        );
        assert_eq!(digest.counts["containment.begun p3"], 60);
        assert_eq!(digest.due_at, Timestamp::UNIX_EPOCH + SPANS.digest_every);
        // The next round goes on with it.
        let mut gathering = round(messages, &[("soc", 4)]);
        gathering.add(
            &wants("soc", false),
            Kind::StopBegun,
            &Thing::default(),
            Uuid::new_v4,
        );
        let changed = gathering.finish();
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].counts["stop.begun"], 1);
    }

    #[test]
    fn another_receiver_is_not_held_to_what_the_first_one_got() {
        let mut gathering = round(Vec::new(), &[("soc", 30)]);
        gathering.add(
            &wants("night", false),
            Kind::StopBegun,
            &Thing::default(),
            Uuid::new_v4,
        );
        assert_eq!(gathering.finish()[0].kind, Kind::StopBegun);
    }

    #[test]
    fn who_keeps_records_gets_every_single_thing_in_batches_and_no_digest() {
        let mut gathering = round(Vec::new(), &[("siem", 99)]);
        for device in 0..1_201 {
            gathering.add(
                &wants("siem", true),
                Kind::ActionChanged,
                &on(device % 7, &format!("p{device}")),
                Uuid::new_v4,
            );
        }
        let messages = gathering.finish();
        let sizes: Vec<_> = messages
            .iter()
            .map(|message| (message.items.len(), message.is_full))
            .collect();
        assert_eq!(sizes, [(500, true), (500, true), (201, false)]);
        assert!(
            messages
                .iter()
                .all(|message| message.kind == Kind::ActionChanged && message.playbook.is_none())
        );
    }

    #[test]
    fn a_device_is_shown_once_and_counted_as_often_as_it_came() {
        let mut gathering = round(Vec::new(), &[]);
        for _ in 0..3 {
            gathering.add(
                &wants("soc", false),
                Kind::ContainmentEnded,
                &on(1, "p"),
                Uuid::new_v4,
            );
        }
        let messages = gathering.finish();
        assert_eq!((messages[0].things, messages[0].items.len()), (3, 1));
    }

    #[test]
    fn a_receiver_takes_what_its_filters_let_through() {
        let mut soc = wants("soc", false);
        soc.tenants = vec!["contoso".to_owned()];
        soc.severity = Some(Severity::Medium);
        let thing = |severity: Option<&str>| Thing {
            severity: severity.map(str::to_owned),
            ..Thing::default()
        };
        assert!(soc.takes("contoso", Topic::Acted, &thing(Some("high"))));
        assert!(!soc.takes("contoso", Topic::Acted, &thing(Some("low"))));
        assert!(soc.takes("contoso", Topic::Acted, &thing(None)), "by hand");
        assert!(!soc.takes("fabrikam", Topic::Acted, &thing(Some("high"))));
        assert!(!soc.takes("contoso", Topic::Stops, &thing(None)));
    }

    #[test]
    fn names_lead_back_to_what_they_name() {
        for topic in Topic::ALL {
            assert_eq!(Topic::parse(topic.as_str()), Some(topic));
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
