//! What the codes of lints mean: `W40x`.

use super::Explanation;
use super::example::Example::{Files, Playbook};
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::NO_LIMITS,
        text: "A playbook in `enforce` without `limits` can restrict the whole fleet within an hour, by one wrong line or one \
               wrong alert rule of somebody else. At a limit it asks a person, and what was restricted before stays so.",
        wrong: Playbook("mode: enforce\n"),
        right: Playbook("mode: enforce\nlimits:\n  - {devices: 25, per: 1h}\n"),
    },
    Explanation {
        code: Code::NO_TEST,
        text: "A playbook in `enforce` acts by itself, and no file of `tests/` names it. A test says what it must do, and must \
               not do, without a database or a network; `quell test` runs it.",
        wrong: Playbook("mode: enforce\n"),
        right: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: An example\nowner: soc@example.com\nmode: enforce\nwhen: {alert.severity: high}\nthen:\n  - release_app_restriction: {comment: An example}\n",
            ),
            (
                "tests/example.test.yaml",
                "playbook: ../example.yaml\ntests:\n  - name: a low severity is no match\n    given: [{alert: {severity: low}}]\n    expect: {decision: skip}\n",
            ),
        ]),
    },
    Explanation {
        code: Code::LONG_RELEASE,
        text: "The restriction ends by itself after more than 7 days. Few people go without their machine for so long; often \
               `d` was written for `h`. If it is meant, it can stay: this is a warning.",
        wrong: Playbook("then:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 14d}}\n"),
        right: Playbook("then:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 14h}}\n"),
    },
    Explanation {
        code: Code::SEVERITY_GAP,
        text: "A list of ordered words leaves one out that lies between others, say `low` and `high` without `medium`. A line \
               that means a level and everything above it is written `{at_least: …}`.",
        wrong: Playbook("when:\n  alert.severity: [low, high]\n"),
        right: Playbook("when:\n  alert.severity: {at_least: low}\n"),
    },
    Explanation {
        code: Code::SHADOWED,
        text: "The playbook demands a device that the configuration protects: every device that meets `when` is on the list \
               `never`, so the playbook never restricts anything. Only `quell check --config FILE` and the daemon, which know \
               `never`, can tell. Without `never` in the configuration the tags `tier-0` and `quell-never` protect.",
        wrong: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: An example\nowner: soc@example.com\nwhen: {device.tags: tier-0}\nthen:\n  - restrict_app_execution: {comment: An example, release: {after: 4h}}\n",
            ),
            ("quell.yaml", "never:\n  tags: [tier-0]\n"),
        ]),
        right: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: An example\nowner: soc@example.com\nwhen: {device.tags: kiosk}\nthen:\n  - restrict_app_execution: {comment: An example, release: {after: 4h}}\n",
            ),
            ("quell.yaml", "never:\n  tags: [tier-0]\n"),
        ]),
    },
    Explanation {
        code: Code::UNKNOWN_RECEIVER,
        text: "The playbook's `notify` names a receiver that `receivers` of the configuration does not have, so nobody is told. Only \
               `quell check --config FILE` and the daemon, which know the receivers, can tell, and only where there are any.",
        wrong: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: An example\nowner: soc@example.com\nwhen: {alert.severity: high}\nthen:\n  - restrict_app_execution: {comment: An example, release: {after: 4h}}\nnotify: [{to: socc, on: [acted]}]\n",
            ),
            (
                "quell.yaml",
                "receivers:\n  - {name: soc, slack: {url_file: slack-url}}\n",
            ),
        ]),
        right: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: An example\nowner: soc@example.com\nwhen: {alert.severity: high}\nthen:\n  - restrict_app_execution: {comment: An example, release: {after: 4h}}\nnotify: [{to: soc, on: [acted]}]\n",
            ),
            (
                "quell.yaml",
                "receivers:\n  - {name: soc, slack: {url_file: slack-url}}\n",
            ),
        ]),
    },
    Explanation {
        code: Code::EMPTY_COMMENT,
        text: "The comment is made of fill-ins alone, and each of these facts may be missing from an event: then the comment at \
               Defender says `none` or `unknown`, and whoever finds it there learns nothing. Write some words that are always \
               there.",
        wrong: Playbook(
            "then:\n  - restrict_app_execution: {comment: \"{alert.title}\", release: {after: 4h}}\n",
        ),
        right: Playbook(
            "then:\n  - restrict_app_execution: {comment: \"Ransomware: {alert.title}\", release: {after: 4h}}\n",
        ),
    },
    Explanation {
        code: Code::IDLE_CANARY,
        text: "A canary narrows `enforce`: inside it the playbook acts, elsewhere it observes. This playbook observes everywhere, \
               so the canary changes nothing. Either it was meant to enforce, or the canary is left over.",
        wrong: Playbook("mode: observe\ncanary: {groups: [pilot]}\n"),
        right: Playbook("mode: enforce\ncanary: {groups: [pilot]}\nlimits:\n  - {devices: 5, per: 1h}\n"),
    },
    Explanation {
        code: Code::RESOLVED_BEGINS,
        text: "The restriction ends when every alert behind it is resolved, but a resolved alert may also begin one: `when` does \
               not say which news of an alert count. Such a restriction would have nothing left to wait for but its time.",
        wrong: Playbook(
            "when:\n  alert.severity: high\nthen:\n  - restrict_app_execution:\n      comment: Ransomware\n      release: {after: 4h, when: alert_resolved}\n",
        ),
        right: Playbook(
            "when:\n  alert.event: [new, updated]\n  alert.severity: high\nthen:\n  - restrict_app_execution:\n      comment: Ransomware\n      release: {after: 4h, when: alert_resolved}\n",
        ),
    },
    Explanation {
        code: Code::SETTLED_LINE,
        text: "Quell itself tells which playbooks hold a device, so `device.restricted_by` is always a list, empty where none does; \
               and an empty list exists. `{exists: true}` is always true of it and `{exists: false}` never, so the line decides nothing, \
               or stops the playbook for ever. Ask whether something stands in the list, or name the playbooks.",
        wrong: Playbook(
            "when:\n  alert.event: resolved\n  device.restricted_by: {exists: true}\nthen:\n  - release_app_restriction: {comment: Resolved}\n",
        ),
        right: Playbook(
            "when:\n  alert.event: resolved\n  device.restricted_by: {matches: '.'}\nthen:\n  - release_app_restriction: {comment: Resolved}\n",
        ),
    },
    Explanation {
        code: Code::NO_SCAN,
        text: "`release.when: scan_clean` ends the restriction once an antivirus scan that quell asked for has ended, and this \
               playbook asks for none. Unless another playbook does, the restriction stays until its time is up.",
        wrong: Playbook(
            "then:\n  - restrict_app_execution:\n      comment: Malware\n      release: {after: 4h, when: scan_clean}\n",
        ),
        right: Playbook(
            "then:\n  - restrict_app_execution:\n      comment: Malware\n      release: {after: 4h, when: scan_clean}\n  - scan: {comment: Malware}\n",
        ),
    },
];
