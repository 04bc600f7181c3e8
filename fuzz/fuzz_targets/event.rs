//! Events: cutting a body into records and bringing each into the one form. The same record gives the same event.
#![no_main]
#![forbid(unsafe_code)]

use libfuzzer_sys::fuzz_target;
use quell::domain::device::DeviceIdRule;
use quell::intake::body::{Lines, split};
use quell::intake::{content_hash, normalize};

fuzz_target!(|data: &[u8]| {
    let rule = DeviceIdRule::default();
    for lines in [Lines::Declared, Lines::Unsaid] {
        for piece in split(data, lines, 100).unwrap_or_default() {
            let Ok(record) = piece.parse() else { continue };
            if let Ok(event) = normalize(&record, &rule) {
                assert_eq!(Ok(event), normalize(&record, &rule));
            }
            content_hash(&record);
        }
    }
});
