//! Where the client secret comes from. It is read anew for every token request, so a rotated secret works without a
//! restart. Used by `token` alone; the secret is never printed, logged or kept.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// A source of the client secret.
#[derive(Clone)]
pub struct SecretSource(Kind);

#[derive(Clone)]
enum Kind {
    File(PathBuf),
    Function(Arc<Read>),
}

type Read = dyn Fn() -> Result<SecretString, String> + Send + Sync;

impl SecretSource {
    /// The content of a file, without the line break at its end.
    pub fn file(path: PathBuf) -> Self {
        Self(Kind::File(path))
    }

    /// What a function gives; an error is the reason in the operator's words.
    pub fn function(read: impl Fn() -> Result<SecretString, String> + Send + Sync + 'static) -> Self {
        Self(Kind::Function(Arc::new(read)))
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// Why there is none, without a word of it.
    pub(super) async fn read(&self) -> Result<SecretString, String> {
        let secret = match &self.0 {
            Kind::Function(read) => read()?,
            Kind::File(path) => {
                let text = tokio::fs::read_to_string(path)
                    .await
                    .map_err(|error| format!("the secret in `{}` cannot be read: {error}", path.display()))?;
                SecretString::from(text.trim_end_matches(['\r', '\n']))
            }
        };
        if secret.expose_secret().is_empty() {
            return Err(match &self.0 {
                Kind::File(path) => format!("the secret in `{}` is empty", path.display()),
                Kind::Function(_) => "the secret is empty".to_owned(),
            });
        }
        Ok(secret)
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(path) => write!(f, "SecretSource(file `{}`)", path.display()),
            Kind::Function(_) => write!(f, "SecretSource(function)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_in_a_file_is_read_anew_each_time() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("secret");
        let source = SecretSource::file(path.clone());
        assert!(
            source
                .read()
                .await
                .expect_err("no file yet")
                .contains("secret` cannot be read")
        );
        for secret in ["first", "second"] {
            std::fs::write(&path, format!("{secret}\r\n")).expect("the file can be written");
            assert_eq!(source.read().await.expect("a secret").expose_secret(), secret);
        }
        std::fs::write(&path, "\n").expect("the file can be written");
        assert!(
            source
                .read()
                .await
                .expect_err("nothing in it")
                .ends_with("is empty")
        );
    }
}
