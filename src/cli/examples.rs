//! An example of each command, which `--help`, the manual pages and the reference show. A test parses them all, so they can be typed.

use clap::Command;

/// Commands with their examples.
pub(super) const EXAMPLES: &[(&str, &[&str])] = &[
    ("run", &["quell run --config /etc/quell/quell.yaml --migrate"]),
    ("db migrate", &["quell db migrate --config owner.yaml"]),
    ("db prune", &["quell db prune --dry-run"]),
    ("db roles", &["quell db roles --print"]),
    (
        "status",
        &["quell status", "quell status --watch", "quell status -o json"],
    ),
    (
        "devices",
        &[
            "quell devices --restricted",
            "quell devices ws-042",
            "quell devices -o name",
            "quell devices --watch=10",
        ],
    ),
    (
        "actions",
        &[
            "quell actions --state queued",
            "quell actions --device 0123abcd -o wide",
        ],
    ),
    (
        "release",
        &[
            "quell release ws-042 --reason \"false positive, INC-4711\"",
            "quell release --playbook ransomware-restrict --since 2h --reason \"bad rule\" --dry-run",
            "quell release --playbook ransomware-restrict --since 2h --reason \"bad rule\" --confirm 12",
        ],
    ),
    (
        "extend",
        &["quell extend ws-042 --by-span 4h --reason \"still looking\""],
    ),
    (
        "restrict",
        &["quell restrict ws-042 --for 4h --reason \"INC-4712\""],
    ),
    (
        "isolate",
        &["quell isolate ws-042 --for 1h --reason \"INC-4712\""],
    ),
    ("stop", &["quell stop --reason \"restricts the wrong devices\""]),
    (
        "resume",
        &[
            "quell resume --reason \"the rule is corrected\"",
            "quell resume --stop 3f2a91c0 --reason \"Defender is well again\"",
        ],
    ),
    (
        "approvals list",
        &["quell approvals list", "quell approvals list --watch"],
    ),
    ("approvals show", &["quell approvals show A-1042"]),
    (
        "approvals approve",
        &[
            "quell approvals approve A-1042 --reason \"INC-4711\"",
            "quell approvals approve A-1042 --except ws-042 --reason \"INC-4711\" --confirm 11",
        ],
    ),
    (
        "approvals reject",
        &["quell approvals reject A-1042 --reason \"an exercise\""],
    ),
    ("budget", &["quell budget", "quell budget --watch"]),
    ("caps", &["quell caps"]),
    (
        "caps lift",
        &["quell caps lift caps[0] --for 1h --reason \"an outbreak, INC-4711\""],
    ),
    ("caps end", &["quell caps end 0123abcd --reason \"it is over\""]),
    ("audit", &["quell audit"]),
    ("audit check", &["quell audit check --since 24h"]),
    ("audit verify", &["quell audit verify"]),
    ("audit export", &["quell audit export > audit.ndjson"]),
    ("audit checkpoints", &["quell audit checkpoints"]),
    (
        "explain",
        &[
            "quell explain --device ws-042",
            "quell explain alerts.ndjson --playbooks playbooks",
        ],
    ),
    ("playbooks list", &["quell playbooks list"]),
    ("playbooks show", &["quell playbooks show ransomware-restrict"]),
    ("playbooks diff", &["quell playbooks diff"]),
    (
        "playbooks activate",
        &["quell playbooks activate playbooks --reason \"CHG-81\" --dry-run"],
    ),
    ("playbooks history", &["quell playbooks history"]),
    (
        "playbooks revoke",
        &["quell playbooks revoke ransomware-restrict@0123abcd4567 --reason \"matched servers\""],
    ),
    (
        "events list",
        &[
            "quell events list --without-skips",
            "quell events list --device ws-042 --kind hold",
        ],
    ),
    (
        "events show",
        &["quell events show 018f3c2e-7a10-7c3e-9a50-0123456789ab"],
    ),
    ("events dead list", &["quell events dead list --since 1d"]),
    (
        "events dead show",
        &["quell events dead show 018f3c2e-7a10-7c3e-9a50-0123456789ab"],
    ),
    (
        "events dead retry",
        &["quell events dead retry --refused-as unknown_shape --reason \"mapped now\" --confirm 12"],
    ),
    (
        "events dead drop",
        &["quell events dead drop 018f3c2e-7a10-7c3e-9a50-0123456789ab --reason \"a test\""],
    ),
    (
        "events try",
        &["quell events try alerts.ndjson --source sentinel"],
    ),
    ("reload", &["quell reload"]),
    ("health", &["quell health", "quell health --ready"]),
    ("send", &["quell send alerts.ndjson --to http://127.0.0.1:8740"]),
    (
        "tokens create",
        &["quell tokens create ci --role viewer --for 30d --reason \"reads the status for the wallboard\""],
    ),
    ("tokens list", &["quell tokens list"]),
    (
        "tokens revoke",
        &["quell tokens revoke 1f3a9c --reason \"the laptop was lost\""],
    ),
    ("notifications list", &["quell notifications list"]),
    (
        "notifications show",
        &["quell notifications show 01936b7c-0000-7000-8000-000000000000"],
    ),
    (
        "notifications resend",
        &[
            "quell notifications resend 01936b7c-0000-7000-8000-000000000000 --reason \"the receiver was away\"",
        ],
    ),
    ("notifications test", &["quell notifications test soc"]),
    ("doctor", &["quell doctor"]),
    ("probe", &["quell probe --device web-1.example.com"]),
    ("check", &["quell check playbooks"]),
    (
        "check-config",
        &["quell check-config --config /etc/quell/quell.yaml"],
    ),
    ("login", &["quell login --status"]),
    ("explain-code", &["quell explain-code E101"]),
    ("facts", &["quell facts device"]),
    ("fmt", &["quell fmt playbooks"]),
    ("test", &["quell test playbooks"]),
    ("plan", &["quell plan playbooks"]),
    ("schema", &["quell schema playbook"]),
];

/// The rest, so that no table is longer than one looks through.
pub(super) const MORE: &[(&str, &[&str])] = &[
    ("demo", &["quell demo --devices 1000 --scale 120"]),
    ("drill", &["quell drill --config /etc/quell/quell.yaml"]),
    ("simulate", &["quell simulate --scale 60"]),
    (
        "completion",
        &["quell completion bash > /etc/bash_completion.d/quell"],
    ),
    (
        "man",
        &[
            "quell man status | man -l -",
            "quell man --into /usr/local/share/man/man1",
        ],
    ),
    ("version", &["quell version -o json"]),
];

/// Puts its examples at the end of each command's help.
pub(super) fn give(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, path: &str) -> Command {
    let command = match of(path) {
        Some(lines) => command.after_help(text(lines)),
        None => command,
    };
    command.mut_subcommands(|sub| {
        let path = format!("{path} {}", sub.get_name());
        below(sub, path.trim_start())
    })
}

/// The examples of a command.
fn of(path: &str) -> Option<&'static [&'static str]> {
    EXAMPLES
        .iter()
        .chain(MORE)
        .find(|(name, _)| *name == path)
        .map(|(_, lines)| *lines)
}

fn text(lines: &[&str]) -> String {
    let head = if lines.len() == 1 { "Example" } else { "Examples" };
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
    format!("{head}:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words as a shell hands them over, up to where they go elsewhere.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(['>', '|']).next().unwrap_or_default();
        let quoted = line.split('"').enumerate();
        let words = quoted.flat_map(|(at, part)| match at % 2 {
            1 => vec![part.to_owned()],
            _ => part.split_whitespace().map(str::to_owned).collect(),
        });
        words.collect()
    }

    #[test]
    fn every_example_can_be_typed() {
        for (path, lines) in EXAMPLES.iter().chain(MORE) {
            for line in *lines {
                let parsed = crate::cli::command().try_get_matches_from(words(line));
                assert!(
                    parsed.is_ok(),
                    "{line}\n{}",
                    parsed.err().map(|e| e.to_string()).unwrap_or_default()
                );
                assert!(line.starts_with(&format!("quell {path}")), "{path}: {line}");
            }
        }
    }

    #[test]
    fn every_command_has_an_example() {
        let mut without = Vec::new();
        look(&crate::cli::command(), "", &mut without);
        assert!(
            without.is_empty(),
            "give these an example in src/cli/examples.rs: {without:?}"
        );
    }

    fn look(command: &Command, path: &str, without: &mut Vec<String>) {
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            let path = format!("{path} {}", sub.get_name()).trim_start().to_owned();
            if !sub.has_subcommands() && of(&path).is_none() {
                without.push(path.clone());
            }
            look(sub, &path, without);
        }
    }
}
