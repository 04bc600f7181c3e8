//! The drill's configuration: the SOC's own, with every address and every secret taken out and the private ones put in. What
//! is left of it decides as it would in earnest; nothing of it can be called.
//!
//! What a tenant keeps is named here; everything else of it is left out, so that a key that leads somewhere cannot be
//! overlooked. Secrets are named by files: none of the SOC's is read, and the finished configuration names ours alone.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Map, Value, json};

use crate::cli::practice::stage::Places;
use crate::cli::practice::{CLIENT_ID, write_file};
use crate::config::{Config, DatabaseAddress};
use crate::defender::Endpoint;
use crate::yaml;

/// What a tenant keeps: nothing that says where it is or how to get in.
const TENANT_KEEPS: [&str; 4] = ["name", "budget", "external_id", "fleet_size"];
/// What the file leaves out, with all that is under it. A drill has events of its own, and must take nobody's: what it read from a
/// broker would be lost to the daemon.
const LEFT_OUT: [&str; 2] = ["sources", "stop_file"];

/// The SOC's configuration, without what leads out of the drill.
#[derive(Clone, Debug)]
pub struct Rewritten {
    content: Map<String, Value>,
    /// Where the playbooks are.
    pub playbooks: PathBuf,
    /// The keys that were left out, for the operator to know.
    pub left_out: Vec<String>,
}

impl Rewritten {
    /// Reads a configuration and takes everything out that leads elsewhere. Reads no secret.
    ///
    /// # Errors
    /// The file cannot be read or is wrong, or holds nothing that could be rehearsed.
    pub fn read(path: &Path, scale: u32) -> anyhow::Result<Self> {
        let config = Config::load(path)?.config;
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration `{}`", path.display()))?;
        let document = yaml::parse(&path.display().to_string(), &text)
            .map_err(|found| anyhow::anyhow!("{}", found.render(false)))?;
        let content: Value = serde_json::from_str(&document.canonical())
            .context("the configuration has a value that cannot be carried over")?;
        let Value::Object(mut content) = content else {
            bail!("the configuration is no map");
        };
        let mut left_out = Vec::new();
        for key in LEFT_OUT {
            if content.remove(key).is_some() {
                left_out.push(key.to_owned());
            }
        }
        content.remove("database");
        let tenants = content.remove("tenants");
        let mut http = content.remove("http");
        if let Some(Value::Object(http)) = &mut http {
            http.remove("listen");
            // Nobody signs in at a drill, and it is on this machine alone.
            for key in ["access", "unix_socket"] {
                if http.remove(key).is_some() {
                    left_out.push(format!("http.{key}"));
                }
            }
            // It is spoken to on this machine alone.
            if http.remove("tls").is_some() {
                left_out.push("http.tls".to_owned());
            }
        }
        let mut rest = json!({ "http": http.unwrap_or_else(|| json!({})), "rest": content });
        drop_files(&mut rest, "", &mut left_out);
        let mut content = match rest["rest"].take() {
            Value::Object(content) => content,
            _ => Map::new(),
        };
        content.insert("http".to_owned(), rest["http"].take());
        // Its default depends on the address and the token, which are left out: what holds in earnest is said outright.
        content["http"]["trust"] = json!(config.http.trust.as_str());
        content.insert("time_scale".to_owned(), json!(scale));
        content.insert(
            "tenants".to_owned(),
            Value::Array(tenants_without(tenants, &mut left_out)),
        );
        content["playbooks"]["path"] = json!(config.playbooks);
        left_out.sort();
        left_out.dedup();
        Ok(Self {
            content,
            playbooks: config.playbooks,
            left_out,
        })
    }

    /// Writes it into a directory with the private addresses and credentials; gives its path once it is sure that it leads
    /// nowhere else.
    ///
    /// # Errors
    /// A file cannot be written, or the result is wrong or would lead out of the drill.
    pub fn write(&self, directory: &Path, places: &Places) -> anyhow::Result<PathBuf> {
        let mut content = self.content.clone();
        let secret = directory.join("client-secret");
        content.insert("database".to_owned(), json!({ "url": places.database }));
        content["http"]["listen"] = json!(places.listen);
        let tenants = content.get_mut("tenants").and_then(Value::as_array_mut);
        for (number, tenant) in (1..).zip(tenants.into_iter().flatten()) {
            tenant["base_url"] = json!(places.defender);
            tenant["authority"] = json!(places.defender);
            tenant["credential"] = json!({ "client_secret": {
                "directory_id": format!("00000000-0000-4000-8000-{:012}", 1000 + number),
                "client_id": CLIENT_ID,
                "secret_file": secret,
            } });
        }
        write_file(&secret, &places.secret)?;
        let path = directory.join("quell.yaml");
        let text = serde_json::to_string_pretty(&Value::Object(content))?;
        write_file(
            &path,
            &format!("# Written by `quell drill` for a private Postgres and a simulated Defender.\n{text}\n"),
        )?;
        self.prove(&path, directory, places)?;
        Ok(path)
    }

    /// What is written leads to this machine alone, and to no secret but ours.
    fn prove(&self, path: &Path, directory: &Path, places: &Places) -> anyhow::Result<()> {
        let config = Config::load(path)
            .context("the drill's configuration is wrong")?
            .config;
        for tenant in &config.tenants {
            let endpoint = Endpoint::resolve(&tenant.hosts())?;
            for address in [endpoint.api(), endpoint.token()] {
                ensure!(
                    within(address, &places.defender) && is_loopback(address),
                    "the drill would call `{address}`, which is not its simulated Defender"
                );
            }
        }
        ensure!(
            config.http.listen.ip().is_loopback(),
            "the drill would listen on `{}`, which other machines can reach",
            config.http.listen
        );
        ensure!(
            config.sources.is_empty(),
            "the drill would take the events of configured sources"
        );
        ensure!(
            matches!(&config.database.address, DatabaseAddress::Url(url) if *url == places.database),
            "the drill would use another database than its own"
        );
        for (key, file) in config.secret_files() {
            let own = file.path().starts_with(directory)
                || directory
                    .canonicalize()
                    .is_ok_and(|directory| file.path().starts_with(directory));
            ensure!(
                own,
                "the drill would read the secret of `{key}`, which is not its own"
            );
        }
        Ok(())
    }
}

/// Whether a URL lies at an origin.
fn within(url: &str, origin: &str) -> bool {
    let rest = url.strip_prefix(origin.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_loopback(url: &str) -> bool {
    let host = url.strip_prefix("http://").unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    host.parse::<std::net::SocketAddr>()
        .is_ok_and(|addr| addr.ip().is_loopback())
}

/// Takes out every key that names a file: what is in it is a secret, or belongs to the installation.
fn drop_files(value: &mut Value, path: &str, left_out: &mut Vec<String>) {
    let below = |key: &str| {
        let path = path.strip_prefix("rest").unwrap_or(path);
        let path = path.strip_prefix('.').unwrap_or(path);
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Object(map) => {
            let files: Vec<String> = map.keys().filter(|key| key.ends_with("_file")).cloned().collect();
            for key in files {
                left_out.push(below(&key));
                map.remove(&key);
            }
            for (key, value) in map.iter_mut() {
                let path = below(key);
                drop_files(value, &path, left_out);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| drop_files(item, path, left_out)),
        _ => {}
    }
}

fn tenants_without(tenants: Option<Value>, left_out: &mut Vec<String>) -> Vec<Value> {
    let Some(Value::Array(tenants)) = tenants else {
        return Vec::new();
    };
    let mut kept = Vec::new();
    for tenant in tenants {
        let Value::Object(mut tenant) = tenant else {
            continue;
        };
        tenant.retain(|key, _| {
            let keeps = TENANT_KEEPS.contains(&key.as_str());
            // These are replaced, which goes without saying.
            if !keeps && !["credential", "base_url", "authority"].contains(&key.as_str()) {
                left_out.push(format!("tenants[].{key}"));
            }
            keeps
        });
        kept.push(Value::Object(tenant));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = r#"
database: {url_file: /run/secrets/database-url}
http: {listen: "0.0.0.0:8740", token_file: /run/secrets/token, operator_token_file: /run/secrets/op}
playbooks: {path: books}
stop_file: /run/quell/stop
caps: [{devices: 7, per: 1h}]
approvals: {groups: {leads: [ann]}}
tenants:
  - name: prod
    cloud: commercial
    region: eu
    budget: {reserve: 12}
    credential:
      client_secret: {directory_id: contoso.com, client_id: real-app, secret_file: /run/secrets/client}
"#;

    fn places() -> Places {
        Places {
            database: "postgres://quell@localhost/quell?host=/tmp/x".to_owned(),
            listen: "127.0.0.1:8740".parse().expect("an address"),
            defender: "http://127.0.0.1:8741".to_owned(),
            secret: "s3cret".to_owned(),
        }
    }

    #[test]
    fn what_decides_is_kept_and_what_leads_elsewhere_is_not() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let real = directory.path().join("real.yaml");
        let text = REAL.replace("budget: {reserve: 12}", "fleet_size: 900");
        std::fs::write(&real, text).expect("it can be written");
        let rewritten = Rewritten::read(&real, 60).unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(
            rewritten.left_out,
            [
                "http.operator_token_file",
                "http.token_file",
                "stop_file",
                "tenants[].cloud",
                "tenants[].region"
            ]
        );
        let own = directory.path().join("drill");
        std::fs::create_dir(&own).expect("it can be made");
        let path = rewritten
            .write(&own, &places())
            .unwrap_or_else(|error| panic!("{error:#}"));
        let text = std::fs::read_to_string(&path).expect("it was written");
        for leads_out in ["/run/secrets", "contoso", "real-app", "0.0.0.0", "/run/quell"] {
            assert!(!text.contains(leads_out), "{leads_out}: {text}");
        }
        let config = Config::load(&path).expect("it was proven").config;
        assert_eq!((config.time_scale, config.caps[0].devices), (60, Some(7)));
        assert_eq!(config.tenants[0].name, "prod");
        assert_eq!(config.tenants[0].fleet_size, Some(900));
        assert!(config.playbooks.ends_with("books") && config.playbooks.is_absolute());
    }

    #[test]
    fn an_address_that_is_not_the_simulators_is_never_written_for_a_daemon() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let real = directory.path().join("real.yaml");
        let text = REAL.replace("budget: {reserve: 12}", "fleet_size: 900");
        std::fs::write(&real, text).expect("it can be written");
        let rewritten = Rewritten::read(&real, 60).expect("it is right");
        let elsewhere = Places {
            defender: "https://api.securitycenter.microsoft.com".to_owned(),
            ..places()
        };
        let own = directory.path().join("drill");
        std::fs::create_dir(&own).expect("it can be made");
        let refused = rewritten.write(&own, &elsewhere).expect_err("it leads elsewhere");
        assert!(format!("{refused:#}").contains("which is not its simulated Defender"));
        assert!(within("http://127.0.0.1:1/x", "http://127.0.0.1:1"));
        assert!(!within("http://127.0.0.1:12/x", "http://127.0.0.1:1"));
        assert!(!is_loopback("http://127.0.0.1.example.com:80/"));
    }

    #[test]
    fn no_source_and_no_certificate_of_the_real_one_comes_along() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let real = directory.path().join("real.yaml");
        let text: String = REAL
            .replace("budget: {reserve: 12}", "fleet_size: 900")
            .lines()
            .filter(|line| !line.starts_with("http:"))
            .map(|line| format!("{line}\n"))
            .collect();
        let more = "http: {tls: {certificate_file: c, key_file: k}, unix_socket: /run/q, access: {required: true}}\n\
                    sources: [{name: soar, webhook: {bearer: {token_files: [/run/secrets/soar]}}}]\n";
        std::fs::write(&real, more.to_owned() + &text).expect("it can be written");
        let rewritten = Rewritten::read(&real, 60).unwrap_or_else(|error| panic!("{error:#}"));
        for left in ["sources", "http.tls", "http.access", "http.unix_socket"] {
            assert!(
                rewritten.left_out.iter().any(|key| key == left),
                "{:?}",
                rewritten.left_out
            );
        }
        let own = tempfile::tempdir().expect("a temporary directory can be made");
        let path = rewritten.write(own.path(), &places()).expect("it can be written");
        let config = Config::load(&path).expect("it was proven").config;
        assert_eq!((config.sources.len(), config.http.tls), (0, None));
    }

    #[test]
    fn events_are_trusted_as_much_as_in_earnest() {
        use crate::domain::trust::Trust;
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let real = directory.path().join("real.yaml");
        let text = REAL.replace("budget: {reserve: 12}", "fleet_size: 900");
        let open = "http: {listen: \"0.0.0.0:8740\", operator_token_file: /run/secrets/op}";
        let rows = [
            ("", Trust::Act),
            (open, Trust::Observe),
            ("http: {listen: \"0.0.0.0:8740\", trust: ask}", Trust::Ask),
            (
                "http: {listen: \"0.0.0.0:8740\", token_file: /run/secrets/token}",
                Trust::Act,
            ),
        ];
        for (http, expected) in rows {
            let text: String = text
                .lines()
                .map(|line| if line.starts_with("http:") { http } else { line })
                .map(|line| format!("{line}\n"))
                .collect();
            std::fs::write(&real, text).expect("it can be written");
            let own = tempfile::tempdir().expect("a temporary directory can be made");
            let rewritten = Rewritten::read(&real, 60).unwrap_or_else(|error| panic!("{error:#}"));
            let path = rewritten.write(own.path(), &places()).expect("it can be written");
            let config = Config::load(&path).expect("it was proven").config;
            assert_eq!(config.http.trust, expected, "{http}");
        }
    }
}
