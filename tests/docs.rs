//! What the documentation shows is true: every block of YAML in README.md and below `docs` is checked, and run where it can be,
//! by the functions of the program. What a block is, its keys tell: a playbook, the tests of one, a configuration, or a part
//! of one of them, which is completed before it is checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use quell::config::{self, Config};
use quell::playbook::facts::FACTS;
use quell::playbook::test::TestFile;
use quell::playbook::{PlaybookSet, SourceFile, schema};
use quell::yaml::{self, Diagnostics};

#[path = "docs/book.rs"]
mod book;
#[path = "docs/tutorial.rs"]
mod tutorial;

/// One block of YAML.
#[derive(Debug)]
struct Block {
    /// The page with the block's line.
    at: String,
    text: String,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Playbook,
    PlaybookPart,
    Lines,
    Test,
    Config,
    ConfigPart,
    Credential,
}

const MINIMAL: [(&str, &str); 3] = [
    ("database", "database: {url_file: database-url}"),
    ("playbooks", "playbooks: {path: playbooks}"),
    (
        "tenants",
        "tenants: [{name: a, credential: {client_secret: {directory_id: d, client_id: c, secret_file: s}}}]",
    ),
];

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    let mut folders = vec![root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder can be listed") {
            let path = entry.expect("the folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// Every block of YAML, whatever stands behind the word: nothing can be marked as not to be looked at.
fn blocks(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (position, line) in text.lines().enumerate() {
        let content = line.trim_start();
        match &mut open {
            Some(_) if content.starts_with("```") => blocks.extend(open.take()),
            Some(block) => block.text += &format!("{line}\n"),
            None if ["```yaml", "```yml"]
                .iter()
                .any(|fence| content.starts_with(fence)) =>
            {
                let at = format!("{page}:{}", position + 1);
                open = Some(Block {
                    at,
                    text: String::new(),
                });
            }
            None => {}
        }
    }
    assert!(open.is_none(), "{page}: a block is never closed");
    blocks
}

fn keys(block: &Block) -> BTreeSet<String> {
    let document =
        yaml::parse(&block.at, &block.text).unwrap_or_else(|found| panic!("{}", found.render(false)));
    let map = document.root().map(&mut Diagnostics::default());
    let map = map.unwrap_or_else(|| panic!("{}: the block is no map", block.at));
    map.entries().map(|(key, _)| key.text.to_owned()).collect()
}

/// The keys at the top of a schema.
fn top(schema: &str) -> BTreeSet<String> {
    let schema: serde_json::Value = serde_json::from_str(schema).expect("a schema is JSON");
    let keys = schema["properties"].as_object().expect("a schema has keys");
    keys.keys().cloned().collect()
}

fn what(block: &Block) -> What {
    let keys = keys(block);
    let has = |key: &str| keys.contains(key);
    if has("id") && has("then") {
        What::Playbook
    } else if has("tests") {
        What::Test
    } else if has("tenants") {
        What::Config
    } else if has("credential") && keys.len() == 1 {
        What::Credential
    } else if keys.iter().all(|key| FACTS.iter().any(|fact| fact.name == key)) {
        What::Lines
    } else if keys.is_subset(&top(&schema::playbook())) {
        What::PlaybookPart
    } else if keys.is_subset(&top(&config::schema::config())) {
        What::ConfigPart
    } else {
        panic!(
            "{}: nobody knows what a block with the keys {keys:?} is",
            block.at
        )
    }
}

/// The playbook that a part is a part of.
fn completed(block: &Block) -> String {
    let keys = keys(block);
    let mut text = block.text.clone();
    for (key, line) in [("id", "id: part"), ("title", "title: t"), ("owner", "owner: o")] {
        if !keys.contains(key) {
            text += &format!("{line}\n");
        }
    }
    if !keys.contains("when") && !keys.contains("match_all") {
        text += "match_all: true\n";
    }
    if !keys.contains("then") {
        text += "then: [restrict_app_execution: {comment: c, release: {after: 4h}}]\n";
    }
    text
}

fn compile(at: &str, id: &str, text: &str) -> (PlaybookSet, Diagnostics) {
    let file = SourceFile {
        name: format!("{id}.yaml"),
        text: text.to_owned(),
    };
    PlaybookSet::compile(&[file]).unwrap_or_else(|found| panic!("{at}:\n{}", found.render(false)))
}

fn check_config(at: &str, text: &str) {
    let loaded = Config::parse("quell.yaml", text, Path::new("/etc/quell"), None);
    let loaded = loaded.unwrap_or_else(|found| panic!("{at}:\n{}", found.render(false)));
    assert!(
        loaded.warnings.is_empty(),
        "{at}:\n{}",
        loaded.warnings.render(false)
    );
}

#[test]
fn every_block_of_yaml_in_the_documentation_is_sound_and_its_tests_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen: BTreeMap<What, usize> = BTreeMap::new();
    for path in pages() {
        let name = path
            .strip_prefix(root)
            .expect("below the root")
            .display()
            .to_string();
        let text = fs::read_to_string(&path).expect("a page can be read");
        // A page's tests are about its own playbooks, or about those that ship.
        let mut playbooks: BTreeMap<String, String> = BTreeMap::new();
        for block in blocks(&name, &text) {
            let what = what(&block);
            *seen.entry(what).or_default() += 1;
            match what {
                What::Playbook => {
                    let id = id(&block);
                    let (_, warnings) = compile(&block.at, &id, &block.text);
                    assert!(warnings.is_empty(), "{}:\n{}", block.at, warnings.render(false));
                    playbooks.insert(id, block.text);
                }
                What::PlaybookPart => drop(compile(&block.at, "part", &completed(&block))),
                What::Lines => {
                    let lines: String = block.text.lines().map(|line| format!("  {line}\n")).collect();
                    let text = format!("when:\n{lines}");
                    let part = Block { at: block.at, text };
                    compile(&part.at, "part", &completed(&part));
                }
                What::Test => run(&block, &playbooks),
                What::Config => check_config(&block.at, &block.text),
                What::Credential => {
                    let inside: String = block.text.lines().map(|line| format!("    {line}\n")).collect();
                    let [database, playbooks, _] = MINIMAL.map(|(_, line)| line);
                    let text = format!("{database}\n{playbooks}\ntenants:\n  - name: a\n{inside}");
                    check_config(&block.at, &text);
                }
                What::ConfigPart => {
                    let keys = keys(&block);
                    let missing = MINIMAL.iter().filter(|(key, _)| !keys.contains(*key));
                    let more: String = missing.map(|(_, line)| format!("{line}\n")).collect();
                    check_config(&block.at, &format!("{}{more}", block.text));
                }
            }
        }
    }
    for (what, least) in [
        (What::Playbook, 4),
        (What::PlaybookPart, 5),
        (What::Lines, 1),
        (What::Test, 1),
        (What::ConfigPart, 1),
        (What::Credential, 5),
    ] {
        let count = seen.get(&what).copied().unwrap_or_default();
        assert!(count >= least, "only {count} blocks are a {what:?}: {seen:?}");
    }
}

fn id(block: &Block) -> String {
    let document = yaml::parse(&block.at, &block.text).expect("it was parsed before");
    let map = document
        .root()
        .map(&mut Diagnostics::default())
        .expect("it is a map");
    let id = map.get("id").and_then(|node| node.as_str().map(str::to_owned));
    id.unwrap_or_else(|| panic!("{}: the id is no text", block.at))
}

fn run(block: &Block, playbooks: &BTreeMap<String, String>) {
    let test =
        TestFile::read(&block.at, &block.text).unwrap_or_else(|found| panic!("{}", found.render(false)));
    let files: Vec<SourceFile> = test
        .references()
        .map(|reference| source(block, reference.id(), playbooks))
        .collect();
    let set = PlaybookSet::compile(&files);
    let (set, _) = set.unwrap_or_else(|found| panic!("{}:\n{}", block.at, found.render(false)));
    for outcome in test.run(&set).expect("the set holds the playbook") {
        if let Some(failure) = outcome.failure {
            panic!("{}: {}\n{failure}", outcome.at, outcome.name);
        }
    }
}

/// A playbook of the page, or one that ships.
fn source(block: &Block, id: &str, playbooks: &BTreeMap<String, String>) -> SourceFile {
    let name = format!("{id}.yaml");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("playbooks")
        .join(&name);
    let text = playbooks
        .get(id)
        .cloned()
        .or_else(|| fs::read_to_string(shipped).ok());
    let text = text.unwrap_or_else(|| panic!("{}: neither the page nor the program has `{id}`", block.at));
    SourceFile { name, text }
}

#[test]
fn every_shipped_file_names_a_schema_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (folder, least) in [
        ("playbooks", 4),
        ("playbooks/tests", 4),
        ("config", 1),
        ("deploy/kubernetes/base", 1),
    ] {
        let folder = root.join(folder);
        let mut named = 0;
        for entry in fs::read_dir(&folder).expect("the folder is shipped") {
            let path = entry.expect("the folder can be listed").path();
            if path.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a shipped file can be read");
            let first = text.lines().next().unwrap_or_default();
            if let Some(schema) = first.strip_prefix("# yaml-language-server: $schema=") {
                assert!(folder.join(schema).is_file(), "{}: {schema}", path.display());
                named += 1;
            }
        }
        assert!(
            named >= least,
            "{}: {named} files name a schema",
            folder.display()
        );
    }
}

/// The test sees what it is meant to see.
#[test]
fn a_block_is_known_by_its_keys() {
    let what = |text: &str| {
        let blocks = blocks("x.md", &format!("text\n```yaml x\n{text}\n```\n"));
        assert_eq!(blocks.len(), 1);
        what(&blocks[0])
    };
    assert_eq!(what("id: a\nthen: []"), What::Playbook);
    assert_eq!(what("alert.id: a"), What::Lines);
    assert_eq!(what("limits: []"), What::PlaybookPart);
    assert_eq!(what("mode: off\ncaps: []"), What::ConfigPart);
    assert_eq!(what("playbook: a\ntests: []"), What::Test);
    assert!(blocks("x.md", "```sh\nls\n```\n").is_empty());
    assert!(std::panic::catch_unwind(|| what("colour: red")).is_err());
}

/// The page of the audit names every check, with its invariant and its sentence.
#[test]
fn every_check_of_the_audit_is_in_its_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
    let page = fs::read_to_string(path).expect("the page is there");
    for (check, invariant, sentence) in quell::store::audit::audit_checks() {
        let number = if invariant.parse::<u8>().is_ok() {
            format!(" {invariant} ")
        } else {
            " ".to_owned()
        };
        let line = format!("| `{check}` |{number}| {sentence} |");
        assert!(page.contains(&line), "put this into docs/audit.md:\n{line}");
    }
}
