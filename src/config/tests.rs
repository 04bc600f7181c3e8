//! What a configuration may say, what it says when it is silent, and how it is told what is wrong.

use super::*;

mod access;
mod credentials;
mod kafka;
mod receivers;
mod shapes;
mod sources;

const MINIMAL: &str = "
database: {url_file: database-url}
playbooks: {path: ../playbooks}
tenants:
  - name: contoso
    credential:
      client_secret:
        directory_id: 11111111-2222-3333-4444-555555555555
        client_id: 66666666-7777-8888-9999-000000000000
        secret_file: contoso-client-secret
";

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/quell.example.yaml");
    std::fs::read_to_string(path).expect("the example is shipped")
}

fn load(text: &str) -> Result<Loaded, Diagnostics> {
    Config::parse("quell.yaml", text, Path::new("/etc/quell"), None)
}

fn loaded(text: &str) -> Config {
    load(text)
        .unwrap_or_else(|found| panic!("{}", found.render(false)))
        .config
}

/// The codes and lines of everything found in `MINIMAL` with `more` at its end.
fn found(more: &str) -> Vec<(&'static str, usize, String)> {
    let found = match load(&format!("{MINIMAL}{more}")) {
        Ok(loaded) => loaded.warnings,
        Err(found) => found,
    };
    let first = MINIMAL.lines().count();
    found
        .iter()
        .map(|each| (each.code.id(), each.line - first, each.message.clone()))
        .collect()
}

#[track_caller]
fn check(more: &str, expected: &[(&str, usize, &str)]) {
    let found = found(more);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((code, line, message), (wanted, at, part)) in found.iter().zip(expected) {
        assert_eq!((*code, *line), (*wanted, *at), "{found:#?}");
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn the_example_says_what_holds_without_it() {
    let example = load(&example()).unwrap_or_else(|found| panic!("{}", found.render(false)));
    assert!(example.warnings.is_empty(), "{}", example.warnings.render(false));
    assert_eq!(example.config, loaded(MINIMAL));
}

#[test]
fn the_example_names_every_key() {
    let text = example();
    let document = yaml::parse("quell.example.yaml", &text).expect("the example is YAML");
    let places = Places::default();
    let mut reading = Reading::default();
    Config::read(&document, &places, &mut reading);
    let unnamed: Vec<&String> = reading
        .absent
        .iter()
        .filter(|path| {
            let key = path.rsplit('.').next().unwrap_or(path);
            !text
                .lines()
                .map(str::trim)
                .any(|line| line == format!("# {key}:") || line.starts_with(&format!("# {key}: ")))
        })
        .collect();
    assert!(
        unnamed.is_empty(),
        "name them in config/quell.example.yaml, behind a # if unset: {unnamed:?}"
    );
    assert!(
        reading.absent.contains(&"http.token_file".to_owned()),
        "nothing is noticed at all"
    );
}

#[test]
fn the_documented_limits_are_the_default() {
    let config = loaded(MINIMAL);
    let seconds = |window: &Window| (window.limit, window.per.as_secs());
    assert_eq!(
        config.tenants[0]
            .budget
            .windows
            .iter()
            .map(seconds)
            .collect::<Vec<_>>(),
        [(100, 60), (1_500, 3_600)]
    );
    assert_eq!(config.call_timing().quiescence(), Duration::from_secs(120));
    assert_eq!(config.playbooks, Path::new("/etc/quell/../playbooks"));
    let secret = config.tenants[0].credential.secret_file();
    assert_eq!(
        secret.map(|(key, file)| (key, file.path())),
        Some((
            "client_secret.secret_file",
            Path::new("/etc/quell/contoso-client-secret")
        ))
    );
    assert_eq!(config.secret_files().len(), 2);
    let id = "0123456789abcdef0123456789abcdef01234567";
    assert!(config.device_id_rule().accept(id).is_ok());
    assert!(config.device_id_rule().accept(&id.to_uppercase()).is_err());
}

#[test]
fn every_error_comes_in_one_run_with_its_line_and_a_suggestion() {
    check(
        "cal: {send_deadline: 5s}\nhttp:\n  listen: nowhere\n  max_body_byte: 5\nfreshness: 1 hour\nmode: enforced\n",
        &[
            ("E310", 1, "unknown key `cal`"),
            ("E503", 3, "`http.listen`"),
            ("E310", 4, "unknown key `max_body_byte` in `http`"),
            ("E314", 5, "`freshness`"),
            ("E313", 6, "`mode`"),
        ],
    );
    let Err(diagnostics) = load(&format!("{MINIMAL}cal: 1\n")) else {
        panic!("`cal` is no key")
    };
    let shown = diagnostics.render(false);
    assert!(
        shown.contains("did you mean `call`?") && shown.contains("quell.yaml:"),
        "{shown}"
    );
}

#[test]
fn what_must_be_given_is_asked_for() {
    let Err(diagnostics) = load("log: {format: json}\n") else {
        panic!("three keys are missing")
    };
    let messages: Vec<&str> = diagnostics.iter().map(|each| each.message.as_str()).collect();
    for key in ["`database`", "`playbooks`", "`tenants`"] {
        assert!(
            messages.iter().any(|message| message.contains(key)),
            "{messages:?}"
        );
    }
    assert_eq!(messages.len(), 3, "{messages:?}");
}

#[test]
fn a_secret_written_out_is_refused_and_not_shown() {
    let check = |text: &str| {
        let Err(found) = load(text) else {
            panic!("a secret was accepted: {text}")
        };
        let shown = format!("{} {}", found.render(false), found.json_lines());
        assert!(found.iter().any(|each| each.code.id() == "E501"), "{shown}");
        assert!(shown.contains("_file"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    };
    let tenant = |credential: &str| {
        format!(
            "database: {{url_file: u}}\nplaybooks: {{path: p}}\ntenants:\n  - name: a\n    credential: {credential}\n"
        )
    };
    check(&tenant("{client_secret: hunter2}"));
    check(&tenant(
        "{client_secret: {directory_id: d, client_id: c, secret: hunter2}}",
    ));
    check(&tenant(
        "{client_secret: {directory_id: d, client_id: c, client_secret: 'hunter2', secret_file: s}}",
    ));
    check(&tenant("hunter2"));
    check(&format!("{MINIMAL}http: {{token: hunter2, listen: 1}}\n"));
    check(&MINIMAL.replace(
        "{url_file: database-url}",
        "{url: \"postgres://quell:hunter2@db/quell\"}",
    ));
}

#[test]
fn a_file_that_is_no_yaml_does_not_show_its_secrets_either() {
    let Err(found) = load("client_secret: hunter2: x\ntoken: 'hunter2\n") else {
        panic!("this is no YAML")
    };
    let shown = format!("{} {}", found.render(false), found.json_lines());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn the_database_is_named_once() {
    for (database, part) in [
        ("{}", "needs `url` or `url_file`"),
        ("{url: postgres://h/d, url_file: f}", "give one"),
    ] {
        let Err(found) = load(&MINIMAL.replace("{url_file: database-url}", database)) else {
            panic!("{database} was accepted")
        };
        assert!(
            found
                .iter()
                .any(|each| each.code.id() == "E502" && each.message.contains(part)),
            "{found:?}"
        );
    }
    let config = loaded(&MINIMAL.replace(
        "{url_file: database-url}",
        "{url: postgres:///quell?host=/run/pg}",
    ));
    assert_eq!(
        config.database.address,
        DatabaseAddress::Url("postgres:///quell?host=/run/pg".to_owned())
    );
}

#[test]
fn time_scale_divides_durations_but_not_below_what_a_call_needs_nor_the_lease() {
    let config = loaded(&format!("{MINIMAL}time_scale: 60\n"));
    assert_eq!(config.scaled(Duration::from_secs(3_600)), Duration::from_secs(60));
    let timing = config.call_timing();
    assert_eq!(
        (timing.send_deadline, timing.total_timeout),
        (SHORTEST_SEND_DEADLINE, SHORTEST_TOTAL_TIMEOUT)
    );
    assert_eq!(timing.server_tail, Duration::from_secs(1));
    assert_eq!(
        config.scaled_windows(&config.tenants[0].budget.windows)[1].per,
        Duration::from_secs(60)
    );
    assert_eq!(config.rules().freshness, Duration::from_secs(60));
    assert_eq!(config.lease, Duration::from_secs(15));
    check("time_scale: 60\n", &[("W451", 1, "60 times as fast")]);
    check("time_scale: 0\n", &[("E315", 1, "`time_scale`")]);
}

#[test]
fn an_open_listener_without_a_token_is_warned_of() {
    check("http: {listen: 0.0.0.0:8740}\n", &[("E473", 1, "other machines")]);
    let open = |more: &str| format!("http: {{listen: 0.0.0.0:8740, {more}}}\n");
    for asked in [
        "trust: observe",
        "operator_token_file: t",
        "access: {required: true}",
    ] {
        check(&open(asked), &[("W452", 1, "other machines")]);
    }
    check("http: {listen: 0.0.0.0:8740, token_file: t}\n", &[]);
}

#[test]
fn windows_that_make_no_sense_are_refused() {
    let budget = |windows: &str| {
        let text = format!("{}    budget: {{windows: {windows}}}\n", MINIMAL);
        match load(&text) {
            Ok(loaded) => Ok(loaded.config.tenants[0].budget.windows.clone()),
            Err(found) => Err(found.iter().map(|each| each.code.id()).collect::<Vec<_>>()),
        }
    };
    assert_eq!(
        budget("[{limit: 9, per: 1h}, {limit: 5, per: 60s}]").map(|windows| windows[0].limit),
        Ok(5)
    );
    assert_eq!(budget("[]"), Err(vec!["E506"]));
    assert_eq!(
        budget("[{limit: 5, per: 60s}, {limit: 5, per: 1h}]"),
        Err(vec!["E506"])
    );
    assert_eq!(
        budget("[{limit: 5, per: 60s}, {limit: 6, per: 60s}]"),
        Err(vec!["E506"])
    );
    assert_eq!(budget("[{limit: 0, per: 60s}]"), Err(vec!["E315"]));
    assert_eq!(budget("[{limit: 5}]"), Err(vec!["E312"]));
}

#[test]
fn tenants_are_distinct_and_plainly_named() {
    let other = |name: &str| {
        let start = MINIMAL.find("  - name").expect("there is a tenant");
        found(&MINIMAL[start..].replace("name: contoso", &format!("name: {name}")))
            .into_iter()
            .map(|(code, line, _)| (code, line))
            .collect::<Vec<_>>()
    };
    assert_eq!(other("fabrikam"), []);
    assert_eq!(other("contoso"), [("E505", 1)]);
    assert_eq!(other("Fabri kam"), [("E505", 1)]);
}

#[test]
fn spans_that_contradict_each_other_are_refused() {
    check(
        "call: {connect_timeout: 10s, total_timeout: 5s}\nretry: {initial: 1h, cap: 1m}\nreconcile: {fast: 1h, slow: 1m}\n",
        &[
            ("E509", 1, "connect_timeout"),
            ("E509", 2, "retry.initial"),
            ("E509", 3, "reconcile.fast"),
        ],
    );
    check(
        "call: {send_deadline: 100ms}\n",
        &[("E315", 1, "`call.send_deadline`")],
    );
}

#[test]
fn only_hosts_that_may_be_called_are_accepted() {
    let check = |tenant: &str, good: bool| {
        let text = MINIMAL.replace("- name: contoso", &format!("- name: contoso\n    {tenant}"));
        assert_eq!(load(&text).is_ok(), good, "{tenant}");
    };
    check("region: eu", true);
    check("cloud: gcc_high\n    region: eu", false);
    check("region: mars", false);
    check("base_url: ftp://127.0.0.1", false);
    check("base_url: http://defender.example", false);
    check("base_url: https://defender.example", true);
    check("base_url: http://127.0.0.1:1", true);
    check("api_version: v1.0", true);
    check("api_version: v2", false);
    check("tls: {ca_file: ca.pem, system_roots: false}", true);
    check("tls: {system_roots: false}", false);
    check("proxy: {url: 'http://proxy.example:3128'}", true);
    check(
        "proxy: {url: 'http://proxy.example:3128', user: ann, password_file: p, except: [.example]}",
        true,
    );
    check("proxy: {environment: true}", true);
    check(
        "proxy: {url: 'http://proxy.example:3128', environment: true}",
        false,
    );
    check("proxy: {url: 'http://proxy.example:3128', user: ann}", false);
    check("proxy: {url: 'socks5://proxy.example'}", false);
    check("proxy: {url: 'http://ann:hunter2@proxy.example'}", false);
    check("proxy: {except: [a]}", false);
    check("proxy: {environment: true, except: [a]}", false);
    check("proxy: {environment: true, user: ann, password_file: p}", false);
    check("proxy: {environment: true, user: ann}", false);
    check("region: eu\n    base_url: https://defender.example", false);
}

#[test]
fn the_way_to_a_tenants_hosts_is_as_written() {
    let text = "tls: {ca_file: ca.pem}\n    proxy: {url: 'http://proxy.example:3128', user: ann, password_file: pw, except: [a, .b]}";
    let config = loaded(&MINIMAL.replace("- name: contoso", &format!("- name: contoso\n    {text}")));
    let reach = &config.tenants[0].reach;
    assert_eq!(reach.ca_file.as_deref(), Some(Path::new("/etc/quell/ca.pem")));
    assert!(reach.system_roots);
    let error = reach.route().expect_err("there is no such file").to_string();
    assert_eq!(error, "the proxy's password cannot be used");
    let direct = loaded(MINIMAL).tenants[0].reach.route();
    assert_eq!(
        direct.expect("nothing to read"),
        crate::defender::Route::default()
    );
}

#[test]
fn patterns_and_filters_are_tried_when_they_are_read() {
    check(
        "device_id_pattern: '['\nlog: {filter: 'quell=loud'}\n",
        &[("E508", 1, "device_id"), ("E507", 2, "loud")],
    );
    let config = loaded(&format!("{MINIMAL}device_id_pattern: '[a-z]+'\n"));
    assert!(config.device_id_rule().accept("abc").is_ok());
}
