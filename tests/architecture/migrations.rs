//! The rules of migrations: a daemon of the version before goes on while they run, and beside them afterwards.
//!
//! So none locks a table that many write to for longer than a moment, and none takes away or renames what the version before uses. Where one must,
//! a comment in the file says why it may: `-- locks: …` or `-- contracts: …`, each for all of the file. Migrations up to [`RELEASED`] are what
//! they are. The files are read as text: what a function of theirs does later is not looked at.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use regex::Regex;

/// Migrations up to this number are from before these rules.
const RELEASED: u64 = 20_261_125_999_999;

/// The tables whose rows come with every event, decision, call or change.
const BUSY: &[&str] = &[
    "events",
    "event_keys",
    "alert_devices",
    "inbox",
    "decisions",
    "decision_inputs",
    "devices",
    "containments",
    "containment_alerts",
    "actions",
    "attempts",
    "budgets",
    "transitions",
    "seals",
    "notifications",
    "outbox",
    "news",
    "dead_letters",
    "foreign_actions",
    "task_wishes",
];

/// What keeps others from a table while it lasts, and how to do it otherwise. `T` is the table.
const LOCKING: &[(&str, &str)] = &[
    (
        r"\bcreate (unique )?index (if not exists )?(\w+ )?on (only )?quell\.T\b",
        "nobody writes while the index is made: `CREATE INDEX CONCURRENTLY`, in a file of its own that begins with `-- no-transaction`",
    ),
    (
        r"\breindex (table|index) ",
        "nobody writes meanwhile: REINDEX … CONCURRENTLY",
    ),
    (
        r"\balter table (only )?quell\.T\b.*\badd column [^,;]*\b(default [^,;]*\w\(|generated always as \()",
        "each row is written anew: add the column without a default, and set it where rows are written",
    ),
    (
        r"\balter table (only )?quell\.T\b.*\balter column \w+ (set not null|(set data )?type\b)",
        "each row is read or written under the lock: a CHECK … NOT VALID, validated by the next migration; a new column for another type",
    ),
    (
        r"\balter table (only )?quell\.T\b.*\badd constraint \w+ (check|foreign key)\b(?:(?!not valid).)*$",
        "each row is read under the lock: NOT VALID here, VALIDATE CONSTRAINT in the next migration",
    ),
    (
        r"\balter table (only )?quell\.T\b.*\badd (constraint \w+ )?(unique|primary key|exclude)\b(?:(?!using index).)*$",
        "an index is made under the lock: make it CONCURRENTLY first, and add the constraint USING INDEX",
    ),
    (
        r"\b(update|delete from|truncate) (only )?quell\.T\b",
        "many rows at once, in one transaction: let the daemon do it bit by bit",
    ),
    (r"\block table [^;]*\bquell\.T\b", "whoever wants the table waits"),
];

/// What the version before may still use.
const CONTRACTING: &[(&str, &str)] = &[
    (
        r"\bdrop (table|view|column|function)\b",
        "the version before may still use it: take it away a version after nobody does",
    ),
    (
        r"\brename (column |constraint )?(\w+ )?to\b",
        "the version before knows it by its old name: add, and take away later",
    ),
    (
        r"\balter column \w+ set not null\b",
        "the version before may write rows without it",
    ),
];

#[test]
fn a_migration_lets_the_daemons_of_the_version_before_go_on() {
    let directory = fs::read_dir("migrations").expect("tests run at the root of the repository");
    let mut findings = BTreeSet::new();
    for entry in directory.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(number) = name
            .split('_')
            .next()
            .and_then(|number| number.parse::<u64>().ok())
        else {
            continue;
        };
        if number > RELEASED {
            let text = fs::read_to_string(entry.path()).expect("a migration is text");
            findings.extend(
                of(&text)
                    .into_iter()
                    .map(|finding| format!("migrations/{name}: {finding}")),
            );
        }
    }
    let findings: Vec<_> = findings.into_iter().collect();
    assert!(
        findings.is_empty(),
        "\n{}\n\ndo it as is said there (docs/upgrade.md), or write in the file why it may be: `-- locks: …`, `-- contracts: …`\n",
        findings.join("\n")
    );
}

/// What is wrong with one file.
fn of(text: &str) -> Vec<String> {
    let statements = statements(text);
    let has = |word: &str| {
        text.lines().any(|line| {
            line.trim_start()
                .strip_prefix("-- ")
                .is_some_and(|said| said.starts_with(word))
        })
    };
    let is_new = |table: &str| {
        let made = Regex::new(&format!(r"\bcreate table (if not exists )?quell\.{table}\b"))
            .expect("it is a pattern");
        statements.iter().any(|statement| made.is_match(statement))
    };
    let mut findings = Vec::new();
    for statement in &statements {
        let begins = statement.chars().take(80).collect::<String>();
        if !has("locks: ") {
            for table in BUSY.iter().filter(|table| !is_new(table)) {
                for (pattern, instead) in LOCKING {
                    if matches(&pattern.replace('T', table), statement) {
                        findings.push(format!("`{begins}` locks {table}: {instead}"));
                    }
                }
            }
        }
        if !has("contracts: ") {
            for (pattern, instead) in CONTRACTING {
                // A constraint or an index that goes lets more through than before; a function that is made anew stays.
                if matches(pattern, statement) {
                    findings.push(format!("`{begins}`: {instead}"));
                }
            }
        }
    }
    findings
}

/// Whether the statement has it. The one thing that regular expressions cannot say, that a word does not follow, stands in the pattern as
/// `(?:(?!WORD).)*$`.
fn matches(pattern: &str, statement: &str) -> bool {
    static ABSENT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\(\?:\(\?!(.+)\)\.\)\*\$").expect("it is a pattern"));
    let absent = ABSENT.captures(pattern).map(|found| found[1].to_owned());
    let plain = ABSENT.replace(pattern, "");
    let found = Regex::new(&plain).expect("it is a pattern").find(statement);
    found.is_some_and(|found| absent.is_none_or(|word| !statement[found.start()..].contains(&word)))
}

/// The statements of a file in lower case, with one space between words, without comments, texts and the bodies of functions; those of a `DO`
/// are executed, so they stay.
fn statements(text: &str) -> Vec<String> {
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"--[^\n]*").expect("it is a pattern"));
    static BODY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?is)(\bdo\s+)?\$(\w*)\$(.*?)\$(\w*)\$").expect("it is a pattern"));
    static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"'[^']*'").expect("it is a pattern"));
    let plain = COMMENT.replace_all(text, " ");
    let plain = BODY.replace_all(&plain, |found: &regex::Captures| match found.get(1) {
        Some(_) => format!("do {}", &found[3]),
        None => "body".to_owned(),
    });
    // What a `DO` executes is a text: its quotes go, not what is in them, where it is a statement.
    let plain = WORDS.replace_all(&plain, |found: &regex::Captures| {
        let inside = found[0].trim_matches('\'');
        match ["ALTER ", "CREATE ", "DROP ", "UPDATE ", "DELETE "]
            .iter()
            .any(|word| inside.starts_with(word))
        {
            true => format!("; {inside};"),
            false => "''".to_owned(),
        }
    });
    plain
        .split(';')
        .map(|statement| {
            statement
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .to_lowercase()
        })
        .filter(|statement| !statement.is_empty())
        .collect()
}

#[test]
fn each_statement_that_locks_or_contracts_is_found_and_its_gentle_form_is_not() {
    let wrong = [
        "CREATE INDEX a ON quell.events (id);",
        "CREATE UNIQUE INDEX IF NOT EXISTS a ON quell.decisions (id);",
        "ALTER TABLE quell.actions ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid();",
        "ALTER TABLE quell.actions\n    ADD COLUMN a int,\n    ADD COLUMN b text GENERATED ALWAYS AS (lower(c)) STORED;",
        "ALTER TABLE quell.attempts ALTER COLUMN n SET NOT NULL;",
        "ALTER TABLE quell.attempts ALTER COLUMN n TYPE bigint;",
        "ALTER TABLE quell.containments ADD CONSTRAINT a CHECK (x > 0);",
        "ALTER TABLE quell.containments ADD CONSTRAINT a FOREIGN KEY (x) REFERENCES quell.tenants (id);",
        "ALTER TABLE quell.devices ADD CONSTRAINT a UNIQUE (x);",
        "UPDATE quell.transitions SET a = 1;",
        "DO $$ BEGIN DELETE FROM quell.inbox; END $$;",
        "DO $$ BEGIN EXECUTE format('ALTER TABLE quell.events ADD CONSTRAINT a CHECK (id < %L)', x); END $$;",
        "LOCK TABLE quell.seals IN ACCESS EXCLUSIVE MODE;",
        "ALTER TABLE quell.stops DROP COLUMN via;",
        "ALTER TABLE quell.stops RENAME COLUMN via TO way;",
        "DROP TABLE quell.holds;",
    ];
    for text in wrong {
        assert!(!of(text).is_empty(), "nothing is found in {text}");
        assert_eq!(
            of(&format!("-- locks: a reason\n-- contracts: another\n{text}")),
            [""; 0],
            "{text}"
        );
    }
    let right = [
        "CREATE INDEX CONCURRENTLY a ON quell.events (id);",
        "CREATE TABLE quell.outbox (id int); CREATE INDEX a ON quell.outbox (id); UPDATE quell.outbox SET id = 1;",
        "CREATE INDEX a ON quell.sessions (ends_at);",
        "ALTER TABLE quell.actions ADD COLUMN a smallint NOT NULL DEFAULT 1, ADD COLUMN b text DEFAULT 'x';",
        "ALTER TABLE quell.containments ADD CONSTRAINT a CHECK (x > 0) NOT VALID;",
        "ALTER TABLE quell.containments VALIDATE CONSTRAINT a;",
        "ALTER TABLE quell.devices ADD CONSTRAINT a UNIQUE USING INDEX b;",
        "CREATE OR REPLACE FUNCTION quell.f() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN DELETE FROM quell.inbox; DROP TABLE x; END $f$;",
        "-- We DROP TABLE nothing.\nINSERT INTO quell.clock VALUES ('update quell.events');",
        "ALTER TABLE quell.stops DROP CONSTRAINT stop_via, ADD CONSTRAINT stop_via CHECK (via IN ('cli'));",
    ];
    for text in right {
        assert_eq!(of(text), [""; 0], "{text}");
    }
}
