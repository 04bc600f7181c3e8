//! Finds Postgres' programs: the ladder from what the operator named to the places where packages put them.
//!
//! Called by [`super::Cluster::start`] and `quell doctor`-like checks. It looks at files only; it never runs, installs
//! or downloads anything.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::ClusterError;

/// What a directory must hold to count.
const PROGRAMS: [&str; 5] = ["initdb", "postgres", "pg_ctl", "pg_isready", "psql"];

/// Where packages put the binaries. At most one `*`, which stands for a version: the newest is taken first.
const WELL_KNOWN: [&str; 10] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/libexec/postgresql*",
    "/usr/local/pgsql/bin",
    "/opt/local/lib/postgresql*/bin",
];

/// A directory that holds all the programs of one Postgres.
#[derive(Clone, Debug)]
pub struct Binaries(PathBuf);

impl Binaries {
    /// Finds the binaries: `bin` if given (and then nowhere else), then each directory of `search_path`, then the
    /// well-known places, newest version first.
    ///
    /// # Errors
    /// [`ClusterError::UnfitBin`] if `bin` lacks a program, [`ClusterError::NoBinaries`] if no place has them all.
    pub fn find(bin: Option<&Path>, search_path: Option<&OsStr>) -> Result<Self, ClusterError> {
        if let Some(bin) = bin {
            return match first_missing(bin) {
                None => Ok(Self(bin.to_path_buf())),
                Some(missing) => Err(ClusterError::UnfitBin {
                    bin: bin.to_path_buf(),
                    missing,
                }),
            };
        }
        on_search_path(search_path)
            .into_iter()
            .chain(WELL_KNOWN.iter().flat_map(|pattern| newest_first(pattern)))
            .find(|directory| first_missing(directory).is_none())
            .map(Self)
            .ok_or_else(|| ClusterError::NoBinaries {
                searched: std::iter::once("PATH".to_owned())
                    .chain(WELL_KNOWN.iter().map(|place| format!("`{place}`")))
                    .collect(),
            })
    }

    /// The directory found.
    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// The full path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

fn first_missing(directory: &Path) -> Option<&'static str> {
    PROGRAMS
        .into_iter()
        .find(|program| !directory.join(program).is_file())
}

/// The directories of `PATH` that have an `initdb`, each followed by the one that its link points into: some systems
/// link single programs into a directory of `PATH` and keep the rest together elsewhere.
fn on_search_path(search_path: Option<&OsStr>) -> Vec<PathBuf> {
    let text = search_path
        .map(|path| path.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut found = Vec::new();
    for directory in text.split(':').filter(|directory| directory.starts_with('/')) {
        let initdb = Path::new(directory).join("initdb");
        if let Ok(real) = initdb.canonicalize() {
            found.push(PathBuf::from(directory));
            found.extend(real.parent().map(Path::to_path_buf));
        }
    }
    found
}

fn newest_first(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut versions: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            Some((
                numbers(version),
                PathBuf::from(format!("{before}{version}{after}")),
            ))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path).collect()
}

fn numbers(version: &str) -> Vec<u32> {
    version
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(directories: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        for directory in directories {
            let path = root.path().join(directory);
            fs::create_dir_all(&path).expect("a directory can be made in a fresh temporary directory");
            for program in PROGRAMS {
                fs::write(path.join(program), "").expect("a file can be written there");
            }
        }
        root
    }

    #[test]
    fn the_newest_version_comes_first_by_number_not_by_letter() {
        let root = tree(&["9.6/bin", "15/bin", "17/bin"]);
        let found = newest_first(&format!("{}/*/bin", root.path().display()));
        let names: Vec<_> = found
            .iter()
            .filter_map(|path| path.parent()?.file_name())
            .collect();
        assert_eq!(names, ["17", "15", "9.6"]);
    }

    #[test]
    fn a_linked_initdb_on_the_path_leads_to_the_directory_with_the_rest() {
        let root = tree(&["lib/16/bin"]);
        let bin = root.path().join("bin");
        fs::create_dir(&bin).expect("a directory can be made");
        std::os::unix::fs::symlink(root.path().join("lib/16/bin/initdb"), bin.join("initdb"))
            .expect("a link can be made");
        let found = Binaries::find(None, Some(bin.as_os_str())).expect("the link's target has all programs");
        assert!(found.directory().ends_with("lib/16/bin"), "{found:?}");
    }

    #[test]
    fn a_named_directory_without_the_programs_is_refused_and_nothing_else_is_tried() {
        let root = tree(&["good"]);
        fs::remove_file(root.path().join("good/pg_ctl")).expect("the file was just written");
        let error = Binaries::find(Some(&root.path().join("good")), None).expect_err("pg_ctl is missing");
        assert!(
            matches!(
                error,
                ClusterError::UnfitBin {
                    missing: "pg_ctl",
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn without_binaries_the_message_says_what_to_install() {
        let message = ClusterError::NoBinaries {
            searched: vec!["PATH".into()],
        }
        .to_string();
        for hint in ["apt-get install -y postgresql", "dnf install", "brew install"] {
            assert!(message.contains(hint), "{message}");
        }
    }
}
