//! What is shipped to run Quell elsewhere fits this Quell: manifests parse, name each other, and configure what it reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use quell::config::Config;
use quell::domain::verdict::Mode;
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

/// The files below a folder of the manifests, with their text.
fn manifests(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the manifests are shipped") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            found.extend(manifests(&path));
        } else {
            let text = fs::read_to_string(&path).expect("a manifest can be read");
            found.push((path, text));
        }
    }
    found
}

#[test]
fn every_manifest_is_yaml_with_a_kind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/kubernetes");
    let found = manifests(&folder);
    assert!(found.len() > 15, "only {} files", found.len());
    for (path, text) in found {
        if path.ends_with("quell.yaml") || path.parent().is_some_and(|folder| folder.ends_with("playbooks")) {
            continue;
        }
        for text in text.split("\n---\n") {
            let document = yaml::parse(&path.display().to_string(), text)
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
fn every_configuration_of_the_cluster_is_valid_and_its_secrets_are_mounted() {
    let (_, deployment) = shipped("deploy/kubernetes/base/deployment.yaml");
    let (_, secret) = shipped("deploy/kubernetes/secrets.example.yaml");
    for name in ["quell-secrets", "quell-owner"] {
        assert!(
            deployment.contains(&format!("secretName: {name}")) && secret.contains(&format!("name: {name}"))
        );
    }
    assert!(
        deployment.contains("mountPath: /run/secrets/quell") && deployment.contains("mountPath: /playbooks")
    );
    for (folder, mode, secrets) in [
        ("base", Mode::Enforce, 3),
        ("overlays/production", Mode::Enforce, 3),
        ("overlays/observe-only", Mode::Observe, 3),
        ("overlays/azure-workload-identity", Mode::Enforce, 2),
    ] {
        let (path, text) = shipped(&format!("deploy/kubernetes/{folder}/quell.yaml"));
        let loaded = Config::parse("quell.yaml", &text, &path, None)
            .unwrap_or_else(|found| panic!("{folder}: {}", found.render(false)));
        assert!(
            loaded.warnings.is_empty(),
            "{folder}: {}",
            loaded.warnings.render(false)
        );
        assert_eq!(loaded.config.mode, mode, "{folder}");
        assert_eq!(loaded.config.playbooks, Path::new("/playbooks"), "{folder}");
        let files = loaded.config.secret_files();
        assert_eq!(files.len(), secrets, "{folder}: {files:?}");
        for (key, file) in files {
            let name = file
                .path()
                .strip_prefix("/run/secrets/quell")
                .expect("secrets are mounted there");
            assert!(
                secret.contains(&format!("\n  {}: ", name.display())),
                "{folder}: `{key}` names a secret that nobody makes"
            );
        }
    }
}

#[test]
fn the_overlays_playbooks_are_valid_and_begin_by_observing() {
    let folder = "deploy/kubernetes/overlays/production/playbooks";
    let answer = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["check", "--deny-warnings", folder])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program can be run");
    assert!(
        answer.status.success(),
        "{}",
        String::from_utf8_lossy(&answer.stderr)
    );
    let (_, kustomization) = shipped("deploy/kubernetes/overlays/production/kustomization.yaml");
    for (path, text) in manifests(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
        assert!(text.contains("\nmode: observe\n"), "{}", path.display());
        let name = path.file_name().expect("a file has a name").to_string_lossy();
        assert!(
            kustomization.contains(&format!("- playbooks/{name}\n")),
            "{name} is not mounted"
        );
    }
}

#[test]
fn the_monitor_and_the_identity_fit_the_pods() {
    let (_, monitor) = shipped("deploy/kubernetes/components/pod-monitor/podmonitor.yaml");
    let (_, base) = shipped("deploy/kubernetes/base/kustomization.yaml");
    let (_, deployment) = shipped("deploy/kubernetes/base/deployment.yaml");
    assert!(deployment.contains("- name: http\n") && monitor.contains("- port: http\n"));
    let label = "app.kubernetes.io/name: quell\n";
    assert!(base.contains(label) && monitor.contains(label));
    let (_, identity) = shipped("deploy/kubernetes/components/azure-workload-identity/kustomization.yaml");
    let (_, config) = shipped("deploy/kubernetes/overlays/azure-workload-identity/quell.yaml");
    let after = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(key));
        line.map(|value| value.trim().to_owned())
    };
    let annotated = after(&identity, "azure.workload.identity/client-id:");
    assert!(annotated.is_some());
    assert_eq!(annotated, after(&config, "client_id:"));
}

#[test]
fn the_units_folder_hands_over_every_secret_that_a_shipped_configuration_names() {
    let lines = unit("LoadCredential");
    let [line] = &lines[..] else {
        panic!("each line more is a file without which nothing starts: {lines:?}")
    };
    let (prefix, folder) = line.split_once(':').expect("it names a place");
    assert_eq!(folder, "/etc/quell/credentials");
    for name in ["config/quell.example.yaml", "deploy/debian/quell.yaml"] {
        let (path, text) = shipped(name);
        let parse = |credentials| {
            let loaded = Config::parse("quell.yaml", &text, &path, credentials);
            loaded
                .unwrap_or_else(|found| panic!("{name}: {}", found.render(false)))
                .config
        };
        let named = parse(None);
        assert!(named.secret_files().len() >= 2, "{name}");
        // As systemd does it: each file under its name, with that of the line before it.
        let handed = tempfile::tempdir().expect("a temporary folder can be made");
        for (_, file) in named.secret_files() {
            let secret = file.path().file_name().expect("it is a file").display();
            fs::write(handed.path().join(format!("{prefix}_{secret}")), "a secret")
                .expect("the folder is ours");
        }
        for (key, file) in parse(Some(handed.path().to_owned())).secret_files() {
            assert!(
                file.path().starts_with(handed.path()) && file.path().exists(),
                "{name}: the secret of `{key}` is not found: {}",
                file.path().display()
            );
        }
    }
}

#[test]
fn what_does_not_come_up_is_started_anew_for_as_long_as_it_takes() {
    // Postgres may be away for a night, and nobody is there to start Quell again: the limit of starts is off.
    assert_eq!(unit("StartLimitIntervalSec"), ["0"]);
    assert_eq!(unit("StartLimitBurst"), [""; 0]);
    assert_eq!(unit("Restart"), ["always"]);
    let rests = unit("RestartSec");
    let [rest] = &rests[..] else {
        panic!("one rest: {rests:?}")
    };
    let seconds = rest
        .strip_suffix('s')
        .and_then(|digits| digits.parse::<u64>().ok());
    assert!(
        seconds.is_some_and(|seconds| (2..=30).contains(&seconds)),
        "it neither hammers nor lets an intruder run: {rest}"
    );
}

#[test]
fn what_not_every_cluster_has_is_in_components_that_no_overlay_asks_for_and_all_are_checked() {
    let kubernetes = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/kubernetes");
    for (path, text) in manifests(&kubernetes.join("overlays")) {
        let asks = text
            .lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains("components/pod-monitor"));
        assert!(
            !asks,
            "{}: not every cluster has the Prometheus operator",
            path.display()
        );
    }
    let (_, everything) = shipped("tests/kubernetes/everything/kustomization.yaml");
    let components = fs::read_dir(kubernetes.join("components")).expect("the components are shipped");
    let names: Vec<String> = components
        .map(|entry| entry.expect("the folder can be listed").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        assert!(
            everything.contains(&format!("/components/{name}\n")),
            "scripts/check-manifests does not render the component {name}"
        );
    }
}

#[test]
fn the_way_to_a_managed_identity_is_that_of_our_own_pods_alone() {
    let (_, policy) = shipped("deploy/kubernetes/components/managed-identity/networkpolicy.yaml");
    let (_, base) = shipped("deploy/kubernetes/base/networkpolicy.yaml");
    let selects = "    matchLabels:\n      app.kubernetes.io/name: quell\n";
    assert!(base.contains(selects) && policy.contains(selects));
    let (_, asks) = shipped("src/defender/credential/managed.rs");
    assert!(asks.contains("\"http://169.254.169.254/"));
    assert!(policy.contains("cidr: 169.254.169.254/32\n") && policy.contains("port: 80}\n"));
}

#[test]
fn a_shell_on_an_installed_machine_finds_what_the_unit_is_handed_and_the_stop_file_is_looked_for() {
    let base = tempfile::tempdir().expect("a temporary directory can be made");
    let kept = base.path().join("credentials");
    assert_eq!(unit("LoadCredential"), ["quell:/etc/quell/credentials"]);
    let (_, text) = shipped("deploy/debian/quell.yaml");
    let parsed = || {
        Config::parse("quell.yaml", &text, base.path(), None)
            .unwrap_or_else(|found| panic!("{}", found.render(false)))
    };
    fs::create_dir(&kept).expect("the directory is ours");
    for (_, file) in parsed().config.secret_files() {
        let name = file.path().file_name().expect("a credential has a name");
        fs::write(kept.join(name), "a secret of this test\n").expect("the directory is ours");
    }
    let loaded = parsed();
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings.render(false));
    let files = loaded.config.secret_files();
    assert_eq!(files.len(), 2, "{files:?}");
    for (key, file) in files {
        assert!(file.read().is_ok(), "`{key}` is not found: {file:?}");
    }
    let stop_file = loaded.config.stop_file.expect("the package ships one");
    assert_eq!(stop_file, Path::new("/etc/quell/stop"));
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
