//! The configuration and the files with secrets that it names: whether they can be read, and who else may read them. Says
//! nothing of what is in them.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::finding::Finding;
use crate::config::{Config, ConfigError, Loaded, SecretFile};

/// The configuration, if it can be used.
pub fn configuration(path: &Path) -> (Finding, Option<Config>) {
    let check = "configuration";
    let name = path.display();
    match Config::load(path) {
        Ok(Loaded { config, warnings }) => {
            let found = format!(
                "`{name}` can be used: mode {}, tenants {}",
                config.mode.as_str(),
                names(&config)
            );
            let finding = match warnings.is_empty() {
                true => Finding::ok(check, found),
                false => Finding::warning(
                    check,
                    format!("{found}; it has warnings"),
                    format!("read them: quell check-config --config {name}"),
                ),
            };
            (finding, Some(config))
        }
        Err(ConfigError::Invalid(found)) => {
            let first = found.iter().next().map(ToString::to_string).unwrap_or_default();
            let finding = Finding::wrong(
                check,
                format!("`{name}` has {} errors, the first: {first}", found.errors()),
                format!("correct them all; each with its line: quell check-config --config {name}"),
            );
            (finding, None)
        }
        Err(error) => {
            let why = format!("{:#}", anyhow::Error::from(error));
            let remedy = "name the daemon's configuration with `--config FILE`, as a user who may read it";
            (Finding::wrong(check, why, remedy), None)
        }
    }
}

fn names(config: &Config) -> String {
    let names: Vec<String> = config
        .tenants
        .iter()
        .map(|tenant| format!("`{}`", tenant.name))
        .collect();
    names.join(", ")
}

/// Every file that holds a secret.
pub fn secrets(config: &Config) -> Vec<Finding> {
    let files = config.secret_files();
    files.into_iter().map(|(key, file)| secret(&key, file)).collect()
}

fn secret(key: &str, file: &SecretFile) -> Finding {
    let check = format!("secret.{key}");
    let path = file.path().display();
    if let Err(error) = file.read() {
        let why = format!("{:#}", anyhow::Error::from(error));
        let remedy = format!(
            "write the secret, one line and nothing else, into `{path}`, readable for the user that quell runs as (and run `quell doctor` as that user)"
        );
        return Finding::wrong(&check, why, remedy);
    }
    match std::fs::metadata(file.path()).map(|about| about.mode() & 0o777) {
        Ok(mode) => rights(&check, &path.to_string(), mode),
        Err(_) => Finding::ok(&check, format!("`{path}` can be read")),
    }
}

/// What the rights of a secret's file come to.
fn rights(check: &str, path: &str, mode: u32) -> Finding {
    let (others, group) = (mode & 0o007 != 0, mode & 0o020 != 0);
    let found = format!("`{path}` can be read; its rights are {mode:04o}");
    match (others, group) {
        (true, _) => Finding::warning(
            check,
            format!("{found}: everybody on this machine may use it"),
            format!(
                "chmod 0600 {path} (or 0640 with a group of quell's own); if strangers log in here, replace the secret too"
            ),
        ),
        (false, true) => Finding::warning(
            check,
            format!("{found}: its group may change it"),
            format!("chmod g-w {path}"),
        ),
        (false, false) => Finding::ok(check, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn a_secret_that_others_may_read_is_told() {
        for (mode, state) in [
            (0o600, State::Ok),
            (0o400, State::Ok),
            (0o640, State::Ok),
            (0o660, State::Warning),
            (0o644, State::Warning),
            (0o602, State::Warning),
        ] {
            assert_eq!(rights("secret.x", "/x", mode).state, state, "{mode:o}");
        }
    }

    #[test]
    fn a_configuration_that_cannot_be_used_says_where_to_read_why() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let path = directory.path().join("quell.yaml");
        let (finding, config) = configuration(&path);
        assert!(config.is_none() && finding.found.contains("cannot read the configuration"));
        std::fs::write(&path, "databse: {}\n").expect("the file can be written");
        let (finding, config) = configuration(&path);
        assert!(config.is_none());
        assert!(finding.found.contains("errors, the first: "), "{}", finding.found);
        assert!(
            finding
                .remedy
                .is_some_and(|remedy| remedy.contains("quell check-config --config "))
        );
    }
}
