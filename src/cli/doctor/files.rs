//! The configuration and the files with secrets that it names: whether they can be read, and who else may read them. Says
//! nothing of what is in them.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::finding::Finding;
use crate::config::{Config, ConfigError, Loaded, SecretFile, Tenant};

/// So many other tenants are named.
const TOLD: usize = 8;

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

/// Which tenant is looked at, where there are several: what concerns a tenant says nothing of another. `is_named`: the caller chose it.
pub fn tenant(config: &Config, looked_at: &Tenant, is_named: bool) -> Option<Finding> {
    let others: Vec<&str> = config
        .tenants
        .iter()
        .map(|tenant| tenant.name.as_str())
        .filter(|name| *name != looked_at.name)
        .collect();
    let first = others.first()?;
    let this = format!(
        "this is `{}`, 1 of {} tenants",
        looked_at.name,
        config.tenants.len()
    );
    if is_named {
        return Some(Finding::ok("tenant", this));
    }
    let shown: Vec<String> = others.iter().take(TOLD).map(|name| format!("`{name}`")).collect();
    let more = match others.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let found = format!("{this}; not looked at: {}{more}", shown.join(", "));
    let remedy = format!("look at each of them: quell doctor --tenant {first}");
    Some(Finding::not_asked("tenant", found).look(remedy))
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
    fn which_of_several_tenants_is_looked_at_is_told() {
        let config = |names: &[&str]| {
            let tenants: Vec<String> = names
                .iter()
                .map(|name| {
                    format!("  - {{name: {name}, credential: {{client_secret: {{directory_id: d, client_id: {name}, secret_file: s}}}}}}\n")
                })
                .collect();
            let text = format!(
                "database: {{url: 'postgres:///q'}}\nplaybooks: {{path: p}}\ntenants:\n{}",
                tenants.concat()
            );
            let loaded = Config::parse("q.yaml", &text, Path::new("/"), None);
            loaded.expect("it is one").config
        };
        let check = |names: &[&str], is_named, state, part: &str| {
            let config = config(names);
            let found = tenant(&config, &config.tenants[0], is_named).expect("there are others");
            assert_eq!(found.state, state, "{}", found.found);
            assert!(found.found.ends_with(part), "{}", found.found);
            found.remedy
        };
        let several = ["contoso", "fabrikam", "litware"];
        let remedy = check(
            &several,
            false,
            State::NotAsked,
            "1 of 3 tenants; not looked at: `fabrikam`, `litware`",
        );
        assert!(remedy.is_some_and(|remedy| remedy.ends_with("--tenant fabrikam")));
        assert_eq!(
            check(&several, true, State::Ok, "this is `contoso`, 1 of 3 tenants"),
            None
        );
        let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
        check(&many, false, State::NotAsked, "`i` and 2 more");
        let alone = config(&["contoso"]);
        assert_eq!(tenant(&alone, &alone.tenants[0], false), None);
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
