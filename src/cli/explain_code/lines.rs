//! What the codes of facts, ops and fill-ins mean: `E10x`.

use super::Explanation;
use super::example::Example::Playbook;
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::UNKNOWN_FACT,
        text: "Every line of `when`, `unless` and `ask.when` tests one fact, by its full name. The name is not one that quell \
               knows, so the line could never hold, and a line that never holds in `unless` protects nobody. `quell facts` \
               lists every fact with its type.",
        wrong: Playbook("when:\n  alert.categroy: ransomware\n"),
        right: Playbook("when:\n  alert.category: ransomware\n"),
    },
    Explanation {
        code: Code::UNKNOWN_OP,
        text: "A line demands a plain value, a list of values, or a map with one op. The ops are `any_of`, `none_of`, \
               `at_least`, `at_most`, `matches`, `starts_with`, `ends_with`, `contains`, `exists`, `within` and `older_than`; \
               which of them fit depends on the fact's type, and `quell facts` shows it.",
        wrong: Playbook("when:\n  alert.severity: {atleast: high}\n"),
        right: Playbook("when:\n  alert.severity: {at_least: high}\n"),
    },
    Explanation {
        code: Code::OP_TYPE,
        text: "Each fact has one type, and an op that cannot be asked of that type is refused when the playbook is loaded \
               instead of being false for ever: text has no order, a list contains no letters, a time is not equal to \
               anything. `quell facts` shows the ops of each fact.",
        wrong: Playbook("when:\n  device.last_seen: today\n"),
        right: Playbook("when:\n  device.last_seen: {within: 1d}\n"),
    },
    Explanation {
        code: Code::FACT_VALUE,
        text: "The fact never has this value: some facts are one of a few words, and no fact is ever equal to nothing. To \
               test whether there is a value at all, write `{exists: false}` or `{exists: true}`. A blank at the beginning or end of a \
               word is refused too: nobody sees it, and what is compared with it is another word.",
        wrong: Playbook("when:\n  device.kind: laptop\n"),
        right: Playbook("when:\n  device.kind: workstation\n"),
    },
    Explanation {
        code: Code::ONE_OP,
        text: "A map in a line holds exactly one op, because with two of them it would have to be guessed whether both or \
               one must hold. Every line of `when` must hold, so what cannot be said with one op is often said with another \
               fact, or with a line in `unless`.",
        wrong: Playbook("when:\n  alert.severity: {at_least: low, at_most: medium}\n"),
        right: Playbook("when:\n  alert.severity: [low, medium]\n"),
    },
    Explanation {
        code: Code::PATTERN,
        text: "`matches` takes a regular expression that runs in time linear in the text, whatever the text: look-around and \
               back-references are not in that language, and a pattern may not grow beyond a bound when it is compiled. A \
               pattern that matches an empty text matches everything, so it is refused too. Case is ignored; the pattern may \
               match anywhere in the text unless `^` and `$` hold it. In single quotes YAML leaves backslashes alone.",
        wrong: Playbook("when:\n  device.name: {matches: '^(?!srv)'}\n"),
        right: Playbook("when:\n  device.name: {matches: '^ws-[0-9]+'}\n"),
    },
    Explanation {
        code: Code::EMPTY_LIST,
        text: "A list of which nothing is a member cannot hold (or, for `none_of`, always holds), and a question that goes to \
               nobody is never answered. Name at least one, or take the line away.",
        wrong: Playbook("unless:\n  device.tags: {any_of: []}\n"),
        right: Playbook("unless:\n  device.tags: {any_of: [tier-0]}\n"),
    },
    Explanation {
        code: Code::FILL_IN,
        text: "Texts take `{fact}` and nothing else: no expressions, no formats, no defaults. The name between the braces is \
               no fact, or a brace has no partner. For a brace itself write `{{` or `}}`. What is filled in loses its control \
               characters and is cut to 200 characters, because an attacker can influence it.",
        wrong: Playbook(
            "then:\n  - restrict_app_execution:\n      comment: \"Ransomware: {alert.titel}\"\n      release: {after: 4h}\n",
        ),
        right: Playbook(
            "then:\n  - restrict_app_execution:\n      comment: \"Ransomware: {alert.title}\"\n      release: {after: 4h}\n",
        ),
    },
];
