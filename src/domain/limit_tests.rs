//! Caps: as a number, as a part of the fleet and of a group, and lifted.

use super::*;

const HOUR: Duration = Duration::from_secs(3_600);

fn device(n: u32) -> DeviceId {
    DeviceId::from_stored(format!("d{n}"))
}

fn percent(percent: f64) -> Option<Percent> {
    Some(Percent::new(percent).expect("a percentage"))
}

/// So many devices were counted, the even ones in group `even` of 10, the odd ones in `odd` of 100.
fn counted(caps: &[Cap], fleet: Option<u64>, devices: u32) -> Usage {
    let mut usage = Usage::of(caps, fleet);
    usage.load((None, Mode::Enforce, HOUR), (0..devices).map(device));
    usage.set_group_sizes([("even".to_owned(), 10), ("odd".to_owned(), 100)]);
    for n in 0..devices + 2 {
        usage.set_group(&device(n), Some(if n % 2 == 0 { " Even" } else { "ODD" }));
    }
    usage
}

fn reached(cap: Cap, fleet: Option<u64>, devices: u32, next: u32) -> Option<String> {
    let caps = [cap];
    reached_cap(
        &caps,
        Mode::Enforce,
        &device(next),
        &counted(&caps, fleet, devices),
    )
}

#[test]
fn a_number_and_a_part_of_the_fleet_hold_together() {
    let cap = Cap {
        percent_of_fleet: percent(2.0),
        ..Cap::of(25, HOUR)
    };
    assert_eq!(reached(cap, Some(1_000), 19, 20), None);
    assert_eq!(reached(cap, Some(1_000), 20, 20).as_deref(), Some("caps[0]"));
    assert_eq!(reached(cap, Some(10_000), 24, 25), None);
    assert_eq!(reached(cap, Some(10_000), 25, 26).as_deref(), Some("caps[0]"));
    assert_eq!(reached(cap, None, 1, 2).as_deref(), Some("caps[0].fleet_unknown"));
    assert_eq!(reached(cap, Some(1_000), 20, 3), None, "it counts already");
}

#[test]
fn a_part_of_a_group_counts_the_devices_of_that_group() {
    let cap = Cap {
        devices: None,
        percent_of_group: percent(30.0),
        ..Cap::of(0, HOUR)
    };
    // Six counted: three of each group. One more of ten is too many, one more of a hundred is not.
    assert_eq!(reached(cap, None, 6, 6).as_deref(), Some("caps[0]"));
    assert_eq!(reached(cap, None, 6, 7), None);
    assert_eq!(reached(cap, None, 4, 4), None);
    assert_eq!(
        reached(cap, None, 4, 999).as_deref(),
        Some("caps[0].group_unknown"),
        "nobody knows its group"
    );
    let caps = [cap];
    let mut unsized_group = Usage::of(&caps, None);
    unsized_group.set_group(&device(1), Some("odd"));
    let told = reached_cap(&caps, Mode::Enforce, &device(1), &unsized_group);
    assert_eq!(told.as_deref(), Some("caps[0].group_unknown"));
}

#[test]
fn a_lift_lets_so_many_more_go_whatever_an_earlier_one_let_go() {
    let caps = [Cap::of(25, HOUR)];
    let lift = |devices, counted| Lift {
        index: 0,
        cap: caps[0],
        devices,
        counted,
    };
    let reached = |lifts: Vec<Lift>, devices: u32| {
        let mut usage = counted(&caps, None, devices);
        usage.set_lifts(lifts);
        is_capped(&caps, Mode::Enforce, &device(devices), &usage)
    };
    assert!(reached(Vec::new(), 25));
    assert!(!reached(vec![lift(Some(10), 25)], 34) && reached(vec![lift(Some(10), 25)], 35));
    assert!(
        !reached(vec![lift(Some(10), 35)], 44) && reached(vec![lift(Some(10), 35)], 45),
        "what was beyond the cap by then does not use it up"
    );
    assert!(!reached(vec![lift(Some(10), 3)], 34) && reached(vec![lift(Some(10), 3)], 35));
    assert!(!reached(vec![lift(None, 25)], 5_000));
    let other = Lift {
        cap: Cap::of(26, HOUR),
        ..lift(None, 25)
    };
    assert!(
        reached(vec![other], 25),
        "the cap was changed since: it is another"
    );
    let next = Lift {
        index: 1,
        ..lift(None, 25)
    };
    assert!(reached(vec![next], 25));
}

#[test]
fn a_reason_names_its_cap() {
    for (reason, cap) in [
        ("caps[0]", Some(0)),
        ("caps[12].fleet_unknown", Some(12)),
        ("limits[0]", None),
        ("caps", None),
        ("caps[x]", None),
    ] {
        assert_eq!(cap_of(reason), cap, "{reason}");
    }
}

#[test]
fn a_cap_of_an_earlier_record_is_read_as_it_was_written() {
    let old: Cap =
        serde_json::from_str(r#"{"devices":50,"per":{"secs":3600,"nanos":0}}"#).expect("it is ours");
    assert_eq!(old, Cap::of(50, HOUR));
    let told = serde_json::to_value(old).expect("a cap is JSON");
    assert_eq!(
        told,
        serde_json::json!({"devices": 50, "per": {"secs": 3600, "nanos": 0}})
    );
}

#[test]
fn groups_matter_only_to_a_cap_that_is_a_part_of_one() {
    let of_group = Cap {
        percent_of_group: percent(10.0),
        ..Cap::of(50, HOUR)
    };
    assert!(!Usage::of(&[], None).asks_groups());
    assert!(!Usage::of(&[Cap::of(50, HOUR)], None).asks_groups());
    assert!(Usage::of(&[Cap::of(50, HOUR), of_group], None).asks_groups());
}
