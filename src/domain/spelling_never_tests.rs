//! Ten thousand ways to write what the configuration protects: not one of them is contained, when it is decided or in the gate.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::decision::{DecisionKind, Rules, Situation, Usage, decide};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::guard::{Protection, Protections};
use crate::domain::verdict::{AskTerms, Lane, Mode, PlannedAction, Verdict, Wish};

const HOUR: Duration = Duration::from_secs(3_600);
const SPELLINGS: usize = 10_000;

/// What the configuration lists, as a person would write it.
fn never() -> Protections {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Protections {
        ids: list(&["00000000000000000000000000000000000000ab"]),
        tags: list(&["Tier-0", "do not touch", "Straße"]),
        groups: list(&["Domain Controllers", "Vorstand & Büro"]),
        names: list(&["DC*", "srv-db01.contoso.com", "*.pos.contoso.com", "ADMIN-PC"]),
        device_values: list(&["High"]),
    }
}

/// The facts of a device that nothing protects.
fn plain() -> DeviceFacts {
    DeviceFacts {
        name: Fact::Is("desk-7.contoso.com".to_owned()),
        tags: Fact::Is(vec!["office".to_owned()]),
        group: Fact::Is("Workstations".to_owned()),
        value: Fact::Is("normal".to_owned()),
        ..DeviceFacts::default()
    }
}

fn judged(id: &DeviceId, facts: &DeviceFacts) -> DecisionKind {
    let now = Timestamp::from_second(1_000_000).expect("in range");
    let rules = Rules {
        ceiling: Mode::Enforce,
        freshness: HOUR,
        never: never(),
        caps: Vec::new(),
        surge: crate::domain::surge::Surge::default(),
        default_ask: AskTerms {
            from: Vec::new(),
            approvals: 1,
            within: HOUR,
            otherwise_act: false,
        },
    };
    let verdict = Verdict {
        playbook: "p".to_owned(),
        revision: "r".to_owned(),
        mode: Mode::Enforce,
        lane: Lane::Normal,
        wish: Wish::Act,
        because: "matched".to_owned(),
        line: None,
        then: vec![PlannedAction::RestrictAppExecution {
            comment: String::new(),
            release_after: None,
            restart_on_match: false,
            release_when: Vec::new(),
        }],
        ask: None,
        limits: Vec::new(),
        canary: None,
        notify: Vec::new(),
    };
    let situation = Situation {
        rules: &rules,
        now,
        occurred_at: &Fact::Is(now),
        device_id: id,
        device: facts,
        restricted_by: &[],
        fleet: None,
        fallbacks: &[],
        observed_by: &[],
        drivers: &[],
        trust: crate::domain::trust::Trust::Act,
    };
    decide(vec![verdict], &situation, &Usage::default()).kind
}

/// Another way to write a word that a reader takes for the same.
fn respelled(word: &str, rng: &mut fastrand::Rng) -> String {
    let unseen = [
        '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{202e}', '\u{fe0f}',
    ];
    let accents = ['\u{300}', '\u{301}', '\u{308}', '\u{327}', '\u{336}'];
    let mut out = String::new();
    for c in word.chars() {
        let c = match rng.u8(0..12) {
            0 | 1 => c.to_uppercase().next().unwrap_or(c),
            2 | 3 => c.to_lowercase().next().unwrap_or(c),
            4 if c.is_ascii_graphic() => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
            5 => match c {
                'a' | 'A' => 'а',
                'c' | 'C' => 'С',
                'e' | 'E' => 'е',
                'i' | 'I' => 'і',
                'o' | 'O' => 'ο',
                't' | 'T' => 'Τ',
                '-' => ['\u{2010}', '\u{2011}', '\u{2013}', '\u{2212}'][rng.usize(0..4)],
                ' ' => ['\u{a0}', '\u{3000}', '\u{2003}', '\t'][rng.usize(0..4)],
                c => c,
            },
            _ => c,
        };
        out.push(c);
        match rng.u8(0..16) {
            0 => out.push(unseen[rng.usize(0..unseen.len())]),
            1 if c.is_alphabetic() => out.push(accents[rng.usize(0..accents.len())]),
            _ => {}
        }
    }
    match rng.u8(0..8) {
        0 => format!(" {out}"),
        1 => format!("{out}\u{a0}"),
        2 => format!("\u{feff}{out}\u{200b}"),
        _ => out,
    }
}

/// A device that the configuration protects, somehow written.
fn protected(n: usize, rng: &mut fastrand::Rng) -> (DeviceId, DeviceFacts) {
    let mut id = DeviceId::from_stored(format!("{n:040x}"));
    let mut facts = plain();
    let mut pick = |words: &[&str]| {
        let word = words[rng.usize(0..words.len())];
        respelled(word, rng)
    };
    match n % 6 {
        0 => id = DeviceId::from_stored(pick(&["00000000000000000000000000000000000000ab"])),
        1 => {
            facts.tags = Fact::Is(vec![
                "office".to_owned(),
                pick(&["tier-0", "Do Not Touch", "STRASSE"]),
            ])
        }
        2 => facts.group = Fact::Is(pick(&["domain controllers", "VORSTAND & BÜRO"])),
        3 => {
            let names = [
                "dc01",
                "DC-BERLIN.contoso.com",
                "srv-db01.contoso.com",
                "srv-db01",
                "srv-db01.contoso.com.",
                "CONTOSO\\srv-db01$",
                "till-7.pos.contoso.com",
                "admin-pc",
                "ADMIN-PC.contoso.com",
                "dc2.fabrikam.com..",
            ];
            facts.name = Fact::Is(pick(&names));
        }
        4 => facts.value = Fact::Is(pick(&["high"])),
        // Tags that were told too long ago: nobody knows them any more, and nothing else either.
        _ => facts = DeviceFacts::default(),
    }
    (id, facts)
}

#[test]
fn of_ten_thousand_spellings_of_what_is_protected_none_is_contained() {
    let mut rng = fastrand::Rng::with_seed(5);
    let never = never();
    let mut skipped = 0;
    for n in 0..SPELLINGS {
        let (id, facts) = protected(n, &mut rng);
        let kind = judged(&id, &facts);
        let is_stale = facts == DeviceFacts::default();
        let expected = match is_stale {
            true => DecisionKind::Ask,
            false => DecisionKind::Skip,
        };
        assert_eq!(kind, expected, "{n}: {id:?} {facts:?}");
        // What the gate asks: only `Free` is called.
        let protection = never.protects(&id, &facts);
        assert_ne!(protection, Protection::Free, "{n}: {id:?} {facts:?}");
        skipped += usize::from(!is_stale);
    }
    assert_eq!(skipped, SPELLINGS - SPELLINGS / 6);
}

#[test]
fn what_is_not_protected_is_contained_as_before() {
    let mut rng = fastrand::Rng::with_seed(6);
    for n in 0..500 {
        let mut facts = plain();
        let words = ["tier-1", "tier0", "office", "touch", "street", "do-not-touch"];
        facts.tags = Fact::Is(vec![respelled(words[n % words.len()], &mut rng)]);
        let names = [
            "adc01",
            "srv-db02",
            "srv-db01.fabrikam.com",
            "till-7",
            "pos.contoso.com",
        ];
        facts.name = Fact::Is(respelled(names[n % names.len()], &mut rng));
        let id = DeviceId::from_stored(format!("{:040x}", n + 0x1000));
        assert_eq!(judged(&id, &facts), DecisionKind::Act, "{facts:?}");
    }
}
