//! The schema of test files against their parser: what it accepts, the schema accepts, and the keys are the same.

use super::test;
use super::tests::{VALUES, keys_of_the_parser, keys_of_the_schema, schema, value};
use crate::playbook::facts::FACTS;
use crate::playbook::test::TestFile;
use crate::yaml;
use crate::yaml::schema::validate::problems;

#[test]
fn every_map_of_a_test_file_has_the_keys_that_the_parser_knows() {
    let read: fn(&str) -> yaml::Diagnostics =
        |text| TestFile::read("p.test.yaml", text).expect_err("the key is unknown");
    let schema = schema(&test());
    let given = "/properties/facts/additionalProperties";
    let case = "/properties/tests/items";
    for (path, text) in [
        ("", "?"),
        (case, "tests: [{?}]"),
        (&format!("{case}/properties/expect"), "tests: [{expect: {?}}]"),
        (given, "facts: {a: {?}}"),
        (
            &format!("{given}/properties/history"),
            "facts: {a: {history: {?}}}",
        ),
        (
            &format!("{given}/properties/history/properties/devices_acted/else"),
            "facts: {a: {history: {devices_acted: {?}}}}",
        ),
        ("/properties/guards", "guards: {?}"),
        ("/properties/guards/properties/never", "guards: {never: {?}}"),
        (
            "/properties/guards/properties/caps/items",
            "guards: {caps: [{?}]}",
        ),
        (
            &format!("{case}/properties/timeline/items"),
            "tests: [{timeline: [{?}]}]",
        ),
        (
            &format!("{case}/properties/timeline/items/properties/expect"),
            "tests: [{timeline: [{expect: {?}}]}]",
        ),
    ] {
        assert_eq!(
            keys_of_the_schema(&schema, path),
            keys_of_the_parser(text, read),
            "{text}"
        );
    }
}

#[test]
fn no_test_file_that_the_parser_accepts_is_refused() {
    let schema = schema(&test());
    let mut taken = 0;
    let mut check = |text: String| {
        if TestFile::read("p.test.yaml", &text).is_ok() {
            taken += 1;
            let value = value(&text).expect("what is accepted is YAML");
            assert_eq!(problems(&schema, &value), Vec::<String>::new(), "{text}");
        }
    };
    let file = |given: &str, expect: &str| {
        format!("playbook: ../p.yaml\ntests:\n  - {{name: n, given: [{given}], expect: {expect}}}\n")
    };
    for fact in FACTS {
        let (group, name) = fact.name.split_once('.').expect("a fact has a group");
        for written in VALUES.into_iter().chain(["unknown", "Unknown", "[unknown]"]) {
            check(file(
                &format!("{{{group}: {{{name}: {written}}}}}"),
                "{decision: act}",
            ));
        }
    }
    for expect in [
        "{decision: hold}",
        "{decision: held}",
        "{actions: []}",
        "{actions: [restrict_app_execution]}",
        "{release_after: never}",
        "{release_after: 4h}",
        "{release_after: Never}",
        "{because: 'limits[0]'}",
        "{because: ''}",
        "{}",
        "{decision: null}",
    ] {
        check(file("{history: {devices_acted: {last: 1h, count: 0}}}", expect));
        check(file("", expect));
    }
    for (guards, expect) in [
        ("guards: {}", "{because: x}"),
        (
            "guards: {mode: observe, freshness: 2h, fleet: 100, caps: [{devices: 0, per: 1s}], never: {tags: [a], ids: []}}",
            "{because: x}",
        ),
        ("guards: {caps: []}", "{because: x}"),
        ("guards: {never: {}}", "{because: x}"),
        ("guards: {fleet: -1}", "{because: x}"),
        ("with: []", "{because: x}"),
        ("with: [../q.yaml]", "{because: x}"),
        ("with: q.yaml", "{because: x}"),
        ("", "{device: free}"),
    ] {
        check(format!("{}{guards}\n", file("", expect)));
    }
    check(file(
        "{history: {devices_acted: [{last: 1h, count: 3}, {last: 1d, count: 9}]}}",
        "{because: x}",
    ));
    for moment in [
        "{at: 1h, event: [{alert: {id: a2}}]}",
        "{at: 1h, event: [], expect: {decision: act, device: released, by: release.after}}",
        "{at: 1h, approve: ann}",
        "{at: 1h, approve: [ann, bob], expect: {device: free}}",
        "{at: 1h, approve: []}",
        "{at: 1h, decline: ann, approve: bob}",
        "{at: 1h, decline: [5]}",
        "{at: 1h, of: d1}",
        "{at: 1h, of: d1, approve: ann}",
        "{at: 1h, expect: {decision: act}}",
        "{at: 1h, expect: {by: p}}",
        "{at: 1h}",
        "{expect: {device: free}}",
    ] {
        let end = "{at: 9h, expect: {device: restricted}}";
        check(format!(
            "playbook: ../p.yaml\ntests:\n  - {{name: n, timeline: [{{at: 0s, event: [{{device: {{id: d1}}}}]}}, {moment}, {end}]}}\n"
        ));
    }
    for facts in [
        "facts: {}",
        "facts: {a: {alert: {id: x}}}",
        "facts: {a: {}}",
        "facts:",
    ] {
        check(format!("{}{facts}\n", file("", "{because: x}")));
    }
    assert!(taken > 250, "only {taken} were taken");
    for broken in [
        "playbook: p.yaml\ntests: []\n",
        "playbook: p.yaml\ntests: [{name: n, given: [{alert: {severty: low}}], expect: {decision: act}}]\n",
        "playbook: p.yaml\ntests: [{name: n, given: [{alert: {severity: lo}}], expect: {decision: act}}]\n",
        "playbook: p.yaml\ntests: [{name: n, given: [], expect: {decison: act}}]\n",
        "playbook: p.yaml\ntests: [{name: n, given: [], expect: {}}]\n",
        "playbook: p.yaml\ntests: [{name: n, given: [{device: {tags: a}}], expect: {decision: act}}]\n",
        "playbook: p.yaml\ntests: [{name: n, given: [], expect: {device: free}}]\n",
        "playbook: p.yaml\ntests: [{name: n, given: [], timeline: [{at: 0s, event: [], expect: {device: free}}]}]\n",
        "playbook: p.yaml\ntests: [{name: n, timeline: [{at: 0s, event: []}, {at: 1s}]}]\n",
        "playbook: p.yaml\ntests: [{name: n, timeline: [{at: 0s, event: []}, {at: 1s, expect: {decision: act}}]}]\n",
        "playbook: p.yaml\ntests: [{name: n, timeline: [{at: 0s, event: [], expect: {by: x}}]}]\n",
        "playbook: p.yaml\nguards: {caps: [{devices: 5}]}\ntests: [{name: n, given: [], expect: {because: x}}]\n",
    ] {
        assert!(TestFile::read("p.test.yaml", broken).is_err(), "{broken}");
        assert!(
            value(broken).is_some_and(|value| !problems(&schema, &value).is_empty()),
            "{broken}"
        );
    }
}
