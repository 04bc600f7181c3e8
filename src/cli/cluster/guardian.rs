//! The guardian: a tiny shell that outlives us and removes a private cluster when we are gone.
//!
//! It waits at the read end of a pipe whose only write end is in our process. However we end, by return, panic or
//! `kill -9`, the kernel closes that end; the guardian then stops the server and removes the directory. Started by
//! [`super::Cluster::start`] before there is anything to clean up. It never signals anything but that one server.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};

use super::ClusterError;
use super::binaries::Binaries;
use super::owner::Owner;

/// `$1` pg_ctl, `$2` the cluster's directory. Signals meant for a terminal's process group do not end it. Its standard
/// error stays ours, so a cleanup that fails is seen, and whoever waits for the end of our output waits for it too.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
read -r _
if [ -e "$2/data/postmaster.pid" ]; then "$1" stop -s -w -t 30 -m immediate -D "$2/data" >/dev/null; fi
rm -rf "$2"
"#;

/// The running guardian and the pipe that holds it back.
#[derive(Debug)]
pub struct Guardian {
    pipe: Option<ChildStdin>,
    shell: Child,
}

impl Guardian {
    /// Starts the guardian of `directory`.
    pub fn start(binaries: &Binaries, owner: &Owner, directory: &Path) -> Result<Self, ClusterError> {
        let mut command = owner.command(PathBuf::from("/bin/sh"));
        command
            .args(["-c", SCRIPT, "quell-guardian"])
            .arg(binaries.program("pg_ctl"))
            .arg(directory);
        command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        let mut shell = command.spawn().map_err(|source| ClusterError::Run {
            program: "/bin/sh".into(),
            source,
        })?;
        Ok(Self {
            pipe: shell.stdin.take(),
            shell,
        })
    }

    /// Lets the guardian do its work now, and waits for it.
    pub fn dismiss(&mut self) {
        if self.pipe.take().is_none() {
            return;
        }
        if let Err(error) = self.shell.wait() {
            tracing::warn!(%error, "the guardian of the private postgres was not reaped");
        }
    }
}
