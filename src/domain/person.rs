//! The name of whoever acts. Until people have identities of their own a person is a plain name; the names of the daemon's own
//! parts are not free, so that the audit never takes one for the other.

use crate::domain::identity::Proven;

/// Who changes something, and why: what the audit says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The person's name.
    pub who: String,
    /// Why, in their words.
    pub reason: String,
    /// The way it came: `cli`, `api` or `console`.
    pub via: &'static str,
    /// How the person showed who they are.
    pub proven: Proven,
    /// The groups that the proof says they are in, beside those of the configuration.
    pub groups: Vec<String>,
}

/// Names under which the daemon itself acts.
const RESERVED: [&str; 8] = [
    "decide",
    "gate",
    "submit",
    "reconcile",
    "expire",
    "files",
    "start",
    "stop_file",
];

/// Whether quell itself goes by that name in the audit, in whatever case.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|one| one.eq_ignore_ascii_case(name.trim()))
}

/// What a person wrote, in one line without control characters, and not without end.
pub fn said(text: &str, most: usize) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect();
    kept.trim().chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_one_line_without_control_characters_and_not_without_end() {
        assert_eq!(said(" a\nb\u{1b}[31m\t", 100), "a b[31m");
        assert_eq!(said("abc", 2), "ab");
        assert!(is_reserved("gate") && is_reserved("Stop_File ") && !is_reserved("anna"));
    }
}
