//! A token by which an operator or a program shows who it is: `qll_`, a handle of 8 letters that everybody may see, and 60 letters
//! of secret, the last 8 of which are a checksum, so that programs that look for secrets in files find it and nothing else.
//!
//! Pure: the random bits are a parameter ([`crate::desk`] makes them). Kept is only [`AccessToken::hash`].

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// What each begins with.
pub const PREFIX: &str = "qll_";

/// So many letters has the handle, and so many the checksum.
const SHORT: usize = 8;

/// So many letters has the secret: 256 bits.
const SECRET: usize = 52;

/// Digits and letters but for those that look like others (Crockford's).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    handle: String,
    text: SecretString,
}

/// Not a token: another form, or a letter is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no token of `quell tokens`: it has another form, or was not copied whole")]
pub struct NoToken;

impl AccessToken {
    /// A new one of these random bits.
    pub fn new(handle: [u8; 5], secret: [u8; 32]) -> Self {
        let handle = letters(&handle);
        let begin = format!("{PREFIX}{handle}_{}", letters(&secret));
        let text = format!("{begin}{}", checksum(&begin));
        Self {
            handle,
            text: text.into(),
        }
    }

    /// What somebody showed, if it has the form of a token. Whether there is such a one is the store's to say.
    ///
    /// # Errors
    /// It has not.
    pub fn parse(text: &str) -> Result<Self, NoToken> {
        let (handle, secret) = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'))
            .ok_or(NoToken)?;
        let are_letters = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|letter| LETTERS.contains(&letter))
        };
        if !are_letters(handle, SHORT) || !are_letters(secret, SECRET + SHORT) {
            return Err(NoToken);
        }
        let (begin, sum) = text.split_at(text.len() - SHORT);
        if checksum(begin) != sum {
            return Err(NoToken);
        }
        Ok(Self {
            handle: handle.to_owned(),
            text: text.into(),
        })
    }

    /// What it is called by; no secret.
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// What is kept of it. As it has 256 random bits, nobody finds them by trying.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.expose_secret()).into()
    }

    /// The token itself, to be shown once.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// The first 40 bits of the SHA-256, as letters.
fn checksum(begin: &str) -> String {
    letters(&Sha256::digest(begin)[..5])
}

/// Five bits a letter; what is left over at the end is filled up with zeros.
fn letters(bytes: &[u8]) -> String {
    let bit = |at: usize| {
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    };
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|letter| (0..5).fold(0, |value, place| value << 1 | bit(letter * 5 + place)))
        .map(|value| char::from(LETTERS[value]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_form_and_is_known_again() {
        let token = AccessToken::new([0, 1, 2, 3, 255], [7; 32]);
        assert_eq!(token.handle().len(), SHORT);
        let text = token.expose();
        assert_eq!(text.len(), 4 + 8 + 1 + 60);
        assert!(text.starts_with("qll_000g40zz_"), "{text}");
        let again = AccessToken::parse(text).expect("it was just made");
        assert_eq!((again.handle(), again.hash()), (token.handle(), token.hash()));
        assert!(!format!("{token:?}").contains(&text[13..]));
    }

    #[test]
    fn a_token_with_any_letter_wrong_is_none() {
        let token = AccessToken::new([9; 5], [200; 32]);
        let text = token.expose();
        for at in 0..text.len() {
            let mut wrong = text.as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'0' { b'1' } else { b'0' };
            let wrong = String::from_utf8(wrong).expect("it is ASCII");
            assert_eq!(AccessToken::parse(&wrong).err(), Some(NoToken), "{at}");
        }
        for wrong in [
            "",
            "qll_",
            "qll__",
            &text[..72],
            &format!("{text}0"),
            &text.to_uppercase(),
        ] {
            assert_eq!(AccessToken::parse(wrong).err(), Some(NoToken), "{wrong}");
        }
    }

    #[test]
    fn a_right_checksum_alone_makes_no_token() {
        let (handle, secret) = ("0".repeat(SHORT), "0".repeat(SECRET));
        let text = |handle: &str, secret: &str| {
            let begin = format!("{PREFIX}{handle}_{secret}");
            format!("{begin}{}", checksum(&begin))
        };
        AccessToken::parse(&text(&handle, &secret)).expect("it has the form");
        for (handle, secret) in [
            ("0000000", secret.as_str()),
            ("000000000", &secret),
            ("0000000l", &secret),
            (&handle, &secret[1..]),
            (&handle, &secret.replacen('0', "I", 1)),
        ] {
            let text = text(handle, secret);
            assert_eq!(AccessToken::parse(&text).err(), Some(NoToken), "{text}");
        }
    }

    #[test]
    fn bits_become_letters_from_the_left() {
        assert_eq!(letters(&[0xff; 5]), "zzzzzzzz");
        assert_eq!(letters(&[0b0000_1000, 0, 0, 0, 1]), "10000001");
        assert_eq!(letters(&[0xff; 32]).len(), SECRET);
    }
}
