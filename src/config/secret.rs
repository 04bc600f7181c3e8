//! Secrets: named by file in the configuration, read when they are needed, shown nowhere.
//!
//! Called by the configuration's other modules for `*_file` keys and to find secrets that were written out where they
//! must not be. [`mask`] hides those before a line of the file is shown in a message.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use secrecy::SecretString;

use super::credential::AzureEnvironment;
use super::section::Reading;
use crate::yaml::{Code, Node};

/// A file that holds one secret, with or without a newline at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile {
    path: PathBuf,
    /// It can be found by trying: a short one is refused.
    is_tried: bool,
    /// systemd would have said where it is, and has not: it was looked for in this directory too.
    also: Option<PathBuf>,
}

/// Beside the configuration, where the shipped unit's `LoadCredential=` takes secrets from.
const KEPT: &str = "credentials";

/// A secret that strangers may try has so many characters at least, as those of webhooks.
const SHORTEST: usize = 16;

/// No secret is larger, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// Why a secret could not be read. Names the file, never what is in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("cannot read the secret in `{}`{remedy}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What to do about it, in parentheses, if that can be told.
        remedy: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file does not hold what a secret may be.
    #[error("the secret in `{}` {reason}", .path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Where names of secrets' files lead.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The directory of the configuration file: relative paths begin there.
    pub base: PathBuf,
    /// systemd's `$CREDENTIALS_DIRECTORY`: names without a slash lie there, if it is set. A shell does not have it.
    pub credentials: Option<PathBuf>,
    /// What the environment says of Azure's workload identity.
    pub azure: AzureEnvironment,
}

impl Places {
    /// The file that a name means.
    ///
    /// A name without a slash is a credential of systemd. Without systemd it lies beside the configuration, or in `credentials` there: so
    /// whoever may read what the shipped unit is handed can type every command in a shell.
    pub fn secret(&self, name: &str) -> SecretFile {
        let beside = self.base.join(name);
        match &self.credentials {
            _ if name.contains('/') => SecretFile::at(beside),
            Some(directory) => SecretFile::at(directory.join(name)),
            None => {
                let kept = self.base.join(KEPT);
                let path = match is_missing(&beside) && may_be_there(&kept.join(name)) {
                    true => kept.join(name),
                    false => beside,
                };
                SecretFile {
                    also: Some(kept),
                    ..SecretFile::at(path)
                }
            }
        }
    }
}

fn is_missing(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}

/// Whether it is there, or lies where this user may not look: then reading it says so.
fn may_be_there(path: &Path) -> bool {
    match path.try_exists() {
        Ok(is_there) => is_there,
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    }
}

impl SecretFile {
    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same, for a secret that strangers may try: 16 characters at least.
    #[must_use]
    pub fn tried(self) -> Self {
        Self {
            is_tried: true,
            ..self
        }
    }

    fn at(path: PathBuf) -> Self {
        Self {
            path,
            is_tried: false,
            also: None,
        }
    }

    /// What whoever stands before this error can do.
    fn remedy(&self, error: &io::Error) -> String {
        match (error.kind(), &self.also) {
            (ErrorKind::PermissionDenied, _) => {
                " (this user may not: type the command with `sudo`, or as the user that quell runs as)"
                    .to_owned()
            }
            (ErrorKind::NotFound, Some(also)) => format!(
                " (nor is it in `{}`, and `$CREDENTIALS_DIRECTORY`, by which systemd says where, is not set here: put it there, or name \
                 its whole path in the configuration)",
                also.display()
            ),
            _ => String::new(),
        }
    }

    /// Reads the secret. A file that everybody on this machine may read is warned of in the log.
    ///
    /// # Errors
    /// The file cannot be read, is empty, too large, or no text; or its secret could be guessed.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        let failed = |source: io::Error| SecretError::Read {
            path: self.path.clone(),
            remedy: self.remedy(&source),
            source,
        };
        let unfit = |reason| SecretError::Unfit {
            path: self.path.clone(),
            reason,
        };
        let about = fs::metadata(&self.path).map_err(failed)?;
        if about.len() > MAX_BYTES {
            return Err(unfit("is larger than 64 KiB"));
        }
        if self.is_world_readable().map_err(failed)? {
            tracing::warn!(path = %self.path.display(), "everybody on this machine may read a secret: chmod o-r it");
        }
        let bytes = fs::read(&self.path).map_err(failed)?;
        let text = String::from_utf8(bytes).map_err(|_| unfit("is not UTF-8 text"))?;
        let secret = text.trim_end_matches(['\n', '\r']);
        if secret.trim().is_empty() {
            return Err(unfit("is empty"));
        }
        if self.is_tried && secret.chars().count() < SHORTEST {
            return Err(unfit(
                "has fewer than 16 characters, and could be guessed: `openssl rand -hex 32` makes a good one",
            ));
        }
        if secret.chars().any(char::is_control) {
            return Err(unfit("has more than one line or control characters"));
        }
        Ok(SecretString::from(secret))
    }

    /// Whether everybody on this machine may read the file.
    ///
    /// # Errors
    /// The file's mode cannot be read.
    pub fn is_world_readable(&self) -> std::io::Result<bool> {
        Ok(fs::metadata(&self.path)?.permissions().mode() & 0o004 != 0)
    }
}

impl AsRef<OsStr> for SecretFile {
    fn as_ref(&self) -> &OsStr {
        self.path.as_os_str()
    }
}

/// What looks like the name of a secret. [`is_secret_key`] lets `…_file` through.
static SECRET_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)secr|passw|pwd|token|credential|api_?key"));

/// `key: value` anywhere in a line, block or flow style; the value is everything up to what may follow it.
static WRITTEN_OUT: LazyLock<Regex> = LazyLock::new(|| {
    let name = r#"([\w-]*(?:secr|passw|pwd|token|credential|api_?key)[\w-]*)["']?"#;
    let value = r#"("[^"\n]*"?|'[^'\n]*'?|[^\s{\["'][^\n,}]*)"#;
    pattern(&format!(r"(?i){name}[ \t]*:[ \t]*{value}"))
});

/// The password in a URL.
static URL_PASSWORD: LazyLock<Regex> = LazyLock::new(|| pattern(r#"://[^\s/@:"']*:([^\s/"']+)@"#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant and valid")
}

/// Whether a key of this name may not have its value written out.
fn is_secret_key(key: &str) -> bool {
    SECRET_NAME.is_match(key) && !key.ends_with("_file")
}

/// Whether a URL carries a password.
pub fn has_password(url: &str) -> bool {
    URL_PASSWORD.is_match(url)
}

/// The text with everything that may be a secret replaced by asterisks, of the same length, so that positions stay.
pub fn mask(text: &str) -> String {
    let mut masked = text.to_owned();
    let secrets = WRITTEN_OUT.captures_iter(text).filter_map(|found| {
        let (key, value) = (found.get(1)?, found.get(2)?);
        is_secret_key(key.as_str()).then(|| value.range())
    });
    let passwords = URL_PASSWORD
        .captures_iter(text)
        .filter_map(|found| Some(found.get(1)?.range()));
    for range in secrets.chain(passwords) {
        let stars = "*".repeat(range.len());
        masked.replace_range(range, &stars);
    }
    masked
}

/// Reports every secret that is written out below `node`, whatever its place.
pub fn report_written_out(node: &Node<'_>, reading: &mut Reading) {
    // The walk is not the one that judges types: what it stumbles over is reported there.
    let mut ignored = crate::yaml::Diagnostics::default();
    if node.is_map() {
        let Some(map) = node.map(&mut ignored) else { return };
        for (key, value) in map.entries() {
            if is_written_out(key.text, &value) {
                let message = format!("`{}` is written out in the configuration", value.path());
                let help = "write it into a file of its own, readable for quell alone, and name that file by the `…_file` key \
                            (`secret_file`, `url_file`, `token_file`)";
                reading
                    .found
                    .push(key.diagnostic(Code::LITERAL_SECRET, message).help(help));
            }
            report_written_out(&value, reading);
        }
    } else if node.is_seq() {
        for item in node.seq(&mut ignored).unwrap_or_default() {
            report_written_out(&item, reading);
        }
    }
}

/// Whether this entry is a secret written out, which [`report_written_out`] reports.
pub fn is_written_out(key: &str, value: &Node<'_>) -> bool {
    is_secret_key(key) && !value.is_map() && !value.is_seq() && !value.is_null()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn whatever_may_be_a_secret_is_masked_and_positions_stay() {
        let check = |text: &str, expected: &str| {
            assert_eq!(mask(text), expected);
            assert_eq!(mask(text).len(), text.len());
        };
        check("client_secret: hunter2\n", "client_secret: *******\n");
        check("a: {client_secrt: 'x y', b: 1}", "a: {client_secrt: *****, b: 1}");
        check("token: \"abc\" # note", "token: ***** # note");
        check("credential: hunter2", "credential: *******");
        check("  \"api_key\": abc", "  \"api_key\": ***");
        check("url: postgres://u:p@ss@h/d", "url: postgres://u:****@h/d");
        check("secret_file: client-secret", "secret_file: client-secret");
        check(
            "client_secret:\n  secret_file: x",
            "client_secret:\n  secret_file: x",
        );
    }

    #[test]
    fn a_name_without_slash_is_a_credential_of_systemd_if_there_are_any() {
        let mut places = Places {
            base: PathBuf::from("/etc/quell"),
            credentials: None,
            azure: AzureEnvironment::default(),
        };
        assert_eq!(places.secret("mde").path(), Path::new("/etc/quell/mde"));
        places.credentials = Some(PathBuf::from("/run/credentials/quell.service"));
        assert_eq!(
            places.secret("mde").path(),
            Path::new("/run/credentials/quell.service/mde")
        );
        assert_eq!(
            places.secret("secrets/mde").path(),
            Path::new("/etc/quell/secrets/mde")
        );
        assert_eq!(places.secret("/run/mde").path(), Path::new("/run/mde"));
    }

    #[test]
    fn a_shell_finds_what_the_unit_is_handed_beside_the_configuration() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let base = directory.path();
        let places = Places {
            base: base.to_owned(),
            ..Places::default()
        };
        let kept = base.join("credentials");
        let error = places
            .secret("mde")
            .read()
            .expect_err("there is none")
            .to_string();
        let said = format!(
            "`{}` (nor is it in `{}`, and `$CREDENTIALS_DIRECTORY`",
            base.join("mde").display(),
            kept.display()
        );
        assert!(error.contains(&said), "{error}");
        fs::create_dir(&kept).expect("the directory is ours");
        assert_eq!(places.secret("mde").path(), base.join("mde"));
        fs::write(kept.join("mde"), "hunter2\n").expect("the directory is ours");
        let secret = places.secret("mde").read().expect("it is there");
        assert_eq!(secret.expose_secret(), "hunter2");
        // What is named by its path, lies beside the configuration, or was handed over by systemd is that.
        assert_eq!(places.secret("./mde").path(), base.join("./mde"));
        fs::write(base.join("mde"), "hunter3\n").expect("the directory is ours");
        assert_eq!(places.secret("mde").path(), base.join("mde"));
        let handed = Places {
            credentials: Some(base.join("run")),
            ..places
        };
        assert_eq!(handed.secret("mde").path(), base.join("run/mde"));
    }

    #[test]
    fn a_secret_that_this_user_may_not_read_says_who_may() {
        let file = SecretFile::at(PathBuf::from("/etc/quell/credentials/mde"));
        let remedy = |kind: ErrorKind| file.remedy(&io::Error::from(kind));
        assert!(remedy(ErrorKind::PermissionDenied).contains("with `sudo`"));
        assert_eq!(
            remedy(ErrorKind::NotFound),
            "",
            "the configuration named the whole path"
        );
    }

    #[test]
    fn a_secret_is_read_without_its_newline_and_shown_nowhere() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let path = directory.path().join("secret");
        let read = |content: &[u8]| {
            fs::write(&path, content).expect("the file can be written");
            SecretFile::at(path.clone()).read()
        };
        let secret = read(b"hunter2\n").expect("one line is a secret");
        assert_eq!(secret.expose_secret(), "hunter2");
        assert!(!format!("{secret:?}").contains("hunter2"));
        for (content, reason) in [
            (&b"\n"[..], "is empty"),
            (b"one\ntwo", "more than one line"),
            (&[0xff], "not UTF-8"),
        ] {
            let error = read(content).expect_err("this is no secret").to_string();
            assert!(error.contains(reason) && !error.contains("two"), "{error}");
        }
        fs::remove_file(&path).expect("the file is there");
        let error = SecretFile::at(path.clone()).read().expect_err("the file is gone");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }

    #[test]
    fn a_file_that_everybody_may_read_is_noticed() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        let secret = SecretFile::at(file.path().to_owned());
        assert!(!secret.is_world_readable().expect("the file is there"));
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).expect("the file is ours");
        assert!(secret.is_world_readable().expect("the file is there"));
    }
}
