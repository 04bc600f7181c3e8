//! One form for all the ways to write the same tag, group or name, so that a protection cannot be missed by how a word is
//! spelled. Pure; called by [`crate::domain::guard`] for what the configuration lists and for what the inventory says, and
//! by nobody else: it may take two words for one, which is right where a device is protected and wrong elsewhere. The one
//! list of characters that nobody sees stands here too, for whoever reads files and fills in texts.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// The form in which words are compared. Taken for the same are: upper and lower case; full-width letters, ligatures and
/// other forms of compatibility (NFKD); letters with and without accents, however composed; dashes of any length; Greek
/// and Cyrillic letters that look like Latin ones, and those. Left out is what cannot be seen: zero-width characters, soft
/// hyphens, marks of direction, control characters. White space counts as one space, and not at the ends.
///
/// Not the same are digits and letters that look like them (`0` and `O`), `_` and `-`.
pub fn folded(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(' ');
    let is_plain = |b: u8| matches!(b, b'!'..=b'~') && !b.is_ascii_uppercase();
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // By way of upper case, as it is the coarser one: `ß` is `ss`, and both small sigmas are one.
    let letters = text.nfkd().filter(|c| !is_unseen(*c) && !is_accent(*c));
    let folded = letters
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    for c in folded.nfkd().filter(|c| !is_unseen(*c) && !is_accent(*c)) {
        let c = plain_of(c);
        match c.is_whitespace() {
            true if out.is_empty() || out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    Cow::Owned(out)
}

/// Whether two words are the same once folded.
pub fn same(a: &str, b: &str) -> bool {
    a == b || folded(a) == folded(b)
}

/// What has no shape of its own: the default-ignorable characters of Unicode, and control characters that are not space.
fn is_unseen(c: char) -> bool {
    is_ignorable(c) || (c.is_control() && !c.is_whitespace())
}

/// The default-ignorable characters of Unicode: shown as nothing, or as a change of what stands around them.
pub fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The blocks of combining marks that accents are made of. Vowel signs of other scripts are letters, and stay.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The Latin letter or the plain sign that a small letter or a sign looks like, in its small or its capital form.
fn plain_of(c: char) -> char {
    match c {
        '‐'..='―' | '−' | '⁃' | '﹘' | '˗' | 'ー' | 'ｰ' => '-',
        '。' | '․' | '·' | '۔' => '.',
        'α' | 'а' | 'ɑ' => 'a',
        'β' | 'в' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' | 'đ' | 'ɗ' => 'd',
        'ε' | 'е' => 'e',
        'ɡ' => 'g',
        'η' | 'һ' | 'н' => 'h',
        'ι' | 'і' | 'ӏ' | 'ɩ' => 'i',
        'ј' | 'ϳ' => 'j',
        'κ' | 'к' => 'k',
        'ł' => 'l',
        'μ' | 'м' => 'm',
        'ν' => 'n',
        'ο' | 'о' | 'օ' | 'ø' => 'o',
        'ρ' | 'р' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'τ' | 'т' => 't',
        'ѵ' => 'v',
        'ԝ' | 'ѡ' => 'w',
        'χ' | 'х' => 'x',
        'υ' | 'у' | 'ү' => 'y',
        'ζ' => 'z',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for spelling in [
            "tier-0",
            "TIER-0",
            " Tier-0\t",
            "ｔｉｅｒ－０",
            "tier\u{2011}0",
            "t\u{200b}ier-0",
            "tie\u{ad}r-0",
            "\u{202e}tier-0",
            "tíer-0",
            "ti\u{301}er-0",
            "tie\u{345}r-0",
            "\u{feff}tier-0",
            "tіer-0",
            "ΤΙΕR-0",
            "TİER-0",
            "tıer-0",
            "tier-⁰",
            "𝐭𝐢𝐞𝐫-𝟎",
            "ⓣⓘⓔⓡ-⓪",
        ] {
            assert_eq!(folded(spelling), "tier-0", "{spelling:?}");
        }
        assert!(same("Straße", "STRASSE") && same("ΛΌΓΟΣ", "λόγος") && same("ﬁle", "FILE"));
        assert!(same("Domain  Controllers", "domain\u{a0}controllers"));
    }

    #[test]
    fn what_is_another_word_stays_one() {
        for (a, b) in [
            ("tier-0", "tier-1"),
            ("tier-0", "tier-o"),
            ("tier-0", "tier0"),
            ("tier-0", "tier_0"),
            ("dc", "db"),
            ("か", "ふ"),
            ("सर", "सिर"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing_more() {
        for text in [
            "İstanbul",
            "ﬃ",
            "ΐ",
            "ŉ",
            "ǰ",
            "㎏",
            "ͅα",
            "ß",
            "\u{1e9e}",
            " a  b ",
            "\u{1f88}",
            "",
        ] {
            let once = folded(text).into_owned();
            assert_eq!(folded(&once), once, "{text:?}");
        }
    }
}

#[cfg(test)]
#[path = "spelling_never_tests.rs"]
mod never_tests;
