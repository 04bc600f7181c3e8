//! What is shipped to run Quell elsewhere fits this Quell: manifests parse, name each other, and configure what it reads.

use std::fs;
use std::path::{Path, PathBuf};

use quell::config::Config;
use quell::yaml;

#[path = "deploy/observe.rs"]
mod observe;

fn shipped(path: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (path, text)
}

/// The value of a key in a systemd unit, each time it is given.
fn unit(key: &str) -> Vec<String> {
    let (_, text) = shipped("deploy/systemd/quell.service");
    let prefix = format!("{key}=");
    text.lines()
        .filter_map(|line| line.strip_prefix(&prefix))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_manifest_is_yaml_with_a_kind() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["deploy/kubernetes", "deploy/kubernetes/base"] {
        let folder = root.join(folder);
        for entry in fs::read_dir(&folder).expect("the manifests are shipped") {
            let path = entry.expect("the folder can be listed").path();
            if path.extension().is_none_or(|extension| extension != "yaml") || path.ends_with("quell.yaml") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a manifest can be read");
            let document = yaml::parse(&path.display().to_string(), &text)
                .unwrap_or_else(|found| panic!("{}", found.render(false)));
            let mut found = yaml::Diagnostics::default();
            let map = document.root().map(&mut found).expect("a manifest is a map");
            for key in ["apiVersion", "kind"] {
                assert!(map.get(key).is_some(), "{} has no `{key}`", path.display());
            }
        }
    }
}

#[test]
fn the_clusters_configuration_is_valid_and_its_secrets_are_mounted() {
    let (path, text) = shipped("deploy/kubernetes/base/quell.yaml");
    let loaded = Config::parse("quell.yaml", &text, &path, None)
        .unwrap_or_else(|found| panic!("{}", found.render(false)));
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings.render(false));
    let (_, deployment) = shipped("deploy/kubernetes/base/deployment.yaml");
    let (_, secret) = shipped("deploy/kubernetes/secret.example.yaml");
    assert!(deployment.contains("secretName: quell-secrets") && secret.contains("name: quell-secrets"));
    let files = loaded.config.secret_files();
    assert_eq!(files.len(), 3, "{files:?}");
    for (key, file) in files {
        let name = file
            .path()
            .strip_prefix("/run/secrets/quell")
            .expect("secrets are mounted there");
        assert!(
            secret.contains(&format!("\n  {}: ", name.display())),
            "`{key}` names a secret that nobody makes"
        );
    }
    assert!(
        deployment.contains("mountPath: /run/secrets/quell") && deployment.contains("mountPath: /playbooks")
    );
    assert_eq!(loaded.config.playbooks, Path::new("/playbooks"));
}

#[test]
fn the_unit_hands_over_every_secret_that_the_example_names() {
    let (path, text) = shipped("config/quell.example.yaml");
    let credentials = PathBuf::from("/run/credentials/quell.service");
    let loaded = Config::parse("quell.yaml", &text, &path, Some(credentials.clone()))
        .unwrap_or_else(|found| panic!("{}", found.render(false)));
    let handed: Vec<PathBuf> = unit("LoadCredential")
        .iter()
        .filter_map(|line| line.split_once(':').map(|(name, _)| credentials.join(name)))
        .collect();
    for (key, file) in loaded.config.secret_files() {
        assert!(
            handed.contains(&file.path().to_path_buf()),
            "LoadCredential= is missing for `{key}`"
        );
    }
}

#[test]
fn everybody_who_stops_us_waits_longer_than_we_need() {
    let (_, deployment) = shipped("deploy/kubernetes/base/deployment.yaml");
    let grace = deployment
        .lines()
        .find_map(|line| line.trim().strip_prefix("terminationGracePeriodSeconds: "))
        .and_then(|seconds| seconds.parse::<u64>().ok())
        .expect("the grace period is given");
    let stop = unit("TimeoutStopSec")[0]
        .trim_end_matches('s')
        .parse::<u64>()
        .expect("it is given in seconds");
    let ours = quell::lifecycle::StopLimits::default()
        .process
        .expect("the process has a limit")
        .as_secs();
    assert!(
        ours <= 35 && grace > 35 && stop > 35,
        "ours {ours}, kubernetes {grace}, systemd {stop}"
    );
}
