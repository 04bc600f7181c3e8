//! How a tenant's client shows who it is: a secret, a certificate, a federated token, a managed identity, or a user's
//! sign-in. Whatever lies in a file is read anew for every token request, so that what was rotated works without a restart.
//!
//! Used by `token` alone. No secret is ever printed, logged or kept longer than one request.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

pub(super) mod certificate;
mod der;
pub(super) mod managed;
pub(super) mod sign_in_file;

use certificate::CertificateFiles;
use managed::ManagedIdentity;
use sign_in_file::{SignIn, SignInFile};

use crate::defender::token::TokenError;

/// How an assertion is announced (RFC 7523).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a tenant's client shows who it is.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An app registration with a client secret.
    ClientSecret {
        /// The application.
        client_id: String,
        /// Where its secret comes from.
        secret: SecretSource,
    },
    /// An app registration with a certificate.
    Certificate {
        /// The application.
        client_id: String,
        /// The certificate and its key.
        files: CertificateFiles,
    },
    /// An app registration that trusts another issuer's tokens, such as a Kubernetes cluster's.
    WorkloadIdentity {
        /// The application.
        client_id: String,
        /// Where that issuer puts the token.
        token: SecretSource,
    },
    /// The identity of the Azure machine that this runs on.
    ManagedIdentity(ManagedIdentity),
    /// A user who signed in with `quell login`.
    Delegated {
        /// The application, a public client.
        client_id: String,
        /// The Entra tenant as configured: the sign-in must be for it.
        directory_id: String,
        /// Where the sign-in is kept.
        file: SignInFile,
    },
}

/// What a token request shows.
pub(super) struct Proof {
    /// The fields of the form, but for scope or resource.
    pub form: Vec<(&'static str, SecretString)>,
    /// When the credential itself expires, where that can be known.
    pub expires_at: Option<Timestamp>,
    /// The sign-in that is used.
    pub sign_in: Option<SignIn>,
}

impl Credential {
    /// The kind, as the configuration names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ClientSecret { .. } => "client_secret",
            Self::Certificate { .. } => "certificate",
            Self::WorkloadIdentity { .. } => "workload_identity",
            Self::ManagedIdentity(_) => "managed_identity",
            Self::Delegated { .. } => "delegated",
        }
    }

    /// The application's id; `None` for a managed identity that is not named by it.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::ClientSecret { client_id, .. }
            | Self::Certificate { client_id, .. }
            | Self::WorkloadIdentity { client_id, .. }
            | Self::Delegated { client_id, .. } => Some(client_id),
            Self::ManagedIdentity(identity) => identity.client_id(),
        }
    }

    /// Where tokens are asked for with it: the token endpoint, or the managed identity's.
    pub(super) fn asks(&self, token_endpoint: &reqwest::Url) -> String {
        match self {
            Self::ManagedIdentity(identity) => identity.endpoint(),
            _ => token_endpoint.to_string(),
        }
    }

    /// Looks at the files that the credential needs, without asking anybody; says when it expires, where that can be known.
    ///
    /// # Errors
    /// What is wrong with them, in the operator's words.
    pub fn check(&self, now: Timestamp) -> Result<Option<Timestamp>, String> {
        match self {
            Self::ClientSecret { secret, .. } => secret.read().map(|_| None),
            Self::Certificate { files, .. } => files.check(now).map(Some),
            Self::WorkloadIdentity { token, .. } => token.read().map(|_| None),
            Self::ManagedIdentity(_) => Ok(None),
            Self::Delegated { .. } => self.signed_in().map(|_| None),
        }
    }

    /// What to show for one token request; `unsaved` is a sign-in that could not be written to its file.
    ///
    /// # Errors
    /// Why there is nothing to show, and what to do.
    pub(super) fn prove(
        &self,
        audience: &str,
        now: Timestamp,
        unsaved: Option<&SignIn>,
    ) -> Result<Proof, TokenError> {
        self.form(audience, now, unsaved)
            .map_err(|reason| TokenError::Credential { reason })
    }

    fn form(&self, audience: &str, now: Timestamp, unsaved: Option<&SignIn>) -> Result<Proof, String> {
        let text = |text: &str| SecretString::from(text);
        let mut proof = Proof {
            form: Vec::new(),
            expires_at: None,
            sign_in: None,
        };
        let grant = match self {
            Self::Delegated { .. } => "refresh_token",
            _ => "client_credentials",
        };
        proof.form.push(("grant_type", text(grant)));
        if let Some(client_id) = self.client_id() {
            proof.form.push(("client_id", text(client_id)));
        }
        match self {
            Self::ClientSecret { secret, .. } => proof.form.push(("client_secret", secret.read()?)),
            Self::Certificate { client_id, files } => {
                let (assertion, expires_at) = files.assert(client_id, audience, now)?;
                proof.expires_at = Some(expires_at);
                proof.form.push(("client_assertion_type", text(ASSERTION_TYPE)));
                proof.form.push(("client_assertion", assertion));
            }
            Self::WorkloadIdentity { token, .. } => {
                proof.form.push(("client_assertion_type", text(ASSERTION_TYPE)));
                proof.form.push(("client_assertion", token.read()?));
            }
            Self::ManagedIdentity(_) => {}
            Self::Delegated { .. } => {
                let kept = match unsaved {
                    Some(unsaved) => unsaved.clone(),
                    None => self.signed_in()?,
                };
                proof.form.push(("refresh_token", kept.refresh.clone()));
                proof.form.push(("scope", text(&kept.facts.scope)));
                proof.sign_in = Some(kept);
            }
        }
        Ok(proof)
    }

    /// The sign-in in the file, if it is one for this tenant and application.
    pub(super) fn signed_in(&self) -> Result<SignIn, String> {
        let Self::Delegated {
            client_id,
            directory_id,
            file,
        } = self
        else {
            return Err("nobody signs in with this kind of credential".to_owned());
        };
        let kept = file.read()?;
        if kept.facts.client_id != *client_id || kept.facts.directory_id != *directory_id {
            return Err(format!(
                "the sign-in in `{}` is for directory `{}` and application `{}`, not for the configured `{directory_id}` and `{client_id}`: sign in \
                 again with `quell login`",
                file.path().display(),
                kept.facts.directory_id,
                kept.facts.client_id
            ));
        }
        Ok(kept)
    }
}

impl Proof {
    /// What must not be shown should an endpoint echo it.
    pub fn hidden(&self) -> impl Iterator<Item = &str> {
        self.form
            .iter()
            .filter(|(name, _)| matches!(*name, "client_secret" | "client_assertion" | "refresh_token"))
            .map(|(_, secret)| secret.expose_secret())
    }
}

/// No secret is larger, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// A source of a secret of one line: a client secret, or a federated token.
#[derive(Clone)]
pub struct SecretSource(Source);

#[derive(Clone)]
enum Source {
    File(PathBuf),
    Function(Arc<Read>),
}

type Read = dyn Fn() -> Result<SecretString, String> + Send + Sync;

impl SecretSource {
    /// The content of a file, without the line break at its end.
    pub fn file(path: PathBuf) -> Self {
        Self(Source::File(path))
    }

    /// What a function gives; an error is the reason in the operator's words.
    pub fn function(read: impl Fn() -> Result<SecretString, String> + Send + Sync + 'static) -> Self {
        Self(Source::Function(Arc::new(read)))
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// Why there is none, without a word of it.
    pub(in crate::defender) fn read(&self) -> Result<SecretString, String> {
        let secret = match &self.0 {
            Source::Function(read) => read()?,
            Source::File(path) => {
                let failed = |error| format!("the secret in `{}` cannot be read: {error}", path.display());
                if std::fs::metadata(path).map_err(failed)?.len() > MAX_BYTES {
                    return Err(format!(
                        "the secret in `{}` is larger than 64 KiB",
                        path.display()
                    ));
                }
                let text = std::fs::read_to_string(path).map_err(failed)?;
                SecretString::from(text.trim_end_matches(['\r', '\n']))
            }
        };
        if secret.expose_secret().is_empty() {
            return Err(match &self.0 {
                Source::File(path) => format!("the secret in `{}` is empty", path.display()),
                Source::Function(_) => "the secret is empty".to_owned(),
            });
        }
        Ok(secret)
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::File(path) => write!(f, "SecretSource(file `{}`)", path.display()),
            Source::Function(_) => write!(f, "SecretSource(function)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_file_is_read_anew_each_time() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("secret");
        let source = SecretSource::file(path.clone());
        assert!(
            source
                .read()
                .expect_err("no file yet")
                .contains("secret` cannot be read")
        );
        for secret in ["first", "second"] {
            std::fs::write(&path, format!("{secret}\r\n")).expect("the file can be written");
            assert_eq!(source.read().expect("a secret").expose_secret(), secret);
        }
        std::fs::write(&path, "\n").expect("the file can be written");
        assert!(source.read().expect_err("nothing in it").ends_with("is empty"));
    }
}
