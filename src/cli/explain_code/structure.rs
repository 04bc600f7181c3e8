//! What the codes of a file's structure mean: `E310` to `E321`.

use super::Explanation;
use super::example::Example::{Files, Playbook};
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::UNKNOWN_KEY,
        text: "Nothing reads this key here. A misspelt key that is silently ignored is a guard that does not guard, so every \
               key must be known; often it stands in the wrong map, one level too deep or too shallow.",
        wrong: Playbook("unles:\n  device.tags: tier-0\n"),
        right: Playbook("unless:\n  device.tags: tier-0\n"),
    },
    Explanation {
        code: Code::WRONG_TYPE,
        text: "Something else than this is expected here: a text, a number, a list, a map, `true` or `false`. YAML decides by \
               the way a value is written: `12` is a number and `\"12\"` is text; `- ` begins an entry of a list; `yes`, `no` \
               and `on` are texts, and only `true` and `false` are not.",
        wrong: Playbook("limits: {devices: 25, per: 1h}\n"),
        right: Playbook("limits:\n  - {devices: 25, per: 1h}\n"),
    },
    Explanation {
        code: Code::MISSING_KEY,
        text: "A key without a safe default is missing, so it must be written out.",
        wrong: Playbook("ask:\n  from: [soc-leads]\n"),
        right: Playbook("ask:\n  from: [soc-leads]\n  within: 30m\n"),
    },
    Explanation {
        code: Code::NOT_ONE_OF,
        text: "Only a few words are allowed here, and they are written in lower case.",
        wrong: Playbook("if_unknown: act\n"),
        right: Playbook("if_unknown: ask\n"),
    },
    Explanation {
        code: Code::BAD_DURATION,
        text: "A duration is a whole number with a unit, `d`, `h`, `m`, `s` or `ms`, without a blank; several are written one \
               after the other, the larger unit first: `1h30m`. A bare number has no unit, and which one was meant cannot be \
               guessed. Ten years are the most.",
        wrong: Playbook(
            "then:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 4 hours}}\n",
        ),
        right: Playbook("then:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 4h}}\n"),
    },
    Explanation {
        code: Code::OUT_OF_RANGE,
        text: "The number or duration lies outside of what makes sense here; the message names the bounds. A limit of no \
               device is no limit but a playbook that never acts by itself (`mode: observe` says that), and an approval by \
               nobody is no approval.",
        wrong: Playbook("limits:\n  - {devices: 0, per: 1h}\n"),
        right: Playbook("limits:\n  - {devices: 25, per: 1h}\n"),
    },
    Explanation {
        code: Code::BAD_ID,
        text: "A playbook's id is its file's name without `.yaml`: 1 to 63 lower-case letters, digits and `-`, beginning with \
               a letter or digit. The id is in every record and in the comment at Defender, so the file must be found by it.",
        wrong: Playbook("id: Example\n"),
        right: Playbook("id: example\n"),
    },
    Explanation {
        code: Code::DUPLICATE_ID,
        text: "Two files have the same id, say `example.yaml` and `example.yml`. Nothing is merged and neither wins; remove \
               one, or give it another name and id.",
        wrong: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: One\nowner: soc@example.com\nwhen: {alert.severity: high}\nthen:\n  - release_app_restriction: {comment: One}\n",
            ),
            (
                "example.yml",
                "id: example\ntitle: Two\nowner: soc@example.com\nwhen: {alert.severity: low}\nthen:\n  - release_app_restriction: {comment: Two}\n",
            ),
        ]),
        right: Files(&[
            (
                "example.yaml",
                "id: example\ntitle: One\nowner: soc@example.com\nwhen: {alert.severity: high}\nthen:\n  - release_app_restriction: {comment: One}\n",
            ),
            (
                "other.yaml",
                "id: other\ntitle: Two\nowner: soc@example.com\nwhen: {alert.severity: low}\nthen:\n  - release_app_restriction: {comment: Two}\n",
            ),
        ]),
    },
    Explanation {
        code: Code::EMPTY_WHEN,
        text: "`when` has no line, so every event would match: every alert on every device. Write at least one line. A \
               playbook that really means every event leaves `when` out and says `match_all: true`. In `ask.when`, which is \
               left out to ask always, an empty map is refused as well.",
        wrong: Playbook("when: {}\n"),
        right: Playbook("when:\n  alert.severity: high\n"),
    },
    Explanation {
        code: Code::MATCH_ALL,
        text: "`match_all: true` says that every event matches, and the lines of `when` say that only some do. One of the two \
               is a leftover; keep the one that you mean.",
        wrong: Playbook("match_all: true\nwhen:\n  alert.severity: high\n"),
        right: Playbook("when:\n  alert.severity: high\n"),
    },
    Explanation {
        code: Code::UNSUPPORTED,
        text: "The key belongs to the language, and this version does not do what it says, or not in this place. It is refused \
               rather than ignored, because it was written to be obeyed.",
        wrong: Playbook("freshness: 2h\n"),
        right: Playbook("when:\n  alert.age: {within: 2h}\n"),
    },
    Explanation {
        code: Code::BAD_TEXT,
        text: "Titles, owners, names and comments are one readable line: not empty, at most 200 characters (a comment 900), \
               and without control characters or characters that change the direction of text or cannot be seen.",
        wrong: Playbook("title: \"\"\n"),
        right: Playbook("title: Ransomware on a workstation\n"),
    },
];
