//! The book of `docs/`: each page stands in SUMMARY.md once, and every link leads to something that is there. Used by `tests/docs.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::pages;

/// The targets of a page's links, with their lines; code is none.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for (position, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        // What stands in backticks is at the odd places.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in prose.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            found.push((position + 1, target.to_owned()));
        }
    }
    found
}

/// What headings are called in links.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        let title = line.trim_start_matches('#');
        if in_block || title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let kept = title.trim().chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ if letter.is_alphanumeric() => letter.to_lowercase().next(),
            _ => None,
        });
        found.insert(kept.collect());
    }
    found
}

/// A path without `..` and `.`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            _ => plain.push(part),
        }
    }
    plain
}

fn is_elsewhere(target: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
}

#[test]
fn every_page_stands_in_the_summary_once_and_every_entry_is_there() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).expect("the book has a summary");
    let mut entries: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (line, target) in links(&summary) {
        assert!(
            docs.join(&target).is_file(),
            "docs/SUMMARY.md:{line}: there is no `docs/{target}`"
        );
        *entries.entry(PathBuf::from(target)).or_default() += 1;
    }
    let twice: Vec<_> = entries.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "twice in docs/SUMMARY.md: {twice:?}");
    let of_the_book = pages()
        .into_iter()
        .filter_map(|path| path.strip_prefix(&docs).ok().map(PathBuf::from));
    let missing: Vec<PathBuf> = of_the_book
        .filter(|page| page != Path::new("SUMMARY.md") && !entries.contains_key(page))
        .collect();
    assert!(missing.is_empty(), "put into docs/SUMMARY.md: {missing:?}");
}

/// Of the README too. A page of the book links to nothing outside the book: where that is built, nothing else is there.
#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = root.join("docs");
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page can be read");
        let name = page.strip_prefix(root).expect("below the root").display();
        for (line, target) in links(&text)
            .into_iter()
            .filter(|(_, target)| !is_elsewhere(target))
        {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let leads_to = match file {
                "" => page.clone(),
                _ => plain(&page.parent().expect("a page lies in a folder").join(file)),
            };
            if !leads_to.exists() {
                wrong.push(format!("{name}:{line}: `{file}` is not there"));
            } else if page.starts_with(&docs) && !leads_to.starts_with(&docs) {
                wrong.push(format!(
                    "{name}:{line}: `{file}` is no part of the book: name it, without a link"
                ));
            } else if !anchor.is_empty() {
                let there = fs::read_to_string(&leads_to).expect("a page can be read");
                if !anchors(&there).contains(anchor) {
                    wrong.push(format!("{name}:{line}: there is no heading `#{anchor}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// That each compiles and passes is the test of every block; this is that none is without.
#[test]
fn the_cookbook_has_twelve_recipes_each_with_a_playbook_and_its_tests() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cookbook.md");
    let page = fs::read_to_string(page).expect("the cookbook is there");
    let mut recipes = 0;
    for recipe in page.split("\n## ").skip(1) {
        let blocks = |begins: &str| recipe.matches(&format!("```yaml\n{begins}: ")).count();
        assert!(blocks("id") > 0 && blocks("playbook") == 1, "{recipe}");
        recipes += 1;
    }
    assert_eq!(recipes, 12);
}

/// The test sees what it is meant to see.
#[test]
fn links_and_headings_are_found() {
    let text = "# Who `may`, what?\n[a](b.md#c), [`d`](e.md) and `[f](g)`\n```\n[h](i)\n# no\n```\n";
    let found = links(text);
    assert_eq!(found, [(2, "b.md#c".to_owned()), (2, "e.md".to_owned())]);
    assert_eq!(anchors(text), BTreeSet::from(["who-may-what".to_owned()]));
}
