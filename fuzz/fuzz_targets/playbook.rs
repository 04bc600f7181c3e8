//! Playbooks: reading, checking, formatting. Whatever the text, nothing panics; what the formatter makes of a sound text
//! means the same, has the same comments, and is left alone the second time.
#![no_main]
#![forbid(unsafe_code)]

use libfuzzer_sys::fuzz_target;
use quell::playbook::{PlaybookSet, SourceFile};
use quell::yaml::format::{FormatError, format};

fn compile(text: &str) -> Option<String> {
    let file = SourceFile { name: "playbooks/fuzz.yaml".to_owned(), text: text.to_owned() };
    match PlaybookSet::compile(&[file]) {
        Ok((set, warnings)) => {
            assert!(!warnings.has_errors());
            set.playbooks().first().map(|playbook| playbook.revision.clone())
        }
        Err(found) => {
            assert!(found.has_errors());
            // Printing every one of thousands would only measure the printer.
            for diagnostic in found.iter().take(20) {
                assert!(diagnostic.span.end <= text.len() + 1);
                assert!(!diagnostic.render(true).is_empty() && !diagnostic.render(false).is_empty());
                diagnostic.utf16_columns();
            }
            None
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let revision = compile(text);
    match format("fuzz.yaml", text) {
        Ok(once) => {
            assert_eq!(compile(&once), revision, "the meaning changed:\n{once}");
            match format("fuzz.yaml", &once) {
                Ok(twice) => assert_eq!(once, twice, "it does not settle"),
                Err(error) => panic!("formatted, it is refused: {error}\n{once}"),
            }
        }
        Err(FormatError::Invalid(found)) => assert!(found.has_errors() && revision.is_none()),
        Err(FormatError::Unsafe) => {}
    }
});
