//! A certificate as the credential: PEM files, read anew for each token request so that a rotated pair works without a
//! restart, and the signed assertion that Entra takes in place of a secret (facts sheet 5.3: PS256, `x5t#S256`).
//!
//! Used by `Credential`. The private key is in memory only while an assertion is made, and never in an error or a log.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use secrecy::SecretString;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::defender::credential::der;

/// No certificate with its chain, and no key, is larger, in bytes.
const MAX_BYTES: u64 = 256 * 1024;
/// An assertion begins this much before now, for a machine whose clock is ahead of Entra's ...
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// ... and is good for so long; Microsoft asks for 5 to 10 minutes.
const LIFE: SignedDuration = SignedDuration::from_secs(600);

/// Where a certificate and its private key lie. Both may be in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// PEM; of several certificates the first is ours.
    pub certificate: PathBuf,
    /// PEM: PKCS#8 or PKCS#1, RSA, not encrypted.
    pub key: PathBuf,
}

/// A certificate with the key that fits it.
struct Pair {
    thumbprint: String,
    key: Arc<dyn SigningKey>,
    valid_from: Timestamp,
    valid_until: Timestamp,
}

impl CertificateFiles {
    /// Reads both files and says when the certificate expires.
    ///
    /// # Errors
    /// What is wrong with them, in the operator's words: not there, not PEM, not RSA, not a pair, or not valid at `now`.
    pub fn check(&self, now: Timestamp) -> Result<Timestamp, String> {
        let pair = self.load()?;
        self.is_valid(&pair, now)?;
        Ok(pair.valid_until)
    }

    /// A new assertion for one token request, and when the certificate expires.
    ///
    /// # Errors
    /// As for [`CertificateFiles::check`].
    pub(super) fn assert(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<(SecretString, Timestamp), String> {
        let pair = self.load()?;
        self.is_valid(&pair, now)?;
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": pair.thumbprint});
        let from = now - LEEWAY;
        let claims = json!({
            "aud": audience, "iss": client_id, "sub": client_id, "jti": Uuid::new_v4(),
            "nbf": from.as_second(), "iat": from.as_second(), "exp": (from + LIFE).as_second(),
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signer = pair
            .key
            .choose_scheme(&[SignatureScheme::RSA_PSS_SHA256])
            .ok_or_else(|| {
                format!(
                    "the private key in `{}` is no RSA key, which Entra needs",
                    show(&self.key)
                )
            })?;
        let signature = signer
            .sign(signed.as_bytes())
            .map_err(|_| format!("the private key in `{}` cannot sign", show(&self.key)))?;
        let assertion = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        Ok((SecretString::from(assertion), pair.valid_until))
    }

    fn is_valid(&self, pair: &Pair, now: Timestamp) -> Result<(), String> {
        let file = show(&self.certificate);
        if now >= pair.valid_until {
            return Err(format!(
                "the certificate in `{file}` expired at {:.0}: put a new one there, and upload it to the app registration",
                pair.valid_until
            ));
        }
        if now + LEEWAY < pair.valid_from {
            return Err(format!(
                "the certificate in `{file}` is valid from {:.0} only: check this machine's clock",
                pair.valid_from
            ));
        }
        Ok(())
    }

    fn load(&self) -> Result<Pair, String> {
        let pem = read(&self.certificate, "certificate")?;
        let mut certificates = CertificateDer::pem_slice_iter(&pem);
        let Some(Ok(certificate)) = certificates.next() else {
            return Err(format!(
                "`{}` holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`); a .pfx is turned into PEM by `openssl pkcs12`",
                show(&self.certificate)
            ));
        };
        let facts = der::certificate(&certificate)
            .ok_or_else(|| format!("the certificate in `{}` cannot be read", show(&self.certificate)))?;
        let key = self.load_key()?;
        let public = key.public_key();
        if public.as_ref().map(AsRef::as_ref) != Some(facts.public_key) {
            return Err(format!(
                "the private key in `{}` does not fit the certificate in `{}`: they are not a pair, or one of them is being replaced",
                show(&self.key),
                show(&self.certificate)
            ));
        }
        Ok(Pair {
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate)),
            key,
            valid_from: facts.valid_from,
            valid_until: facts.valid_until,
        })
    }

    fn load_key(&self) -> Result<Arc<dyn SigningKey>, String> {
        let file = show(&self.key);
        let pem = read(&self.key, "private key")?;
        if std::fs::metadata(&self.key).is_ok_and(|about| about.permissions().mode() & 0o004 != 0) {
            tracing::warn!(path = %file, "everybody on this machine may read a private key: chmod o-r it");
        }
        if contains(&pem, b"BEGIN ENCRYPTED PRIVATE KEY") || contains(&pem, b"Proc-Type: 4,ENCRYPTED") {
            return Err(format!(
                "the private key in `{file}` is encrypted: store it without a passphrase (`openssl pkey -in … -out …`), readable for quell alone"
            ));
        }
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
            format!("`{file}` holds no private key in PEM (`-----BEGIN PRIVATE KEY-----` or `-----BEGIN RSA PRIVATE KEY-----`)")
        })?;
        let key = any_supported_type(&key).map_err(|_| {
            format!("the private key in `{file}` cannot be used: it must be RSA with 2048 bits or more")
        })?;
        if key.choose_scheme(&[SignatureScheme::RSA_PSS_SHA256]).is_none() {
            return Err(format!(
                "the private key in `{file}` is no RSA key, which Entra needs"
            ));
        }
        Ok(key)
    }
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("the {what} in `{}` cannot be read: {error}", show(path));
    let about = std::fs::metadata(path).map_err(failed)?;
    if about.len() > MAX_BYTES {
        return Err(format!(
            "`{}` is larger than 256 KiB, so it is no {what}",
            show(path)
        ));
    }
    std::fs::read(path).map_err(failed)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn show(path: &Path) -> std::path::Display<'_> {
    path.display()
}
