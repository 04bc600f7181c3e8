//! The file that keeps a user's sign-in: the refresh token and whose it is. It is written by `quell login` and, as every use
//! of a refresh token brings a new one, by the daemon. Readable for its owner alone, replaced as a whole, never in part.
//!
//! The order matters: a new refresh token is in the file, and on the disk, before the access token that came with it is used.
//! Entra does not revoke the old one when it is used (facts sheet 5.10), so of two replicas on one file the first writes and
//! the second leaves the file alone.
//!
//! Nobody but its owner reads, renews or replaces it here, root neither: what root renames into its place the daemon could not
//! read any more.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// No sign-in is larger, in bytes.
const MAX_BYTES: u64 = 64 * 1024;
/// The form of the file.
const VERSION: u32 = 1;

/// The file of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInFile(PathBuf);

/// What is known of a sign-in, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFacts {
    /// The Entra tenant as configured.
    pub directory_id: String,
    /// The application as configured.
    pub client_id: String,
    /// The user's name, if the token told.
    pub user: Option<String>,
    /// The permissions that were asked for, as a scope.
    pub scope: String,
    /// When the user signed in.
    pub signed_in_at: Timestamp,
    /// When the refresh token was renewed last.
    pub renewed_at: Timestamp,
}

/// A sign-in as it is kept.
#[derive(Clone, Debug)]
pub(in crate::defender) struct SignIn {
    pub facts: SignInFacts,
    pub refresh: SecretString,
}

#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    #[serde(flatten)]
    facts: SignInFacts,
    refresh_token: String,
}

impl SignInFile {
    /// The file at this path.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Who is signed in; `None` if there is no file.
    ///
    /// # Errors
    /// The file is there and cannot be used.
    pub fn facts(&self) -> Result<Option<SignInFacts>, String> {
        if !self.0.exists() {
            return Ok(None);
        }
        self.read().map(|kept| Some(kept.facts))
    }

    /// Removes the sign-in; says whether there was one.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn forget(&self) -> Result<bool, String> {
        self.is_ours()?;
        let _lock = self.lock()?;
        match fs::remove_file(&self.0) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(format!(
                "the sign-in in `{}` cannot be removed: {error}",
                self.0.display()
            )),
        }
    }

    /// Reads the sign-in.
    ///
    /// # Errors
    /// Why there is none, and what to do, without a word of the secret.
    pub(in crate::defender) fn read(&self) -> Result<SignIn, String> {
        let path = self.0.display();
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                format!("nobody is signed in: `{path}` is not there; sign in with `quell login`")
            }
            _ => format!("the sign-in in `{path}` cannot be read: {error}"),
        };
        let about = fs::metadata(&self.0).map_err(failed)?;
        of_owner(&self.0, about.uid(), rustix::process::geteuid().as_raw())?;
        let mode = about.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(format!(
                "others may read or write the sign-in in `{path}` (mode {mode:04o}): `chmod 600` it, and sign in again with `quell login` if others \
                 may have read it"
            ));
        }
        let useless =
            || format!("`{path}` holds no sign-in that can be read: sign in again with `quell login`");
        if about.len() > MAX_BYTES {
            return Err(useless());
        }
        let text = fs::read(&self.0).map_err(failed)?;
        let record: Record = serde_json::from_slice(&text).map_err(|_| useless())?;
        if record.version != VERSION || record.refresh_token.is_empty() {
            return Err(useless());
        }
        Ok(SignIn {
            facts: record.facts,
            refresh: SecretString::from(record.refresh_token),
        })
    }

    /// Keeps a new sign-in in place of whatever there was.
    ///
    /// # Errors
    /// The file cannot be written, or is another user's; then the old one is as it was.
    pub(in crate::defender) fn keep(&self, sign_in: &SignIn) -> Result<(), String> {
        self.is_ours()?;
        let _lock = self.lock()?;
        self.write(sign_in)
    }

    /// Keeps what came of using `used`, unless the file holds another sign-in by now: one that was made meanwhile, or what
    /// another replica got. Says whether it was written.
    ///
    /// # Errors
    /// The file cannot be written, or is another user's; then the old one is as it was.
    pub(in crate::defender) fn renew(&self, used: &SignIn, renewed: &SignIn) -> Result<bool, String> {
        self.is_ours()?;
        let _lock = self.lock()?;
        let is_unchanged = self
            .read()
            .is_ok_and(|kept| kept.refresh.expose_secret() == used.refresh.expose_secret());
        if is_unchanged {
            self.write(renewed)?;
        }
        Ok(is_unchanged)
    }

    /// A file in the same directory, readable for us alone, which takes the old one's place when it is on the disk.
    fn write(&self, sign_in: &SignIn) -> Result<(), String> {
        let failed = |error: std::io::Error| self.not_written(&error);
        let record = Record {
            version: VERSION,
            facts: sign_in.facts.clone(),
            refresh_token: sign_in.refresh.expose_secret().to_owned(),
        };
        let directory = self.directory();
        let mut file = tempfile::Builder::new()
            .prefix(".quell-sign-in-")
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(directory)
            .map_err(failed)?;
        serde_json::to_writer_pretty(&mut file, &record).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&self.0).map_err(|error| failed(error.error))?;
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(failed)
    }

    /// Refuses a file that is there and another user's. Before the lock, which would be left behind as ours.
    fn is_ours(&self) -> Result<(), String> {
        match fs::metadata(&self.0) {
            Ok(about) => of_owner(&self.0, about.uid(), rustix::process::geteuid().as_raw()),
            Err(_) => Ok(()),
        }
    }

    /// Held while the file is replaced, so that nobody's sign-in overwrites a newer one.
    fn lock(&self) -> Result<File, String> {
        let mut name = self.0.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.0.with_file_name(name))
            .map_err(|error| self.not_written(&error))?;
        lock.lock().map_err(|error| self.not_written(&error))?;
        Ok(lock)
    }

    fn not_written(&self, error: &std::io::Error) -> String {
        format!(
            "the sign-in in `{}` cannot be written: {error}; its directory must be writable for quell and lie on a disk that lasts",
            self.0.display()
        )
    }

    fn directory(&self) -> &Path {
        self.0
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }
}

/// The file's owner alone uses it.
fn of_owner(path: &Path, owner: u32, us: u32) -> Result<(), String> {
    if owner == us {
        return Ok(());
    }
    Err(format!(
        "the sign-in in `{}` is user {owner}'s, and this is user {us}: run it as its owner (`sudo -u '#{owner}' quell …`), or `chown` the file and \
         its `.lock` to the user that quell runs as",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(refresh: &str) -> SignIn {
        SignIn {
            facts: SignInFacts {
                directory_id: "d".to_owned(),
                client_id: "c".to_owned(),
                user: Some("ana@contoso.example".to_owned()),
                scope: "s offline_access".to_owned(),
                signed_in_at: Timestamp::UNIX_EPOCH,
                renewed_at: Timestamp::UNIX_EPOCH,
            },
            refresh: SecretString::from(refresh),
        }
    }

    fn refresh(file: &SignInFile) -> String {
        file.read()
            .map(|kept| kept.refresh.expose_secret().to_owned())
            .unwrap_or_else(|error| error)
    }

    #[test]
    fn a_sign_in_is_kept_for_its_owner_alone_and_renewed_by_the_first_who_used_it() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = SignInFile::new(dir.path().join("sign-in"));
        assert_eq!(file.facts(), Ok(None));
        assert!(refresh(&file).contains("nobody is signed in") && refresh(&file).contains("quell login"));
        file.keep(&sign_in("first")).expect("it can be written");
        let mode = fs::metadata(file.path())
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let first = file.read().expect("it can be read");
        assert!(!format!("{first:?}").contains("first"));
        assert_eq!(file.renew(&first, &sign_in("second")), Ok(true));
        assert_eq!(
            file.renew(&first, &sign_in("late")),
            Ok(false),
            "another replica was first"
        );
        assert_eq!(refresh(&file), "second");
        let facts = file.facts().expect("it can be read").expect("it is there");
        assert_eq!(facts.user.as_deref(), Some("ana@contoso.example"));
        assert_eq!((file.forget(), file.forget()), (Ok(true), Ok(false)));
        assert_eq!(
            file.renew(&first, &sign_in("after")),
            Ok(false),
            "what was forgotten stays so"
        );
        assert_eq!(file.facts(), Ok(None));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = SignInFile::new(dir.path().join("sign-in"));
        file.keep(&sign_in("secret-1")).expect("it can be written");
        for mode in [0o640, 0o604, 0o620, 0o777] {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).expect("the file is ours");
            let error = refresh(&file);
            assert!(
                error.contains("chmod 600") && !error.contains("secret-1"),
                "{error}"
            );
            assert!(error.contains(&format!("{mode:04o}")), "{error}");
        }
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o400)).expect("the file is ours");
        assert_eq!(refresh(&file), "secret-1");
    }

    #[test]
    fn what_is_anothers_is_neither_used_nor_replaced_nor_locked() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = SignInFile::new(dir.path().join("sign-in"));
        assert_eq!(of_owner(file.path(), 997, 997), Ok(()));
        let error = of_owner(file.path(), 997, 0).expect_err("root is not its owner");
        assert!(error.contains("sudo -u '#997' quell"), "{error}");
        file.keep(&sign_in("secret-1")).expect("it can be written");
        let kept = file.read().expect("it can be read");
        fs::remove_file(dir.path().join("sign-in.lock")).expect("the lock was made");
        if std::os::unix::fs::chown(file.path(), Some(997), None).is_err() {
            return; // Only root can give a file away.
        }
        assert!(refresh(&file).contains("sudo -u '#997'"));
        assert!(file.renew(&kept, &sign_in("second")).is_err());
        assert!(file.keep(&sign_in("third")).is_err());
        assert!(file.forget().is_err());
        let owner = fs::metadata(file.path()).expect("it is there").uid();
        assert_eq!((owner, dir.path().join("sign-in.lock").exists()), (997, false));
    }

    #[test]
    fn what_is_no_sign_in_is_not_shown() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = SignInFile::new(dir.path().join("sign-in"));
        for content in [
            "",
            "secret-1",
            "{\"version\":1,\"refresh_token\":\"secret-1\"}",
            "[]",
        ] {
            fs::write(file.path(), content).expect("it can be written");
            fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).expect("the file is ours");
            let error = refresh(&file);
            assert!(
                error.contains("sign in again") && !error.contains("secret-1"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_directory_that_is_not_there_is_told_and_nothing_is_lost() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = SignInFile::new(dir.path().join("missing/sign-in"));
        let error = file.keep(&sign_in("x")).expect_err("no directory");
        assert!(error.contains("must be writable for quell"), "{error}");
    }
}
