//! The index against the plain evaluator: random playbooks over every fact and op, random events with facts that are
//! absent or unknown. Both must say the same to the letter, and the index must leave in exactly who may match.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::domain::alert::{Alert, EventKind, Severity};
use crate::domain::device::{DeviceFacts, DeviceId, DeviceKind};
use crate::domain::fact::Fact;
use crate::domain::verdict::Mode;
use crate::playbook::facts::{FACTS, FactDef, Type};
use crate::playbook::line::Line;
use crate::playbook::op::{OPS, Place, ops_for};
use crate::playbook::truth::Truth;
use crate::playbook::{PlaybookSet, SourceFile, Subject, evaluate, evaluate_plainly};

const NOW: i64 = 1_790_000_000;

/// Texts that begin, end and hold one another, in several cases; the last ones change more than ASCII in lower case, or
/// hang on their neighbours there.
const TEXTS: [&str; 14] = [
    "Ransomware",
    "ransom",
    "ware",
    "RAN",
    "a",
    "ab",
    "abab",
    "Tier-0",
    "T1059.001",
    "İzmir",
    "\u{212a}evin",
    "straße",
    "ΛΌΓΟΣ",
    "ος",
];
const PATTERNS: [&str; 14] = [
    "^ran",
    "ware$",
    "[ab]+b",
    "tier|t1059",
    "k.v",
    "^x",
    "ran.*ware",
    "stra.e|kevin",
    "ransom.*ware",
    "^ran.*ware$",
    "(ransom|tier).*(ware|-0)",
    "^(?:abab|ransom)",
    "(?:abab|mir)$",
    "[^x]kev|ware.*ran.*som",
];
const SPANS: [&str; 6] = ["1s", "59s", "1m", "1h", "1d", "7d"];
const SECONDS: [i64; 10] = [-600, -299, 0, 1, 59, 60, 61, 3_600, 86_400, 604_800];

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

fn word(rng: &mut Rng, fact: &FactDef) -> &'static str {
    match fact.ty {
        Type::Word(known) | Type::Level(known) => pick(rng, known),
        _ => pick(rng, &TEXTS),
    }
}

/// A line on the fact, with any op that fits it.
fn line(rng: &mut Rng, fact: &FactDef) -> String {
    let op = pick(rng, &ops_for(fact.ty));
    let value = match op {
        "any_of" | "none_of" => {
            let words: Vec<_> = (0..rng.usize(1..4))
                .map(|_| format!("'{}'", word(rng, fact)))
                .collect();
            format!("[{}]", words.join(", "))
        }
        "exists" => rng.bool().to_string(),
        "matches" => format!("'{}'", pick(rng, &PATTERNS)),
        "at_least" | "at_most" if matches!(fact.ty, Type::Level(_)) => word(rng, fact).to_owned(),
        "at_least" | "at_most" | "within" | "older_than" => pick(rng, &SPANS).to_owned(),
        _ => format!("'{}'", word(rng, fact)),
    };
    format!("  {}: {{{op}: {value}}}\n", fact.name)
}

/// Lines on `count` facts, each once.
fn lines(rng: &mut Rng, count: usize) -> String {
    let mut facts: Vec<_> = FACTS.iter().collect();
    rng.shuffle(&mut facts);
    facts.iter().take(count).map(|fact| line(rng, fact)).collect()
}

fn playbook(rng: &mut Rng, id: &str) -> SourceFile {
    let mode = pick(rng, &["enforce", "observe", "observe", "enforce", "off"]);
    let mut text = format!("id: {id}\ntitle: t\nowner: o\nmode: {mode}\n");
    match rng.usize(..8) {
        0 => text.push_str("match_all: true\n"),
        count => write!(text, "when:\n{}", lines(rng, count.div_ceil(2))).expect("a string takes all"),
    }
    if rng.bool() {
        write!(text, "unless:\n{}", lines(rng, 2)).expect("a string takes all");
    }
    writeln!(text, "if_unknown: {}", pick(rng, &["ask", "skip"])).expect("a string takes all");
    if rng.bool() {
        let when = lines(rng, 1);
        write!(text, "ask:\n  from: [soc]\n  within: 1h\n  when:\n  {when}").expect("a string takes all");
    }
    text.push_str("then:\n  - release_app_restriction: {comment: 'c {alert.title}'}\n");
    SourceFile {
        name: format!("{id}.yaml"),
        text,
    }
}

fn set(rng: &mut Rng, size: usize) -> PlaybookSet {
    let files: Vec<_> = (0..size)
        .map(|number| playbook(rng, &format!("p{number:04}")))
        .collect();
    match PlaybookSet::compile(&files) {
        Ok((set, _)) => set,
        Err(found) => panic!("{}", found.render(false)),
    }
}

fn fact<T>(rng: &mut Rng, value: impl FnOnce(&mut Rng) -> T) -> Fact<T> {
    match rng.usize(..6) {
        0 => Fact::Unknown,
        1 => Fact::Absent,
        _ => Fact::Is(value(rng)),
    }
}

fn text(rng: &mut Rng) -> Fact<String> {
    fact(rng, |rng| {
        let text = pick(rng, &TEXTS);
        match rng.usize(..4) {
            0 => text.to_uppercase(),
            1 => format!("{text}{}", pick(rng, &TEXTS)),
            _ => text.to_owned(),
        }
    })
}

fn texts(rng: &mut Rng) -> Fact<Vec<String>> {
    fact(rng, |rng| {
        (0..rng.usize(..4))
            .map(|_| pick(rng, &TEXTS).to_owned())
            .collect()
    })
}

fn moment(rng: &mut Rng) -> Fact<Timestamp> {
    fact(rng, |rng| {
        let ago = pick(rng, &SECONDS) + rng.i64(0..2);
        Timestamp::from_second(NOW - ago).expect("in range")
    })
}

fn alert(rng: &mut Rng) -> Alert {
    Alert {
        id: pick(rng, &["", "a", "Abab"]).to_owned(),
        title: text(rng),
        severity: fact(rng, |rng| pick(rng, &Severity::ALL)),
        category: text(rng),
        source: text(rng),
        techniques: texts(rng),
        classification: text(rng),
        determination: text(rng),
        status: text(rng),
        user: text(rng),
        incident_id: text(rng),
        occurred_at: moment(rng),
    }
}

fn device(rng: &mut Rng) -> DeviceFacts {
    // Also a word that is on no list.
    let level = |rng: &mut Rng| {
        fact(rng, |rng| {
            pick(rng, &["none", "low", "HIGH", "medium", "odd", "normal"]).to_owned()
        })
    };
    DeviceFacts {
        name: text(rng),
        kind: fact(rng, |rng| {
            pick(rng, &[DeviceKind::Workstation, DeviceKind::Server])
        }),
        os: text(rng),
        os_version: text(rng),
        tags: texts(rng),
        group: text(rng),
        value: level(rng),
        risk: level(rng),
        exposure: level(rng),
        health: text(rng),
        onboarding: text(rng),
        merged_into: text(rng),
        last_seen: moment(rng),
        ..DeviceFacts::default()
    }
}

/// Calls `check` with a random subject.
fn with_subject(rng: &mut Rng, check: impl FnOnce(&Subject<'_>)) {
    let (alert, device) = (alert(rng), device(rng));
    let id = DeviceId::from_stored("abab".to_owned());
    let subject = Subject {
        time_scale: 1,
        alert: &alert,
        event: pick(rng, &[EventKind::New, EventKind::Updated, EventKind::Resolved]),
        device_id: rng.bool().then_some(&id),
        device: &device,
        tenant: pick(rng, &["", "ransom"]),
        now: Timestamp::from_second(NOW).expect("in range"),
        restricted_by: texts(rng),
    };
    check(&subject);
}

fn holds(set: &PlaybookSet, subject: &Subject<'_>) {
    let left_in: Vec<&str> = set
        .candidates(subject)
        .map(|playbook| playbook.id.as_str())
        .collect();
    let may_match = set.playbooks().iter().filter(|playbook| {
        let false_line = |line: &Line| line.truth(subject, Place::When) == Truth::False;
        playbook.mode != Mode::Off && !playbook.when.iter().any(false_line)
    });
    let may_match: Vec<&str> = may_match.map(|playbook| playbook.id.as_str()).collect();
    if left_in != may_match {
        let differ = |id: &&&str| left_in.contains(id) != may_match.contains(id);
        let first = left_in
            .iter()
            .chain(&may_match)
            .find(differ)
            .and_then(|id| set.get(id));
        panic!("left in {left_in:?}, may match {may_match:?}; first: {first:#?}\n{subject:#?}");
    }
    assert_eq!(evaluate(set, subject), evaluate_plainly(set, subject));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// A third of a million judgements: 64 sets of up to 130 playbooks, 80 events each.
    #[test]
    fn the_index_says_what_the_plain_evaluator_says(seed in any::<u64>(), size in 0_usize..130) {
        let mut rng = Rng::with_seed(seed);
        let set = set(&mut rng, size);
        for _ in 0..80 {
            with_subject(&mut rng, |subject| holds(&set, subject));
        }
    }
}

#[test]
fn the_random_lines_and_events_reach_every_op_in_every_truth() {
    let mut rng = Rng::with_seed(1);
    let set = set(&mut rng, 300);
    let mut reached = BTreeSet::new();
    for _ in 0..200 {
        with_subject(&mut rng, |subject| {
            for line in set.playbooks().iter().flat_map(|playbook| &playbook.when) {
                let op = line
                    .written
                    .trim_start_matches('{')
                    .split(':')
                    .next()
                    .unwrap_or_default();
                reached.insert((op.to_owned(), line.truth(subject, Place::When).sign()));
            }
        });
    }
    let missing: Vec<_> = OPS
        .iter()
        .flat_map(|op| ['✓', '✗', '?'].map(|sign| ((*op).to_owned(), sign)))
        .filter(|pair| !reached.contains(pair))
        .collect();
    assert_eq!(missing, []);
}

/// More bounds and more playbooks behind one word than the index sums up at once.
#[test]
fn many_bounds_and_long_postings_are_summed_up_rightly() {
    let spans = ["older_than", "within", "at_least", "at_most"];
    let files: Vec<_> = (0..1_500_usize)
        .map(|number| {
            let span = format!("{}: {}s", spans[number % 4], number % 700 + 1);
            let word = ["ransom", "ware"][number / 4 % 2];
            let text = format!(
                "id: p{number:04}\ntitle: t\nowner: o\nwhen:\n  alert.age: {{{span}}}\n  alert.category: {word}\nthen:\n  \
                 - release_app_restriction: {{comment: c}}\n"
            );
            SourceFile { name: format!("p{number:04}.yaml"), text }
        })
        .collect();
    let (set, _) = PlaybookSet::compile(&files).expect("they compile");
    let device = DeviceFacts::default();
    for seconds in [0, 1, 2, 127, 128, 255, 256, 257, 512, 699, 700, 701] {
        let happened = Timestamp::from_second(NOW).expect("in range") - Duration::from_secs(seconds);
        let alert = Alert {
            category: Fact::Is("Ransom".to_owned()),
            occurred_at: Fact::Is(happened),
            ..Alert::default()
        };
        let subject = Subject {
            time_scale: 1,
            alert: &alert,
            event: EventKind::New,
            device_id: None,
            device: &device,
            tenant: "t",
            now: Timestamp::from_second(NOW).expect("in range"),
            restricted_by: Fact::Unknown,
        };
        holds(&set, &subject);
        assert!(set.candidates(&subject).count() > 100, "{seconds}");
    }
}
