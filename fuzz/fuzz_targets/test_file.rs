//! Test files: reading them, and running what can be read against a playbook.
#![no_main]
#![forbid(unsafe_code)]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use quell::playbook::test::TestFile;
use quell::playbook::{PlaybookSet, SourceFile};

static SET: LazyLock<PlaybookSet> = LazyLock::new(|| {
    let file = SourceFile {
        name: "playbooks/ransomware-restrict.yaml".to_owned(),
        text: include_str!("../../playbooks/ransomware-restrict.yaml").to_owned(),
    };
    let (set, _) = PlaybookSet::compile(&[file]).expect("the shipped playbook is sound");
    set
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match TestFile::read("tests/fuzz.test.yaml", text) {
        Ok(test) => {
            for outcome in test.run(&SET).unwrap_or_default() {
                let _ = outcome.failure.map(|failure| failure.to_string());
            }
        }
        Err(found) => {
            assert!(found.has_errors());
            for diagnostic in found.iter().take(20) {
                assert!(!diagnostic.render(false).is_empty());
            }
        }
    }
});
