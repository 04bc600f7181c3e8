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
];
