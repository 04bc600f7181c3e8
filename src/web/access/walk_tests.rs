//! The walk: every route that there is, by every method that it takes, asked as nobody, viewer, approver, operator and admin. What is
//! routed is found in the OpenAPI document and in the sources of `web`, so a route that the table does not know fails here.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::rights::{Needed, RIGHTS};
use super::{ProxyHeaders, RoleRule, Whom};
use crate::domain::identity::{Identity, Right, Role};
use crate::web::testing::TestServer;
use crate::web::{Options, api};

/// Method and path.
type Route = (String, String);

/// Every route that there is.
fn routed() -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    let (_, document) = api::documented();
    let document = serde_json::to_value(&document).expect("it is JSON");
    for (path, methods) in document["paths"].as_object().expect("it has paths") {
        let methods = methods.as_object().expect("a path has methods").keys();
        let known = methods.filter(|method| METHODS.contains(&method.as_str()));
        routes.extend(known.map(|method| (method.to_uppercase(), path.clone())));
    }
    in_sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web.rs"),
        &mut routes,
    );
    in_directory(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"),
        &mut routes,
    );
    routes
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn in_directory(directory: &Path, routes: &mut BTreeSet<Route>) {
    for entry in std::fs::read_dir(directory).expect("the sources are here") {
        let path = entry.expect("it can be read").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            in_directory(&path, routes);
        } else if name.ends_with(".rs")
            && !["_tests.rs", "_fake.rs", "testing.rs"]
                .iter()
                .any(|end| name.ends_with(end))
        {
            in_sources(&path, routes);
        }
    }
}

/// The routes that a file gives to a router by hand.
fn in_sources(path: &Path, routes: &mut BTreeSet<Route>) {
    let text = std::fs::read_to_string(path).expect("it is a text");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    for hidden in [".nest(", ".route_service(", "any("] {
        let is_there = text
            .match_indices(hidden)
            .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.'));
        let is_method = hidden.starts_with('.') && text.contains(hidden);
        assert!(
            !is_there && !is_method,
            "{}: the walk does not see what `{hidden}` routes",
            path.display()
        );
    }
    for (at, _) in text.match_indices(".route(") {
        let arguments = arguments(&text[at + ".route(".len()..]);
        let mut quoted = arguments.splitn(3, '"');
        let (Some(_), Some(route), Some(methods)) = (quoted.next(), quoted.next(), quoted.next()) else {
            panic!("{}: a route whose path is no text: {arguments}", path.display());
        };
        for method in METHODS {
            let call = format!("{method}(");
            let is_called = methods
                .match_indices(&call)
                .any(|(at, _)| !methods[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            if is_called {
                routes.insert((method.to_uppercase(), route.to_owned()));
            }
        }
    }
}

/// Everything up to the parenthesis that closes.
fn arguments(text: &str) -> &str {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    &text[..end.unwrap_or(text.len())]
}

fn row(route: &Route) -> Option<Needed> {
    let row = RIGHTS
        .iter()
        .find(|(method, path, _)| (*method, *path) == (route.0.as_str(), route.1.as_str()));
    row.map(|(_, _, needed)| *needed)
}

/// The rows of the table that are routed, in its order.
fn walked() -> Vec<(Route, Needed)> {
    let routed = routed();
    let unknown: Vec<&Route> = routed.iter().filter(|route| row(route).is_none()).collect();
    assert!(
        unknown.is_empty(),
        "say in src/web/access/rights.rs which right these need: {unknown:?}"
    );
    let rows = RIGHTS
        .iter()
        .map(|(method, path, needed)| (((*method).to_owned(), (*path).to_owned()), *needed));
    rows.filter(|(route, _)| routed.contains(route)).collect()
}

/// Who walks, by the name that the proxy gives.
const WALKERS: [(&str, Role); 4] = [
    ("vera", Role::Viewer),
    ("anna", Role::Approver),
    ("otto", Role::Operator),
    ("ada", Role::Admin),
];

/// A daemon whose proxy, on this machine, names whoever asks.
fn behind_a_proxy(options: &mut Options) {
    options.trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
    believing(options);
}

fn believing(options: &mut Options) {
    options.access.proxy = Some(ProxyHeaders {
        user: "x-user".parse().expect("a header"),
        groups: None,
    });
    let rule = |(name, role): (&str, Role)| RoleRule {
        whom: Whom::User(name.to_owned()),
        roles: vec![role],
        approves_for: Vec::new(),
    };
    options.access.roles = WALKERS.map(rule).to_vec();
}

/// The status of the answer; nothing else of it is waited for, as a live page never ends.
async fn status(server: &TestServer, (method, path): &Route, headers: &str) -> u16 {
    let path: String = path
        .split('/')
        .map(|part| match part {
            "{device}" => "a".repeat(40),
            "{cap}" => "0".to_owned(),
            "{file}" => "console.css".to_owned(),
            "{source}" | "{name}" => "some-name".to_owned(),
            part if part.starts_with('{') => "019ab6d4-0000-7000-8000-000000000000".to_owned(),
            part => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("/");
    let (media, body) = match path.starts_with("/do/") || path.starts_with("/log") {
        true => ("application/x-www-form-urlencoded", "reason=x"),
        false => ("application/json", r#"{"reason": "x"}"#),
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {media}\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("the server listens");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the server reads");
    let mut line = String::new();
    BufReader::new(stream)
        .read_line(&mut line)
        .await
        .expect("the server answers");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("{method} {path}: {line}"))
}

fn may(role: Role, right: Right) -> bool {
    let identity = Identity {
        roles: vec![role],
        ..Identity::here()
    };
    identity.may(right)
}

#[tokio::test]
async fn each_role_may_what_the_table_says_on_every_route_and_nothing_else() {
    let server = TestServer::start(|options, _| behind_a_proxy(options)).await;
    let mut wrong = Vec::new();
    for (route, needed) in walked() {
        let nobody = status(&server, &route, "").await;
        for (name, role) in WALKERS {
            let answered = status(&server, &route, &format!("x-user: {name}\r\n")).await;
            let is_right = match needed {
                Needed::Role(right) if may(role, right) => ![401, 403, 405].contains(&answered),
                Needed::Role(_) => answered == 403,
                // Whoever asks, the answer is the same.
                Needed::Anybody | Needed::Sender => answered == nobody,
            };
            if !is_right {
                wrong.push(format!(
                    "{route:?} needs {needed:?} and answers {answered} to {role:?}"
                ));
            }
        }
        if matches!(needed, Needed::Role(_)) && nobody != 401 {
            wrong.push(format!("{route:?} answers {nobody} to nobody"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn no_page_of_anothers_changes_anything_by_any_route() {
    let server = TestServer::start(|options, _| behind_a_proxy(options)).await;
    let mut walked_over = 0;
    for (route, needed) in walked() {
        if route.0 == "GET" || !matches!(needed, Needed::Role(_)) {
            continue;
        }
        for of_a_page in [
            "sec-fetch-site: cross-site",
            "sec-fetch-site: same-site",
            "origin: https://evil.example",
            "origin: null",
        ] {
            let answered = status(&server, &route, &format!("x-user: ada\r\n{of_a_page}\r\n")).await;
            assert_eq!(answered, 403, "{route:?} {of_a_page}");
        }
        let own = "x-user: ada\r\nsec-fetch-site: same-origin\r\norigin: http://localhost\r\n";
        assert_ne!(status(&server, &route, own).await, 403, "{route:?}");
        walked_over += 1;
    }
    assert!(walked_over >= 3, "the walk sees no routes");
}

#[tokio::test]
async fn what_a_stranger_says_of_whoever_asks_opens_no_route() {
    // Everybody is a stranger to a daemon that knows no proxy.
    let server = TestServer::start(|options, _| believing(options)).await;
    for (route, needed) in walked() {
        if matches!(needed, Needed::Role(_)) {
            assert_eq!(status(&server, &route, "x-user: ada\r\n").await, 401, "{route:?}");
        }
    }
}

#[test]
fn every_row_of_the_table_is_routed() {
    let routed = routed();
    let stale: Vec<_> = RIGHTS
        .iter()
        .filter(|(method, path, _)| !routed.contains(&((*method).to_owned(), (*path).to_owned())))
        .collect();
    assert!(stale.is_empty(), "nothing is routed there: {stale:?}");
}

#[test]
fn the_walk_sees_what_is_routed() {
    let routed = routed();
    for (method, path) in [
        ("GET", "/v1/status"),
        ("POST", "/v1/events/{source}"),
        ("POST", "/login"),
        ("GET", "/login"),
        ("POST", "/v1/stop"),
    ] {
        assert!(
            routed.contains(&(method.to_owned(), path.to_owned())),
            "{method} {path}: {routed:?}"
        );
    }
    assert_eq!(
        arguments(r#""/x", get(a).post(b)).layer(c)"#),
        r#""/x", get(a).post(b)"#
    );
}

#[test]
fn the_reference_of_rights_is_the_table() {
    let mut page = String::from(
        "# Who may what\n\nEvery route, and which role it needs; how somebody shows who they are stands in [access.md](../access.md). \
         Printed by a test from the table that the daemon is walked over with, as every role.\n\n\
         | route | viewer | approver | operator | admin |\n|---|---|---|---|---|\n",
    );
    for ((method, path), needed) in walked() {
        let cells = match needed {
            Needed::Anybody => "anybody | anybody | anybody | anybody".to_owned(),
            Needed::Sender => "its senders | its senders | its senders | its senders".to_owned(),
            Needed::Role(right) => WALKERS
                .map(|(_, role)| if may(role, right) { "yes" } else { "no" })
                .join(" | "),
        };
        writeln!(page, "| `{method} {path}` | {cells} |").expect("a text takes all");
    }
    crate::cli::reference::compare("docs/reference/access.md", &page);
}
