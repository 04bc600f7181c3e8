//! What the demo writes down for its daemon: the configuration, the client's secret, the shipped playbooks and the
//! storm's own. They are built in, so the demo needs nothing but the program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::demo::alerts::{CATEGORY, protected_device};
use crate::cli::demo::plan::Plan;
use crate::cli::practice::stage::Places;
use crate::cli::practice::{CLIENT_ID, write_file};

/// The playbook of the storm.
pub const STORM_PLAYBOOK: &str = "demo-storm";
/// The tenant's name in the demo's configuration.
pub const TENANT: &str = "demo";

/// The playbooks as shipped.
const SHIPPED: [(&str, &str); 6] = [
    (
        "hands-on-keyboard-isolate.yaml",
        include_str!("../../../playbooks/hands-on-keyboard-isolate.yaml"),
    ),
    (
        "hands-on-keyboard-restrict.yaml",
        include_str!("../../../playbooks/hands-on-keyboard-restrict.yaml"),
    ),
    (
        "low-and-slow-observe.yaml",
        include_str!("../../../playbooks/low-and-slow-observe.yaml"),
    ),
    (
        "malware-scan-and-release.yaml",
        include_str!("../../../playbooks/malware-scan-and-release.yaml"),
    ),
    (
        "ransomware-restrict.yaml",
        include_str!("../../../playbooks/ransomware-restrict.yaml"),
    ),
    (
        "release-on-false-positive.yaml",
        include_str!("../../../playbooks/release-on-false-positive.yaml"),
    ),
];

/// Writes everything into `directory`; gives the configuration's path.
///
/// # Errors
/// A file cannot be written.
pub fn write(directory: &Path, plan: &Plan, places: &Places) -> anyhow::Result<PathBuf> {
    let playbooks = directory.join("playbooks");
    fs::create_dir(&playbooks).with_context(|| format!("cannot make `{}`", playbooks.display()))?;
    for (name, text) in SHIPPED {
        write_file(&playbooks.join(name), text)?;
    }
    write_file(
        &playbooks.join(format!("{STORM_PLAYBOOK}.yaml")),
        &storm_playbook(plan),
    )?;
    write_file(&directory.join("client-secret"), &places.secret)?;
    let path = directory.join("quell.yaml");
    write_file(&path, &config(directory, plan, places))?;
    Ok(path)
}

fn config(directory: &Path, plan: &Plan, places: &Places) -> String {
    let Places {
        database,
        listen,
        defender,
        ..
    } = places;
    let secret = directory.join("client-secret");
    format!(
        "# Written by `quell demo` for a private Postgres and a simulated Defender. Gone when the demo ends.\n\
         database: {{url: \"{database}\"}}\n\
         http: {{listen: \"{listen}\"}}\n\
         log: {{format: json}}\n\
         time_scale: {scale}\n\
         playbooks: {{path: playbooks}}\n\
         # The storm has far more devices than an installation would let happen by itself.\n\
         caps: [{{devices: 100000, per: 1h}}]\n\
         surge: {{per_source: 0, per_title: 0}}\n\
         outstanding: 100000\n\
         # One device is protected by its id. Lists of tags or names would have the facts of each of the storm's devices\n\
         # read first, at 1,500 reads an hour.\n\
         never: {{ids: [{protected}], tags: []}}\n\
         tenants:\n  \
           - name: {TENANT}\n    \
             base_url: {defender}\n    \
             authority: {defender}\n    \
             credential:\n      \
               client_secret:\n        \
                 directory_id: 00000000-0000-4000-8000-000000000001\n        \
                 client_id: {CLIENT_ID}\n        \
                 secret_file: {secret}\n",
        scale = plan.scale,
        protected = protected_device(),
        secret = secret.display(),
    )
}

fn storm_playbook(plan: &Plan) -> String {
    let minutes = plan.release_after().as_secs() / 60;
    format!(
        "# The storm of `quell demo`: every device at once, without limits, and back after a while. For practice only.\n\
         id: {STORM_PLAYBOOK}\n\
         title: Practice storm - restrict app execution\n\
         owner: demo@example.com\n\
         mode: enforce\n\
         priority: normal\n\
         \n\
         when:\n  \
           alert.event: new\n  \
           alert.category: {CATEGORY}\n\
         if_unknown: ask\n\
         \n\
         then:\n  \
           - restrict_app_execution:\n      \
               comment: \"Practice alert {{alert.id}}: {{alert.title}}\"\n      \
               release:\n        \
                 after: {minutes}m\n"
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use super::*;
    use crate::app::reload::load::{Around, load};
    use crate::config::Config;

    #[test]
    fn the_daemon_takes_what_is_written_and_the_storm_is_released_within_the_demo() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let plan = Plan {
            devices: 200,
            scale: 60,
        };
        let places = Places {
            database: "postgres://quell@localhost/quell?host=/tmp/x".to_owned(),
            listen: "127.0.0.1:8740".parse().expect("an address"),
            defender: "http://127.0.0.1:8741".to_owned(),
            secret: "s3cret".to_owned(),
        };
        let path = write(directory.path(), &plan, &places).expect("it can be written");
        let loaded = Config::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let config = loaded.config;
        assert_eq!((config.time_scale, config.tenants.len()), (60, 1));
        assert_eq!(config.scaled(plan.release_after()), Duration::from_secs(30));
        let loaded = load(&config.playbooks, &Around::of(&config), None).1;
        let set = loaded.unwrap_or_else(|error| panic!("{}", error.in_full())).set;
        let mut ids: Vec<String> = set
            .playbooks()
            .iter()
            .map(|playbook| playbook.id.to_string())
            .collect();
        ids.sort();
        assert_eq!(ids.len(), SHIPPED.len() + 1);
        assert!(ids.contains(&STORM_PLAYBOOK.to_owned()), "{ids:?}");
        let secret = directory.path().join("client-secret");
        let mode = fs::metadata(secret)
            .expect("the secret is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn every_shipped_playbook_is_built_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("the playbooks are part of the repository")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.ends_with(".yaml"))
            .collect();
        names.sort();
        assert_eq!(names, SHIPPED.map(|(name, _)| name.to_owned()));
    }
}
