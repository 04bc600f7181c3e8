//! TLS to brokers: rustls on ring, with the operating system's roots or those of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

use super::KafkaError;

/// The largest file of certificates that is read, in bytes.
const MAX_CA_BYTES: u64 = 1024 * 1024;

/// Whom to trust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// A PEM file with the certificates that a broker's must come from, in place of the operating system's. Default none.
    pub ca_file: Option<PathBuf>,
}

impl Tls {
    /// Reads the roots; nothing process-wide is installed.
    pub(super) fn connector(&self) -> Result<TlsConnector, KafkaError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let unfit = |error: rustls::Error| KafkaError::Options(format!("TLS cannot be used: {error}"));
        let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unfit)?;
        let config = match &self.ca_file {
            Some(path) => builder.with_root_certificates(roots(path)?).with_no_client_auth(),
            None => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Verifier::new(provider).map_err(unfit)?))
                .with_no_client_auth(),
        };
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

fn roots(path: &Path) -> Result<rustls::RootCertStore, KafkaError> {
    let unfit = |why: String| KafkaError::Options(format!("`ca_file` {}: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| unfit(format!("it cannot be read: {error}")))?;
    if size.len() > MAX_CA_BYTES {
        return Err(unfit("it is larger than 1 MiB".to_owned()));
    }
    let pem = std::fs::read(path).map_err(|error| unfit(format!("it cannot be read: {error}")))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unfit(format!("it is not PEM: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| unfit(format!("a certificate in it cannot be used: {error}")))?;
    }
    if roots.is_empty() {
        return Err(unfit(
            "it holds no certificate (`-----BEGIN CERTIFICATE-----`)".to_owned(),
        ));
    }
    Ok(roots)
}
