//! The listener's own TLS: its certificate, and the authorities of client certificates, from PEM files that are read again when
//! they change.
//!
//! A client may show a certificate and need not: [`crate::web::proof`] asks for it where a source takes nothing else. One that no
//! authority of ours signed, or whose time is over, ends the handshake. Revocation lists are not read: take an authority for
//! quell's senders alone, and short times.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};

use crate::clock::Monotonic;
use crate::web::keys::Stamp;

/// How long a look at the files holds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Where the listener's certificates are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The listener's own certificate, then those between it and the authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities of client certificates; `None`: nobody is asked for one.
    pub client_authorities: Option<PathBuf>,
}

/// Why the listener cannot speak TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds something else.
    #[error("`{}` cannot be used: {why}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// They do not fit together.
    #[error("the certificate and the key do not make a TLS listener: {0}")]
    Unfit(String),
}

/// The TLS that holds now.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    held: ArcSwap<ServerConfig>,
    looked: Mutex<(Option<Monotonic>, Vec<Option<Stamp>>)>,
    every: Duration,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(files: TlsFiles) -> Result<Self, TlsError> {
        let stamps = files.stamps();
        let held = ArcSwap::from_pointee(files.read()?);
        Ok(Self {
            files,
            held,
            looked: Mutex::new((None, stamps)),
            every: LOOK_EVERY,
        })
    }

    /// Looks at the files at every call.
    #[cfg(test)]
    pub(super) fn always_fresh(mut self) -> Self {
        self.every = Duration::ZERO;
        self
    }

    /// What a new connection is to be taken with. Files that changed into something that cannot be used leave what was there in
    /// force: a connection that nobody can make helps nobody, and a certificate that is being replaced was good until now.
    pub(super) fn now(&self) -> Arc<ServerConfig> {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.0.is_none_or(|at| at.elapsed() >= self.every) {
            let stamps = self.files.stamps();
            if stamps != looked.1 {
                match self.files.read() {
                    Ok(config) => {
                        self.held.store(Arc::new(config));
                        tracing::info!("the listener's certificates changed and are in force");
                    }
                    Err(error) => {
                        tracing::error!(%error, "the listener's certificates changed and cannot be used; those before stay in force")
                    }
                }
            }
            *looked = (Some(Monotonic::now()), stamps);
        }
        drop(looked);
        self.held.load_full()
    }
}

impl TlsFiles {
    fn stamps(&self) -> Vec<Option<Stamp>> {
        let all = [
            Some(&self.certificate),
            Some(&self.key),
            self.client_authorities.as_ref(),
        ];
        all.into_iter().flatten().map(|path| Stamp::of(path)).collect()
    }

    fn read(&self) -> Result<ServerConfig, TlsError> {
        let unfit = |error: rustls::Error| TlsError::Unfit(error.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unfit)?;
        let builder = match &self.client_authorities {
            None => builder.with_no_client_auth(),
            Some(path) => builder.with_client_cert_verifier(verifier(path, provider)?),
        };
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| TlsError::File {
            path: self.key.clone(),
            why: error.to_string(),
        })?;
        let mut config = builder
            .with_single_cert(certificates(&self.certificate)?, key)
            .map_err(unfit)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if self.client_authorities.is_some() {
            // A session that is taken up again brings its certificate along, which nobody verifies then.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(config)
    }
}

fn verifier(
    path: &PathBuf,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let failed = |why: String| TlsError::File {
        path: path.clone(),
        why,
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots
            .add(certificate)
            .map_err(|error| failed(error.to_string()))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .allow_unauthenticated()
        .build()
        .map_err(|error| failed(error.to_string()))
}

fn certificates(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |why: String| TlsError::File {
        path: path.clone(),
        why,
    };
    let all: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| failed(error.to_string()))?;
    if all.is_empty() {
        return Err(failed("it holds no certificate".to_owned()));
    }
    Ok(all)
}
