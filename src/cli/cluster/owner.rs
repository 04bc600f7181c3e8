//! Under which uid the private Postgres runs: ours, or an unprivileged one when we are root, since Postgres refuses root.
//!
//! Called by [`super::Cluster`] and [`super::guardian`] for every child process. It never changes our own uid.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ClusterError;

/// The accounts that root drops to, in this order, and what `nobody` is where neither is listed.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];
const NOBODY: (u32, u32) = (65534, 65534);

/// The uid and gid for children; `None` inside means ours.
#[derive(Clone, Debug)]
pub struct Owner(Option<(u32, u32)>);

impl Owner {
    /// Decides by the owner of a directory that this process has just made, which tells our effective uid.
    pub fn of_new_directory(directory: &Path) -> Result<Self, ClusterError> {
        let made = fs::metadata(directory).map_err(|source| ClusterError::Directory {
            path: directory.to_path_buf(),
            source,
        })?;
        if made.uid() != 0 {
            return Ok(Self(None));
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        Ok(Self(Some(unprivileged(&accounts))))
    }

    /// The uid and gid that children are dropped to, if they are.
    pub fn dropped(&self) -> Option<(u32, u32)> {
        self.0
    }

    /// A command under this owner, in a directory that it can read, free of the operator's `PG…` variables.
    pub fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/tmp").env_clear().envs([
            ("PATH", "/usr/bin:/bin"),
            ("LC_ALL", "C"),
            ("TZ", "UTC"),
        ]);
        if let Some((uid, gid)) = self.0 {
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn unprivileged(passwd: &str) -> (u32, u32) {
    let account = |name: &str| {
        passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            match fields[..] {
                [found, _, uid, gid, ..] if found == name => Some((uid.parse().ok()?, gid.parse().ok()?)),
                _ => None,
            }
        })
    };
    UNPRIVILEGED.into_iter().find_map(account).unwrap_or(NOBODY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_drops_to_postgres_then_nobody_then_65534() {
        let nobody = "root:x:0:0::/root:/bin/sh\nnobody:x:65533:65532::/:/bin/false\n";
        assert_eq!(
            unprivileged(&format!("{nobody}postgres:x:101:104::/:/bin/sh\n")),
            (101, 104)
        );
        assert_eq!(unprivileged(nobody), (65533, 65532));
        assert_eq!(unprivileged("broken line\nnobody:x:no:number\n"), NOBODY);
    }
}
