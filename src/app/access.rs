//! How operators show who they are, from the configuration; and the Unix socket.

use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::UnixListener;

use crate::config::{Config, access};
use crate::outbound::issuer::Registered;
use crate::web::{Access, Oidc, OidcOptions, ProxyHeaders};

/// Who may open the socket: its owner and its group.
const MODE: u32 = 0o660;

/// How operators show who they are.
///
/// # Errors
/// The client secret cannot be read, or the issuer not be called.
pub(super) fn access(config: &Config) -> anyhow::Result<Access> {
    let its = &config.http.access;
    let header = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.parse()
            .with_context(|| format!("`{name}` is no name of a header"))
    };
    let proxy = its.proxy.as_ref().map(|proxy| {
        anyhow::Ok(ProxyHeaders {
            user: header(&proxy.user)?,
            groups: proxy.groups.as_deref().map(header).transpose()?,
        })
    });
    let is_https = |oidc: &access::Oidc| oidc.redirect_url.starts_with("https://");
    Ok(Access {
        is_required: its.is_required,
        proxy: proxy.transpose()?,
        oidc: its.oidc.as_ref().map(oidc).transpose()?.map(Arc::new),
        roles: its.roles.clone(),
        idle: its.idle,
        lifetime: its.lifetime,
        is_https: config.http.tls.is_some() || its.oidc.as_ref().is_some_and(is_https),
    })
}

fn oidc(oidc: &access::Oidc) -> anyhow::Result<Oidc> {
    let options = OidcOptions {
        issuer: oidc.issuer.clone(),
        registered: Registered {
            client_id: oidc.client_id.clone(),
            secret: oidc.client_secret.as_ref().map(|file| file.read()).transpose()?,
            redirect_url: oidc.redirect_url.clone(),
            scopes: oidc.scopes.clone(),
        },
        name_claim: oidc.name_claim.clone(),
        groups_claim: oidc.groups_claim.clone(),
    };
    Oidc::new(options).context("`http.access.oidc.issuer` cannot be called")
}

/// Binds the socket, in the place of one that nobody listens on any more.
///
/// # Errors
/// Something else is there, somebody listens there, or the directory cannot be written to.
pub(super) fn bind(path: &Path) -> anyhow::Result<UnixListener> {
    let at = || format!("cannot listen on the socket `{}`", path.display());
    if let Ok(about) = std::fs::symlink_metadata(path) {
        anyhow::ensure!(
            about.file_type().is_socket(),
            "{}: something else has that name",
            at()
        );
        let is_alive = std::os::unix::net::UnixStream::connect(path).is_ok();
        anyhow::ensure!(!is_alive, "{}: another process does", at());
        std::fs::remove_file(path).with_context(at)?;
    }
    let listener = UnixListener::bind(path).with_context(at)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(MODE)).with_context(at)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_takes_the_place_of_a_dead_one_and_of_nothing_else() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let path = directory.path().join("quell.sock");
        let first = bind(&path).expect("nothing is there");
        let mode = std::fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, MODE);
        let error = bind(&path).expect_err("somebody listens").to_string();
        assert!(error.contains("another process"), "{error}");
        drop(first);
        drop(bind(&path).expect("nobody listens any more"));
        std::fs::remove_file(&path).expect("it is there");
        std::fs::write(&path, "x").expect("the directory is ours");
        let error = bind(&path).expect_err("it is a file").to_string();
        assert!(error.contains("something else"), "{error}");
    }
}
