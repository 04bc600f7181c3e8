//! What the codes of test files mean: `E33x`.

use super::Explanation;
use super::example::Example::Test;
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::TEST_PLAYBOOK,
        text: "A test file names the playbook that it tests, as a path that begins at the test file's own folder. There is no \
               such file, so nothing would be tested.",
        wrong: Test("playbook: ../exmaple.yaml\n"),
        right: Test("playbook: ../example.yaml\n"),
    },
    Explanation {
        code: Code::TEST_FACTS,
        text: "`given` lists maps, or names that the file defines under `facts`. This name is not defined there.",
        wrong: Test(
            "facts:\n  high: {alert: {severity: high}}\ntests:\n  - name: high severity matches\n    given: [hihg]\n    expect: {decision: observe}\n",
        ),
        right: Test(
            "facts:\n  high: {alert: {severity: high}}\ntests:\n  - name: high severity matches\n    given: [high]\n    expect: {decision: observe}\n",
        ),
    },
    Explanation {
        code: Code::TEST_EMPTY,
        text: "The file has no test, or a test expects nothing: it would pass whatever the playbook does.",
        wrong: Test("tests: []\n"),
        right: Test(
            "tests:\n  - name: high severity matches\n    given: [{alert: {severity: high}}]\n    expect: {decision: observe}\n",
        ),
    },
    Explanation {
        code: Code::TEST_NAME,
        text: "Two tests of the file have the same name, so a report could not tell which of them failed.",
        wrong: Test(
            "tests:\n  - name: it matches\n    given: [{alert: {severity: high}}]\n    expect: {decision: observe}\n  - name: it matches\n    given: [{alert: {severity: low}}]\n    expect: {decision: skip}\n",
        ),
        right: Test(
            "tests:\n  - name: high severity matches\n    given: [{alert: {severity: high}}]\n    expect: {decision: observe}\n  - name: low severity does not\n    given: [{alert: {severity: low}}]\n    expect: {decision: skip}\n",
        ),
    },
    Explanation {
        code: Code::TIMELINE_ORDER,
        text: "`at` counts from the beginning of the timeline, and the entries stand in the order of time, so that a timeline reads as it \
               happens. Several entries may have the same time.",
        wrong: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 1h, event: [{alert: {severity: high}}]}\n      - {at: 30m, expect: {device: free}}\n",
        ),
        right: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 1h, event: [{alert: {severity: high}}]}\n      - {at: 1h30m, expect: {device: free}}\n",
        ),
    },
    Explanation {
        code: Code::TIMELINE_ENTRY,
        text: "An entry of a timeline has an `event`, an answer (`approve` or `decline`), or something to `expect`; answers and \
               expectations need a device, so an event comes first.",
        wrong: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 0h, expect: {device: free}}\n",
        ),
        right: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 0h, event: [{alert: {severity: high}}]}\n      - {at: 1h, expect: {device: free}}\n",
        ),
    },
    Explanation {
        code: Code::TEST_SHAPE,
        text: "A test is either one event, judged by itself (`given` and `expect`), or a `timeline` whose entries hold both.",
        wrong: Test(
            "tests:\n  - name: it is observed\n    given: [{alert: {severity: high}}]\n    timeline:\n      - {at: 0h, event: [{alert: {severity: high}}], expect: {decision: observe}}\n",
        ),
        right: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 0h, event: [{alert: {severity: high}}], expect: {decision: observe}}\n",
        ),
    },
    Explanation {
        code: Code::TEST_EXPECT,
        text: "A decision (`decision`, `actions`, `release_after`, `because`) is expected where an event is; how the device stands \
               (`device`, `by`) is expected in a timeline, and `by` says more of a device that is restricted or released.",
        wrong: Test(
            "tests:\n  - name: it is observed\n    given: [{alert: {severity: high}}]\n    expect: {decision: observe, device: free}\n",
        ),
        right: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 0h, event: [{alert: {severity: high}}], expect: {decision: observe, device: free}}\n",
        ),
    },
    Explanation {
        code: Code::TEST_DEVICE,
        text: "`of` looks at another device than that of the latest event. No event of the timeline is about this one, so it would be \
               free whatever the playbook does.",
        wrong: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 0h, event: [{alert: {severity: high}, device: {id: d1}}]}\n      - {at: 1h, of: d2, expect: {device: free}}\n",
        ),
        right: Test(
            "tests:\n  - name: it is observed\n    timeline:\n      - {at: 0h, event: [{alert: {severity: high}, device: {id: d1}}]}\n      - {at: 1h, of: d1, expect: {device: free}}\n",
        ),
    },
];
