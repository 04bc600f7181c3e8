//! `quell doctor` as a person runs it: against a simulated Defender, a real Postgres, and with each of them away.

use std::process::Command;

use quell::simulator::{Options, Simulator};
use serde_json::Value;
use sqlx::Executor as _;

use crate::support::alert::storm_playbook;
use crate::support::{Setup, TestDatabase};

/// A configuration without a daemon, with what it leads to.
struct Bench {
    simulator: Simulator,
    directory: tempfile::TempDir,
    database: TestDatabase,
}

const APP: &str = "99999999-2222-3333-4444-555555555555";

impl Bench {
    async fn new(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::default();
        change(&mut options);
        let bench = Self {
            simulator: Simulator::start(options).await.expect("a loopback port is free"),
            directory: tempfile::tempdir().expect("a directory can be made"),
            database: TestDatabase::new().await,
        };
        std::fs::create_dir(bench.directory.path().join("playbooks")).expect("the directory is ours");
        bench.write("playbooks/storm.yaml", &storm_playbook());
        bench.write("secret", "wrong or right");
        bench.configure(&bench.database.url, &bench.simulator.base_url());
        bench
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory.path().join(name), text).expect("the directory is ours");
    }

    fn configure(&self, database: &str, defender: &str) {
        self.write(
            "quell.yaml",
            &format!(
                "database: {{url: \"{database}\"}}\nhttp: {{listen: \"127.0.0.1:0\"}}\nplaybooks: {{path: playbooks}}\ntenants:\n  - name: lab\n    \
                 base_url: {defender}\n    authority: {defender}\n    credential:\n      client_secret: {{directory_id: \
                 11111111-2222-3333-4444-555555555555, client_id: {APP}, secret_file: ./secret}}\n"
            ),
        );
    }

    /// The exit code and the findings.
    async fn doctor(&self, more: &[&str]) -> (Option<i32>, Vec<Value>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
        command
            .args(["doctor", "--json"])
            .args(more)
            .current_dir(self.directory.path());
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .expect("it does not panic")
            .expect("cargo has built the binary");
        let findings = serde_json::from_slice(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (
            output.status.code(),
            findings.unwrap_or_else(|error| panic!("{error}: {said}")),
        )
    }
}

/// One finding as `state found -> remedy`.
fn of(findings: &[Value], check: &str) -> String {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let finding = findings.iter().find(|finding| finding["check"] == check);
    let finding = finding.unwrap_or_else(|| panic!("`{check}` is not in {findings:#?}"));
    format!(
        "{} {} -> {}",
        text(finding, "state"),
        text(finding, "found"),
        text(finding, "remedy")
    )
}

#[tokio::test]
async fn beside_a_daemon_that_works_nothing_is_wrong() {
    let world = Setup::new(100, &[&storm_playbook()]).start().await;
    let (code, text) = world.command(&["doctor"]).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.starts_with("quell doctor: quell.yaml, tenant test\n\n"),
        "{text}"
    );
    for expected in [
        "look    configuration ",
        "-       credential.expiry ",
        "-> Entra admin center, App registrations, application 99999999-2222-3333-4444-555555555555, Certificates & secrets, column Expires",
        "ok      postgres.reach ",
        "ok      postgres.clock ",
        "ok      postgres.migrations ",
        "ok      postgres.identity ",
        "ok      daemon.lease ",
        "nothing is stopped\n",
        "-       daemon.listener ",
        "there is one, by client secret, for audience https://api.securitycenter.microsoft.com, directory 11111111-2222-3333-4444-555555555555",
        "`Machine.RestrictExecution` is granted: to restrict app execution, to release and to cancel\n",
        "`Machine.Read.All` is granted: to read devices and to follow machine actions to their end\n",
        "ok      defender.read ",
        "the clock of Defender and this machine's agree\n",
        "`: 1 playbook: 1 enforce; with 1 warning\n",
        "version 1, activated ",
        ": these very files\n",
        "calls: 100 of 100 left in 600 ms, 1500 of 1500 left in 36 s\n",
        "; nothing is wrong\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    let reads =
        "SELECT count(*) FROM quell.attempts WHERE kind = 'get' AND scope = 'reads' AND outcome = 'read'";
    assert_eq!(world.number(reads).await, 1, "its read is in the ledger");
    let (code, text) = world.command(&["doctor", "--offline"]).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("`--offline`: neither Entra nor Defender was asked\n"),
        "{text}"
    );
    assert_eq!(world.number(reads).await, 1);
    world.finish().await;
}

#[tokio::test]
async fn a_wrong_secret_is_told_with_what_entra_means_by_it() {
    let bench = Bench::new(|options| options.credentials = Some((APP.to_owned(), "right".to_owned()))).await;
    let (code, findings) = bench.doctor(&[]).await;
    assert_eq!(code, Some(1));
    let token = of(&findings, "token");
    assert!(
        token.starts_with("wrong ") && token.contains("-> the secret is not the application's"),
        "{token}"
    );
    assert!(!token.contains("wrong or right"), "{token}");
    assert!(of(&findings, "defender.read").starts_with("unknown "));
    assert!(of(&findings, "postgres.migrations").starts_with("ok "));
    assert!(of(&findings, "daemon").starts_with("not_asked no daemon has run with tenant `lab` yet"));
    assert_eq!(bench.simulator.report().read_calls, 0);
}

#[tokio::test]
async fn a_token_of_senders_that_could_be_guessed_is_told() {
    let bench = Bench::new(|_| {}).await;
    let path = bench.directory.path().join("quell.yaml");
    let text = std::fs::read_to_string(&path).expect("it is there");
    let text = text.replace("http: {", "http: {token_file: ./token, ");
    bench.write("quell.yaml", &text);
    for (token, is_good) in [("fifteen letters", false), ("sixteen letters!", true)] {
        bench.write("token", token);
        let (_, findings) = bench.doctor(&["--offline"]).await;
        let told = of(&findings, "secret.http.token_file");
        assert_eq!(told.starts_with("wrong "), !is_good, "{told}");
        assert_eq!(told.contains("could be guessed"), !is_good, "{told}");
        assert!(!told.contains("letters"), "{told}");
    }
}

#[tokio::test]
async fn a_missing_role_is_named_before_any_call_needs_it() {
    let bench = Bench::new(|options| options.roles = vec!["Machine.Read.All".to_owned()]).await;
    let (code, findings) = bench.doctor(&[]).await;
    assert_eq!(code, Some(1));
    let missing = of(&findings, "permission.Machine.RestrictExecution");
    assert!(
        missing.starts_with("wrong `Machine.RestrictExecution` is missing: needed to restrict app execution"),
        "{missing}"
    );
    assert!(
        missing.contains("add Application permission `Machine.RestrictExecution`"),
        "{missing}"
    );
    // Before the first daemon too, the one read is made, and is in the ledger.
    assert!(of(&findings, "defender.read").starts_with("ok 200 answered in "));
    assert_eq!(bench.simulator.report().read_calls, 1);
    for finding in &findings {
        let keys = finding.as_object().expect("an object").keys();
        let keys: std::collections::BTreeSet<&str> = keys.map(String::as_str).collect();
        assert_eq!(
            keys.into_iter().collect::<Vec<_>>(),
            ["check", "found", "remedy", "state"]
        );
    }
}

#[tokio::test]
async fn while_postgres_or_defender_is_away_the_rest_is_looked_at() {
    let bench = Bench::new(|_| {}).await;
    bench.configure("postgres://q@127.0.0.1:1/q", &bench.simulator.base_url());
    let (code, findings) = bench.doctor(&[]).await;
    assert_eq!(code, Some(1));
    let reach = of(&findings, "postgres.reach");
    assert!(
        reach.starts_with("wrong postgres at `127.0.0.1:1/q` cannot be reached"),
        "{reach}"
    );
    assert!(of(&findings, "token").starts_with("ok "));
    assert!(of(&findings, "permission.Machine.Read.All").starts_with("ok "));
    assert!(of(&findings, "defender.read").starts_with("unknown no read without a slot in the ledger"));
    assert!(of(&findings, "playbooks.files").contains(": 1 playbook: 1 enforce"));
    assert_eq!(bench.simulator.report().read_calls, 0);
    bench.configure(&bench.database.url, "http://127.0.0.1:1");
    let (code, findings) = bench.doctor(&[]).await;
    assert_eq!(code, Some(1));
    let token = of(&findings, "token");
    assert!(
        token.starts_with("wrong the token endpoint is unavailable"),
        "{token}"
    );
    assert!(
        token.contains("-> see that this machine reaches http://127.0.0.1:1/"),
        "{token}"
    );
    assert!(of(&findings, "postgres.migrations").starts_with("ok "));
}

#[tokio::test]
async fn migrations_that_are_due_say_what_to_run() {
    let bench = Bench::new(|_| {}).await;
    let mut connection = bench.database.connect().await;
    let last = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    connection.execute(last).await.expect("the table is there");
    let (code, findings) = bench.doctor(&[]).await;
    assert_eq!(code, Some(1));
    let due = of(&findings, "postgres.migrations");
    assert!(
        due.starts_with("wrong 1 of this version are not applied"),
        "{due}"
    );
    assert!(due.contains("quell db migrate"), "{due}");
    assert!(of(&findings, "postgres.reach").starts_with("ok "));
    assert!(of(&findings, "token").starts_with("ok "));
    assert!(of(&findings, "defender.read").starts_with("unknown "));
    assert_eq!(
        bench.simulator.report().read_calls,
        0,
        "nothing is read without the ledger"
    );
}
