//! Each op against values that hold and do not hold, and against absent and unknown facts; and what the type check says.

use jiff::Timestamp;

use super::*;
use crate::domain::alert::{Alert, EventKind};
use crate::domain::device::DeviceFacts;
use crate::domain::verdict::Wish;
use crate::playbook::facts::{self, FACTS};
use crate::playbook::{PlaybookSet, SourceFile, Subject, evaluate};
use crate::yaml::{self, Diagnostics};

fn read(fact: &str, demand: &str) -> Result<Op, Vec<&'static str>> {
    let document = yaml::parse("p.yaml", &format!("line: {demand}\n")).expect("the demand is YAML");
    let mut found = Diagnostics::default();
    let fact = facts::find(fact).expect("the fact is in the table");
    let node = document
        .root()
        .map(&mut found)
        .and_then(|map| map.get("line"))
        .expect("the line is there");
    match Op::read(fact, &node, &mut found) {
        Some(op) if found.is_empty() => Ok(op),
        read => {
            let codes: Vec<_> = found.iter().map(|diagnostic| diagnostic.code.id()).collect();
            // What nobody sees is refused in new files, and read in texts that were in force.
            assert_eq!(
                read.is_some(),
                codes == [Code::HIDDEN.id()],
                "{demand}: {codes:?}"
            );
            Err(codes)
        }
    }
}

fn says(fact: &str, demand: &str, seen: &Fact<Seen<'_>>, place: Place) -> Truth {
    let ty = facts::find(fact).expect("the fact is in the table").ty;
    read(fact, demand)
        .unwrap_or_else(|codes| panic!("{fact}: {demand}: {codes:?}"))
        .truth(ty, seen, place)
}

fn text(value: &str) -> Fact<Seen<'_>> {
    Fact::Is(Seen::Text(value.into()))
}

fn ago(minutes: u64) -> Fact<Seen<'static>> {
    Fact::Is(Seen::Ago(Duration::from_secs(minutes * 60)))
}

/// The four columns: values that hold, values that do not, absent, unknown.
fn check(fact: &str, demand: &str, holding: &[Fact<Seen<'_>>], failing: &[Fact<Seen<'_>>]) {
    for place in [Place::When, Place::Unless, Place::AskWhen] {
        for seen in holding {
            assert_eq!(
                says(fact, demand, seen, place),
                Truth::True,
                "{fact}: {demand} of {seen:?}"
            );
        }
        for seen in failing {
            assert_eq!(
                says(fact, demand, seen, place),
                Truth::False,
                "{fact}: {demand} of {seen:?}"
            );
        }
        assert_eq!(
            says(fact, demand, &Fact::Unknown, place),
            Truth::Unknown,
            "{fact}: {demand} of unknown"
        );
        if !demand.contains("exists") {
            let absent = if place == Place::Unless {
                Truth::Unknown
            } else {
                Truth::False
            };
            assert_eq!(
                says(fact, demand, &Fact::Absent, place),
                absent,
                "{fact}: {demand} of absent in {place:?}"
            );
        }
    }
}

#[test]
fn every_op_says_true_false_and_unknown_of_text() {
    let title = "alert.title";
    check(
        title,
        "Ransomware",
        &[text("ransomware"), text("RANSOMWARE")],
        &[text("ransom"), text("")],
    );
    check(title, "[a, B]", &[text("A"), text("b")], &[text("ab")]);
    check(title, "{any_of: [a, b]}", &[text("A")], &[text("c")]);
    check(title, "{any_of: a}", &[text("A")], &[text("c")]);
    check(title, "{none_of: [a, b]}", &[text("c")], &[text("B")]);
    check(
        title,
        "{matches: 'lsass|mimi.*z'}",
        &[text("reads LSASS"), text("Mimikatz")],
        &[text("mimi")],
    );
    check(title, "{matches: '^a+$'}", &[text("aAa")], &[text("aab")]);
    check(
        title,
        "{starts_with: Sus}",
        &[text("suspicious")],
        &[text("not sus")],
    );
    check(
        title,
        "{ends_with: Tool}",
        &[text("theft tool")],
        &[text("tools")],
    );
    check(
        title,
        "{contains: on-Key}",
        &[text("hands-on-keyboard")],
        &[text("hands on keyboard")],
    );
    check(title, "{exists: true}", &[text("x")], &[Fact::Absent]);
    check(title, "{exists: false}", &[Fact::Absent], &[text("x")]);
}

#[test]
fn text_is_compared_without_regard_to_case_beyond_ascii() {
    check("alert.title", "ÄRGER", &[text("ärger")], &[text("arger")]);
    check(
        "alert.title",
        "{contains: ΣΊΓΜΑ}",
        &[text("xσίγμαx")],
        &[text("x")],
    );
    // A capital sigma at the end of a word becomes another small letter than within one.
    let (title, whole) = ("alert.title", [text("ΛΌΓΟΣ"), text("λόγος"), text("λόγοσ")]);
    check(title, "ΛΌΓΟΣ", &whole, &[text("λόγο")]);
    check(
        title,
        "{starts_with: ΛΌΓΟΣ}",
        &[text("ΛΌΓΟΣΧ"), text("λόγοσχ"), text("λόγος του")],
        &[text("λόγο")],
    );
    check(
        title,
        "{contains: ΟΣ}",
        &[text("ΌΟΣΑ"), text("xοςx")],
        &[text("ο")],
    );
    check(
        title,
        "{ends_with: σ}",
        &[text("ΛΌΓΟΣ"), text("λόγος")],
        &[text("ο")],
    );
    let tags = ["ΛΌΓΟσ".to_owned()];
    check(
        "device.tags",
        "{none_of: [χ]}",
        &[Fact::Is(Seen::List((&tags[..]).into()))],
        &[],
    );
    check(
        "device.tags",
        "{none_of: [ΛΌΓΟΣ]}",
        &[],
        &[Fact::Is(Seen::List((&tags[..]).into()))],
    );
}

/// A guard that looks right and never holds protects nobody.
#[test]
fn a_word_that_is_not_plain_to_see_is_refused() {
    for (fact, demand, code) in [
        ("device.tags", "'tier-0 '", "E341"),
        ("device.tags", "[x, ' tier-0']", "E341"),
        ("device.tags", "tier-0\u{a0}", "E341"),
        ("device.tags", "{none_of: [\"tier-0\\n\"]}", "E341"),
        ("device.tags", "{starts_with: ' tier'}", "E341"),
        ("device.tags", "{starts_with: 'tier '}", "none"),
        ("device.tags", "{ends_with: '0 '}", "E341"),
        ("device.tags", "{ends_with: ' 0'}", "none"),
        ("alert.title", "{contains: ' key '}", "none"),
        ("alert.severity", "'high '", "E104"),
        ("device.tags", "tier\u{200d}-0", "E341"),
        ("device.tags", "[x, tier-0\u{fe0f}]", "E341"),
        ("device.tags", "\"tier\\t\u{200d}-0\"", "E341"),
        ("device.tags", "\"tier\t0\"", "E341"),
        ("device.group", "domain\u{a0}controllers", "E341"),
        ("alert.title", "{contains: a\u{2009}b}", "E341"),
        // Whoever writes it by its number means it.
        ("device.tags", "\"tier\\u200D-0\"", "none"),
        ("device.tags", "\"tier-0\\u3164\"", "none"),
        ("device.group", "組織\u{3000}部", "none"),
    ] {
        let codes = read(fact, demand).err().unwrap_or_else(|| vec!["none"]);
        assert_eq!(codes, [code], "{fact}: {demand:?}");
    }
}

#[test]
fn a_list_holds_when_one_element_does_and_none_of_when_no_element_does() {
    let (tags, other, none) = (["Tier-0".to_owned(), "x".to_owned()], ["y".to_owned()], []);
    let tags: Fact<Seen<'_>> = Fact::Is(Seen::List((&tags[..]).into()));
    let other: Fact<Seen<'_>> = Fact::Is(Seen::List((&other[..]).into()));
    let none: Fact<Seen<'_>> = Fact::Is(Seen::List((&none[..]).into()));
    let fact = "device.tags";
    for demand in [
        "tier-0",
        "[tier-0, tier-1]",
        "{any_of: [TIER-0]}",
        "{matches: '^tier-[01]$'}",
        "{starts_with: tier}",
    ] {
        check(
            fact,
            demand,
            std::slice::from_ref(&tags),
            &[other.clone(), none.clone()],
        );
    }
    check(
        fact,
        "{ends_with: r-0}",
        std::slice::from_ref(&tags),
        &[other.clone(), none.clone()],
    );
    check(
        fact,
        "{none_of: [tier-0]}",
        &[other.clone(), none.clone()],
        std::slice::from_ref(&tags),
    );
    check(
        "device.restricted_by",
        "{matches: '.'}",
        &[tags.clone(), other.clone()],
        std::slice::from_ref(&none),
    );
    // An empty list is known and empty, so it exists.
    check(fact, "{exists: true}", &[tags, other, none], &[Fact::Absent]);
}

#[test]
fn levels_are_ordered_and_a_level_off_the_scale_is_unknown() {
    let fact = "alert.severity";
    check(
        fact,
        "{at_least: medium}",
        &[text("Medium"), text("high")],
        &[text("low"), text("informational")],
    );
    check(
        fact,
        "{at_most: low}",
        &[text("low"), text("informational")],
        &[text("medium"), text("high")],
    );
    check(fact, "high", &[text("High")], &[text("low")]);
    check(fact, "{none_of: [high]}", &[text("low")], &[text("high")]);
    check(
        "device.risk",
        "{at_most: none}",
        &[text("none")],
        &[text("informational")],
    );
    check(
        "device.exposure",
        "{at_least: high}",
        &[text("high")],
        &[text("none")],
    );
    for demand in ["{at_least: low}", "{none_of: [high]}", "high"] {
        assert_eq!(
            says("device.risk", demand, &text("extreme"), Place::When),
            Truth::Unknown
        );
    }
}

#[test]
fn words_are_compared_and_times_are_measured_from_now() {
    check(
        "device.kind",
        "[workstation, Server]",
        &[text("server")],
        &[text("domain_controller")],
    );
    check("alert.event", "new", &[text("new")], &[text("resolved")]);
    check("device.last_seen", "{within: 1h}", &[ago(0), ago(60)], &[ago(61)]);
    check("device.last_seen", "{older_than: 1h}", &[ago(61)], &[ago(60)]);
    check("alert.age", "{at_least: 1h}", &[ago(60)], &[ago(59)]);
    check("alert.age", "{at_most: 1h30m}", &[ago(90)], &[ago(91)]);
    check("alert.age", "{exists: true}", &[ago(1)], &[Fact::Absent]);
}

#[test]
fn an_op_that_does_not_fit_its_fact_is_refused_when_loaded() {
    for (fact, demand, code) in [
        ("alert.title", "{at_least: high}", "E103"),
        ("alert.title", "{within: 1h}", "E103"),
        ("alert.severity", "{contains: hi}", "E103"),
        ("alert.severity", "{matches: hi}", "E103"),
        ("device.tags", "{contains: tier}", "E103"),
        ("device.tags", "{at_least: tier}", "E103"),
        ("device.kind", "{starts_with: work}", "E103"),
        ("device.last_seen", "{any_of: [1h]}", "E103"),
        ("device.last_seen", "1h", "E103"),
        ("alert.age", "[1h]", "E103"),
        ("alert.title", "{is: x}", "E102"),
        ("alert.title", "{any_off: [x]}", "E102"),
        ("alert.title", "{}", "E105"),
        ("alert.title", "{contains: a, ends_with: b}", "E105"),
        ("alert.severity", "hihg", "E104"),
        ("alert.severity", "{at_least: critical}", "E104"),
        ("device.kind", "[workstation, laptop]", "E104"),
        ("alert.title", "null", "E104"),
        ("alert.title", "''", "E104"),
        ("alert.title", "{contains: ' '}", "E104"),
        ("alert.title", "[]", "E107"),
        ("alert.title", "{none_of: []}", "E107"),
        ("alert.title", "{matches: '('}", "E106"),
        ("alert.title", "{matches: 'a{1000}{1000}{1000}'}", "E106"),
        ("alert.title", "{matches: 'a*'}", "E106"),
        ("alert.title", "{matches: '(?=a)b'}", "E106"),
        ("alert.id", "014", "none"),
        ("alert.id", "14", "E311"),
        ("device.group", "NO", "none"),
        ("device.group", "true", "E311"),
        ("alert.title", "{exists: yes}", "E311"),
        ("alert.age", "{within: 3 hours}", "E314"),
        ("alert.title", "{any_of: [[a]]}", "E311"),
    ] {
        let codes = read(fact, demand).err().unwrap_or_else(|| vec!["none"]);
        assert_eq!(codes, [code], "{fact}: {demand}");
    }
}

#[test]
fn every_fact_has_ops_and_every_op_a_fact() {
    for fact in FACTS {
        assert!(ops_for(fact.ty).contains(&"exists"), "{}", fact.name);
    }
    for op in OPS {
        assert!(FACTS.iter().any(|fact| ops_for(fact.ty).contains(&op)), "{op}");
    }
}

/// What a playbook that was in force with this guard makes of a device with that tag.
fn guarded(word: &str, tag: &str) -> Option<Wish> {
    let text = format!(
        "id: p\ntitle: t\nowner: o\nmode: enforce\nwhen: {{alert.event: new}}\nunless: {{device.tags: {word}}}\n\
         then:\n  - restrict_app_execution: {{comment: c, release: {{after: 1h}}}}\n"
    );
    let name = "p.yaml".to_owned();
    let (set, _) = PlaybookSet::compile_kept(&[SourceFile { name, text }]).expect("it was right then");
    let device = DeviceFacts {
        tags: Fact::Is(vec!["x".to_owned(), tag.to_owned()]),
        ..DeviceFacts::default()
    };
    let subject = Subject {
        alert: &Alert::default(),
        event: EventKind::New,
        device_id: None,
        device: &device,
        tenant: "contoso",
        now: Timestamp::UNIX_EPOCH,
        time_scale: 1,
        restricted_by: Fact::Is(Vec::new()),
    };
    evaluate(&set, &subject)
        .verdicts
        .first()
        .map(|verdict| verdict.wish)
}

#[test]
fn a_tag_with_blanks_around_it_is_the_tag_that_a_reader_sees() {
    for tag in ["tier0", " tier0", "Tier0\t", "\u{a0}tier0 "] {
        for word in [
            "tier0",
            "{starts_with: tier}",
            "{ends_with: r0}",
            "{matches: '^tier0$'}",
        ] {
            assert_eq!(guarded(word, tag), Some(Wish::Skip), "{word} of {tag:?}");
        }
        // A playbook that came into force before blanks were refused protects the same devices as before.
        for word in [
            "'tier0 '",
            "[' tier0']",
            "{starts_with: ' tier'}",
            "{ends_with: '0 '}",
        ] {
            assert_eq!(guarded(word, tag), Some(Wish::Skip), "{word} of {tag:?}");
        }
        assert_eq!(guarded("{none_of: [tier0]}", tag), Some(Wish::Act), "{tag:?}");
        assert_eq!(guarded("tier", tag), Some(Wish::Act), "{tag:?}");
    }
    assert_eq!(
        guarded("tier0", "tier 0"),
        Some(Wish::Act),
        "a blank within is part of it"
    );
}
