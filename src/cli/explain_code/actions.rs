//! What the codes of actions mean: `E2xx`.

use super::Explanation;
use super::example::Example::Playbook;
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::UNKNOWN_ACTION,
        text: "`restrict_app_execution` allows only software signed by Microsoft to run on the device, `isolate_device` cuts it off \
               the network, and `release_app_restriction` and `release_isolation` end what quell began so. Beside them, or alone, \
               stand tasks, which are done once: `scan`, `collect_package` and `quarantine_file`.",
        wrong: Playbook("then:\n  - offboard_device:\n      comment: Ransomware\n"),
        right: Playbook(
            "when:\n  alert.event: [new, updated]\nthen:\n  - restrict_app_execution:\n      comment: Ransomware\n      release: {after: 4h, when: alert_resolved}\n",
        ),
    },
    Explanation {
        code: Code::ONE_ACTION,
        text: "Each entry of `then` names one action with its details below it. A bare word has no details; two names in one \
               entry are usually a missing `- ` or details that are not indented far enough.",
        wrong: Playbook(
            "then:\n  - restrict_app_execution:\n    comment: Ransomware\n    release: {after: 4h}\n",
        ),
        right: Playbook(
            "then:\n  - restrict_app_execution:\n      comment: Ransomware\n      release: {after: 4h}\n",
        ),
    },
    Explanation {
        code: Code::RELEASE_TERMS,
        text: "A restriction takes somebody's machine away, so its end is written down with it: `after`, the latest end. A \
               restriction that only a person ends needs `never: true`, written out, and nothing else beside it.",
        wrong: Playbook("then:\n  - restrict_app_execution:\n      comment: Ransomware\n"),
        right: Playbook(
            "then:\n  - restrict_app_execution:\n      comment: Ransomware\n      release: {after: 4h}\n",
        ),
    },
    Explanation {
        code: Code::NO_ACTION,
        text: "`then` says what follows a match, and it is empty. A playbook that shall only watch has an action too, and \
               `mode: observe`: it records what it would have done.",
        wrong: Playbook("then: []\n"),
        right: Playbook(
            "mode: observe\nthen:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 4h}}\n",
        ),
    },
    Explanation {
        code: Code::REPEATED_ACTION,
        text: "A playbook begins something or it releases: a restriction, an isolation, or both, each once. To begin and to release \
               in one file would have to be done in some order, and whichever came second would undo the first; write a \
               playbook of its own for the other. Tasks may stand beside either.",
        wrong: Playbook(
            "then:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 4h}}\n  - release_app_restriction: {comment: Done}\n",
        ),
        right: Playbook("then:\n  - restrict_app_execution: {comment: Ransomware, release: {after: 4h}}\n"),
    },
    Explanation {
        code: Code::REPEATED_TASK,
        text: "A task is done once for each match, so asking for it twice asks for nothing more. Of two scans keep the one that \
               looks further; several files may be quarantined, each of them once.",
        wrong: Playbook("then:\n  - scan: {comment: Malware}\n  - scan: {comment: Malware, type: full}\n"),
        right: Playbook("then:\n  - scan: {comment: Malware, type: full}\n"),
    },
    Explanation {
        code: Code::TASK_ASK,
        text: "What a person is asked about is a containment: it waits until he says yes, and its tasks wait with it. A playbook \
               of tasks alone takes nothing from anybody and begins no containment, so there is nothing that could wait. Let \
               it act by itself, or put its tasks beside a restriction.",
        wrong: Playbook("ask: {from: [soc-leads], within: 30m}\nthen:\n  - scan: {comment: Malware}\n"),
        right: Playbook("then:\n  - scan: {comment: Malware}\n"),
    },
    Explanation {
        code: Code::FILE_HASH,
        text: "Defender finds the file to stop and quarantine by its SHA-1: 40 hex digits, in quotes when they might be read as \
               a number.",
        wrong: Playbook("then:\n  - quarantine_file: {comment: Malware, sha1: evil.exe}\n"),
        right: Playbook(
            "then:\n  - quarantine_file: {comment: Malware, sha1: 3395856ce81f2b7382dee72602f798b642f14140}\n",
        ),
    },
    Explanation {
        code: Code::CANARY,
        text: "A canary is the part of the fleet in which the playbook enforces: a percentage of all devices, or the devices of \
               some groups. It is one of the two, so that anybody can tell which devices they are.",
        wrong: Playbook("canary: {percent: 10, groups: [pilot]}\n"),
        right: Playbook("mode: enforce\ncanary: {percent: 10}\nlimits:\n  - {devices: 5, per: 1h}\n"),
    },
    Explanation {
        code: Code::LIMIT_MEASURE,
        text: "A limit counts devices against one measure: a number, `devices`, or a part of the fleet, `percent_of_fleet`. For \
               both, write two limits: every one of them holds. A part of the fleet needs its size: the \
               tenant's `fleet_size` in the configuration, or a complete reading of the inventory. Without one the limit \
               counts as reached.",
        wrong: Playbook("limits:\n  - {devices: 25, percent_of_fleet: 2, per: 1h}\n"),
        right: Playbook("limits:\n  - {devices: 25, per: 1h}\n  - {percent_of_fleet: 2, per: 1d}\n"),
    },
];
