//! Tests of who may answer, and of what an answer is bound to.

use std::time::Duration;

use super::*;
use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::domain::guard::Protection;
use crate::domain::verdict::Most;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn rules(four_eyes: bool) -> ApprovalRules {
    ApprovalRules {
        groups: [("soc-leads".to_owned(), names(&["ann", "bob@contoso.com"]))].into(),
        four_eyes,
    }
}

#[test]
fn a_number_is_read_as_people_type_it_and_nothing_else_is() {
    for text in ["A-1042", "a-1042", "1042", " A1042 ", "a1042"] {
        assert_eq!(RequestNumber::parse(text), Some(RequestNumber(1042)), "{text}");
    }
    for text in [
        "",
        "A-",
        "B-1042",
        "A-10 42",
        "A-1042x",
        "-",
        "99999999999999999999",
    ] {
        assert_eq!(RequestNumber::parse(text), None, "{text}");
    }
    assert_eq!(RequestNumber(1042).to_string(), "A-1042");
}

#[test]
fn one_person_under_several_spellings_is_one() {
    for (a, b, same) in [
        ("ann", "Ann ", true),
        ("ann", "ann@contoso.com", true),
        ("CORP\\ann", "ann", true),
        ("CORP\\ann", "ann@contoso.com", true),
        ("CORP\\ann", "FABRIKAM\\ann", false),
        ("ann@contoso.com", "ANN@Contoso.com", true),
        ("ann@contoso.com", "ann@fabrikam.com", false),
        ("ann", "anna", false),
        ("", "", false),
        ("@contoso.com", "@contoso.com", false),
    ] {
        assert_eq!(is_same_person(a, b), same, "{a:?} {b:?}");
        assert_eq!(is_same_person(b, a), same, "{b:?} {a:?}");
    }
    assert_eq!(distinct_people(["ann", "Ann", "bob", "ann@contoso.com"]), 2);
    assert_eq!(distinct_people([]), 0);
}

#[test]
fn groups_and_people_are_asked_and_nobody_named_is_anybody() {
    let rules = rules(true);
    for (who, from, asked) in [
        ("ann", &["soc-leads"][..], true),
        ("Ann ", &["soc-leads"], true),
        ("bob@Contoso.com", &["soc-leads"], true),
        // Whose domain is another, or unknown, may be another.
        ("bob", &["soc-leads"], false),
        ("CORP\\bob", &["soc-leads"], false),
        ("ann@fabrikam.com", &["soc-leads"], false),
        ("soc-night@fabrikam.com", &["soc-night"], false),
        ("soc-leads", &["soc-leads"], false),
        ("carl", &["soc-leads"], false),
        ("carl", &["soc-leads", "carl"], true),
        // A group that the configuration does not know is a person of that name, and nobody else.
        ("ann", &["soc-night"], false),
        ("carl", &[], true),
    ] {
        assert_eq!(rules.is_asked(who, &names(from)), asked, "{who} {from:?}");
    }
}

#[test]
fn nobody_approves_what_he_began_wrote_or_put_in_force() {
    let from = names(&[]);
    let activated_by = names(&["dora"]);
    let behind = Behind {
        from: &from,
        begun_by: None,
        owner: Some("carl@contoso.com"),
        activated_by: &activated_by,
    };
    for (four_eyes, who, expected) in [
        (true, "ann", Ok(())),
        (true, "Carl", Err(NotAllowed::OwnsIt)),
        (true, "dora", Err(NotAllowed::PutItInForce)),
        (false, "carl", Ok(())),
        (false, "dora", Ok(())),
    ] {
        assert_eq!(rules(four_eyes).may_approve(who, &behind), expected, "{who}");
    }
    let by_hand = Behind {
        begun_by: Some("erik"),
        owner: None,
        activated_by: &[],
        ..behind
    };
    for four_eyes in [true, false] {
        let rules = rules(four_eyes);
        assert_eq!(
            rules.may_approve("ERIK@contoso.com", &by_hand),
            Err(NotAllowed::BeganIt)
        );
        assert_eq!(rules.may_reject("erik", &by_hand), Ok(()));
        assert_eq!(rules.may_approve("ann", &by_hand), Ok(()));
    }
}

#[test]
fn whoever_is_asked_may_say_no_the_author_too_and_nobody_else() {
    let from = names(&["soc-leads"]);
    let behind = Behind {
        from: &from,
        begun_by: None,
        owner: Some("ann"),
        activated_by: &[],
    };
    assert_eq!(rules(true).may_reject("ann", &behind), Ok(()));
    assert_eq!(
        rules(true).may_reject("carl", &behind),
        Err(NotAllowed::NotAsked { from: from.clone() })
    );
}

#[test]
fn an_accepted_risk_lifts_exactly_its_list() {
    let never = Protections {
        ids: names(&["x"]),
        tags: names(&["tier-0"]),
        groups: names(&["dc"]),
        names: names(&["dc*"]),
        device_values: names(&["high"]),
    };
    let id = DeviceId::from_stored("a".repeat(40));
    let facts = DeviceFacts {
        tags: Fact::Is(names(&["tier-0"])),
        name: Fact::Is("dc01".to_owned()),
        group: Fact::Absent,
        value: Fact::Absent,
        ..DeviceFacts::default()
    };
    for (accepted, left) in [
        (&[][..], Protection::Protected("tags")),
        (&["never.tags"], Protection::Protected("names")),
        (&["never.names"], Protection::Protected("tags")),
        (&["never.tags", "never.names"], Protection::Free),
        (
            &["tags", "never", "never.everything"],
            Protection::Protected("tags"),
        ),
    ] {
        assert_eq!(
            never.without(&names(accepted)).protects(&id, &facts),
            left,
            "{accepted:?}"
        );
    }
    assert_eq!(never.without(&[]), never);
    assert_eq!(
        risks("never.tags, limits[0],never.names"),
        ["never.tags", "never.names"]
    );
    assert!(risks("if_unknown.device.tags").is_empty());
}

#[test]
fn a_limit_is_lifted_by_its_name_and_the_others_go_on() {
    let limit = |devices| Limit {
        most: Most::Devices(devices),
        per: Duration::from_secs(3_600),
        otherwise_ask: true,
    };
    let device = DeviceId::from_stored("d".to_owned());
    let mut usage = Usage::default();
    let key = (Some("p".to_owned()), Mode::Enforce, Duration::from_secs(3_600));
    usage.load(key, ["a", "b"].map(|id| DeviceId::from_stored(id.to_owned())));
    let reached = |limits: &[Limit], lifts: &str| {
        let is_lifted = |name: &str| lifted(lifts).any(|one| one == name);
        reached_beyond("p", limits, is_lifted, &device, None, &usage)
    };
    let limits = [limit(5), limit(2), limit(1)];
    assert_eq!(reached(&limits, "ask").as_deref(), Some("limits[1]"));
    assert_eq!(reached(&limits, "limits[1]").as_deref(), Some("limits[2]"));
    assert_eq!(reached(&limits, "limits[1], limits[2]"), None);
    let fleet = [Limit {
        most: Most::PercentOfFleet(crate::domain::verdict::Percent::new(2.0).expect("a percentage")),
        ..limit(0)
    }];
    assert_eq!(reached(&fleet, "ask").as_deref(), Some("limits[0].fleet_unknown"));
    assert_eq!(reached(&fleet, "limits[0].fleet_unknown"), None);
    assert_eq!(reached(&fleet, "limits[0]"), None);
    // A part of a fleet that could not be told was lifted; that the limit is reached for certain was not.
    let lifts = |name: &str| name == "limits[0].fleet_unknown";
    assert_eq!(
        reached_beyond("p", &fleet, lifts, &device, Some(100), &usage).as_deref(),
        Some("limits[0]")
    );
}

#[test]
fn a_token_is_of_exactly_these_asks_of_this_request_in_any_order() {
    let (one, two) = (RequestNumber(1), RequestNumber(2));
    assert_eq!(token(one, ["a", "b"]), token(one, ["b", "a"]));
    assert_ne!(token(one, ["a", "b"]), token(one, ["a"]));
    assert_ne!(token(one, ["a", "b"]), token(one, ["ab"]));
    assert_ne!(token(one, ["a"]), token(two, ["a"]));
    assert_eq!(token(one, ["a"]).len(), 12);
}

#[test]
fn whoever_shows_that_they_are_in_a_group_is_asked_with_it_and_still_approves_nothing_of_their_own() {
    let (rules, groups) = (rules(true), names(&["soc-leads", "soc-night"]));
    let carl = Answerer {
        who: "carl",
        groups: &groups,
    };
    for (from, asked) in [
        (&["soc-leads"][..], true),
        (&["soc-night"], true),
        (&["ann"], false),
        (&["soc-day"], false),
    ] {
        assert_eq!(rules.is_asked(carl, &names(from)), asked, "{from:?}");
    }
    let from = names(&["soc-night"]);
    let behind = Behind {
        from: &from,
        begun_by: Some("Carl"),
        owner: None,
        activated_by: &[],
    };
    assert_eq!(rules.may_approve(carl, &behind), Err(NotAllowed::BeganIt));
    assert_eq!(rules.may_reject(carl, &behind), Ok(()));
}

#[test]
fn a_tag_is_short_and_tells_its_parts_apart() {
    let of = |parts: &[&str]| tag(parts.iter().map(|part| (*part).to_owned()));
    assert_eq!(of(&["a", "b"]).len(), 16);
    assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
    assert_ne!(of(&["a", "b"]), of(&["ab"]));
    assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
}
