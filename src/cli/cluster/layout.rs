//! The directory of a private cluster and the settings of its server. Called by [`super::Cluster`] only; it starts nothing.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::owner::Owner;
use super::{ClusterError, ClusterOptions};

/// A socket's path is at most 103 bytes on macOS and 107 on Linux, with `/.s.PGSQL.5432` in it.
const DIRECTORY_MAX_BYTES: usize = 88;

/// Makes the cluster's directory, if its socket's path will be fit for Postgres and for a URL.
pub fn make_directory(parent: &Path) -> Result<PathBuf, ClusterError> {
    let failed = |source| ClusterError::Directory {
        path: parent.to_path_buf(),
        source,
    };
    let parent = parent.canonicalize().map_err(failed)?;
    let directory = tempfile::Builder::new()
        .prefix("quell-pg-")
        .tempdir_in(&parent)
        .map_err(failed)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    match directory.path().to_str() {
        Some(path) if path.len() <= DIRECTORY_MAX_BYTES && path.chars().all(plain) => Ok(directory.keep()),
        _ => Err(ClusterError::UnfitParent { parent }),
    }
}

/// Gives the directory to `owner` and lets clients of any uid pass through it to the socket.
pub fn prepare_directory(directory: &Path, owner: &Owner) -> Result<(), ClusterError> {
    let failed = |source| ClusterError::Directory {
        path: directory.to_path_buf(),
        source,
    };
    if let Some((uid, gid)) = owner.dropped() {
        chown(directory, Some(uid), Some(gid)).map_err(failed)?;
    }
    // Passable for everybody, so that client and server may have different uids; the socket itself is 0700.
    fs::set_permissions(directory, fs::Permissions::from_mode(0o711)).map_err(failed)
}

/// The server's settings: a socket only, small, and no flushing unless asked for.
pub fn settings_text(directory: &Path, options: &ClusterOptions) -> String {
    let fsync = if options.fsync { "on" } else { "off" };
    format!(
        "# Written by quell for a private, throw-away cluster.\n\
         listen_addresses = ''\n\
         unix_socket_directories = '{directory}'\n\
         unix_socket_permissions = 0700\n\
         max_connections = {connections}\n\
         fsync = {fsync}\n\
         full_page_writes = {fsync}\n\
         synchronous_commit = on\n\
         wal_level = minimal\n\
         max_wal_senders = 0\n\
         max_wal_size = '512MB'\n\
         shared_buffers = '64MB'\n\
         jit = off\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         log_checkpoints = off\n",
        directory = directory.display(),
        connections = options.max_connections,
    )
}
