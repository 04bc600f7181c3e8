//! Who may, with tokens and sessions that are kept: made by the command, shown to the API, revoked, expired, signed in with.

mod sessions;

use std::net::SocketAddr;

use jiff::SignedDuration;
use quell::app::desk_of;
use quell::config::Config;
use quell::web::{Bounds, Options, Web, router, serve, serve_socket};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::operator::Shell;
use crate::support::ground::{Ground, playbook};

/// The API and the console before a real database, in this process.
struct Surface {
    ground: Ground,
    shell: Shell,
    address: SocketAddr,
    _serving: JoinSet<std::io::Result<()>>,
}

/// Status, head in lower case, body.
type Got = (u16, String, String);

impl Surface {
    async fn new() -> Self {
        Self::adjusted(|_| ()).await
    }

    async fn adjusted(adjust: impl FnOnce(&mut Options)) -> Self {
        let ground = Ground::new(&[playbook("one")]).await;
        let shell = Shell::new(&ground.database.url);
        let config = Config::load(&shell.directory().join("quell.yaml"))
            .expect("it can be used")
            .config;
        let mut options = Options::new(ground.tenant);
        options.access.is_required = true;
        options.operator_token = Some("the-shared-one".into());
        options.desks = vec![desk_of(
            &config,
            &config.tenants[0],
            ground.store.clone(),
            ground.tenant,
        )];
        adjust(&mut options);
        let router = router(Web::new(options, ground.store.clone(), String::new));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let socket = UnixListener::bind(shell.directory().join("quell.sock")).expect("the directory is ours");
        let (bounds, stop) = (Bounds::default(), CancellationToken::new());
        let mut serving = JoinSet::new();
        serving.spawn(serve_socket(socket, router.clone(), bounds.clone(), stop.clone()));
        serving.spawn(serve(listener, router, bounds, None, stop));
        Self {
            ground,
            shell,
            address,
            _serving: serving,
        }
    }

    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Got {
        let stream = TcpStream::connect(self.address).await.expect("it listens");
        exchange(stream, method, path, headers, body).await
    }

    async fn with(&self, token: &str, method: &str, path: &str, body: &str) -> Got {
        let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        self.ask(method, path, &headers, body).await
    }

    async fn create(&self, arguments: &[&str]) -> String {
        let all = [
            &["tokens", "create"],
            arguments,
            &["--reason", "for the test", "-o", "json"],
        ]
        .concat();
        let (code, out, said) = self.shell.run(&all).await;
        assert_eq!(code, Some(0), "{said}");
        let made: Value = serde_json::from_str(&out).expect("it is JSON");
        made["token"].as_str().expect("it is shown").to_owned()
    }

    async fn column(&self, sql: &str) -> Vec<String> {
        let mut connection = PgConnection::connect(&self.ground.database.url)
            .await
            .expect("it is up");
        let rows = connection
            .fetch_all(AssertSqlSafe(sql.to_owned()))
            .await
            .expect("it is a query");
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Got {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("it has a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("it has a status");
    (status, head.to_owned(), body.to_owned())
}

/// The cookie that an answer sets.
fn cookie(head: &str) -> String {
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .expect("it sets one");
    line.split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_token_opens_what_its_roles_say_until_it_is_revoked_or_its_time_is_over() {
    let mut surface = Surface::new().await;
    let viewer = surface
        .create(&["dashboard", "--role", "viewer", "--for", "12h"])
        .await;
    let admin = surface.create(&["anna", "--role", "admin"]).await;
    assert_eq!(surface.with(&viewer, "GET", "/v1/status", "").await.0, 200);
    assert_eq!(surface.with(&viewer, "GET", "/v1/tokens", "").await.0, 403);
    // Another token of the same handle is none.
    let mut forged = admin.clone();
    forged.replace_range(..12, &viewer[..12]);
    for wrong in [forged.as_str(), &viewer[..72], "qll_", "x"] {
        let (status, _, body) = surface.with(wrong, "GET", "/v1/status", "").await;
        assert_eq!(status, 401, "{body}");
    }
    // Nothing in the database is the token, and the audit tells who holds it.
    let kept = surface
        .column("SELECT row_to_json(t)::text FROM quell.access_tokens t")
        .await
        .join("\n");
    let audit = surface
        .column(
            "SELECT row_to_json(t)::text FROM quell.transitions t WHERE entity = 'access_token' ORDER BY id",
        )
        .await;
    for token in [&viewer, &admin] {
        assert!(!kept.contains(&token[13..]) && !audit.join("\n").contains(&token[13..]));
    }
    assert!(
        audit.len() == 2 && audit[0].contains("dashboard") && audit[0].contains("for the test"),
        "{audit:?}"
    );
    // By the API: made under the name of the one who asks, and revoked.
    let new = r#"{"name": "soar", "roles": ["operator"], "for": "1h", "reason": "more"}"#;
    let (status, _, made) = surface.with(&admin, "POST", "/v1/tokens", new).await;
    assert_eq!(status, 201, "{made}");
    let made: Value = serde_json::from_str(&made).expect("it is JSON");
    assert_eq!(made["created_by"], "anna");
    let by_another = r#"{"name": "soar", "roles": ["operator"], "reason": "more", "by": "ben"}"#;
    assert_eq!(
        surface.with(&admin, "POST", "/v1/tokens", by_another).await.0,
        400
    );
    let (handle, soar) = (
        made["handle"].as_str().expect("it has one"),
        made["token"].as_str().expect("it is shown"),
    );
    assert_eq!(surface.with(soar, "GET", "/v1/status", "").await.0, 200);
    let path = format!("/v1/tokens/{handle}?reason=enough");
    assert_eq!(surface.with(&viewer, "DELETE", &path, "").await.0, 403);
    assert_eq!(surface.with(&admin, "DELETE", &path, "").await.0, 200);
    assert_eq!(
        surface.with(&admin, "DELETE", &path, "").await.0,
        400,
        "it was revoked before"
    );
    assert_eq!(surface.with(soar, "GET", "/v1/status", "").await.0, 401);
    // By the command, with the words for people.
    let (code, out, _) = surface.shell.run(&["tokens", "list"]).await;
    assert!(
        code == Some(0) && out.contains("dashboard") && !out.contains("soar"),
        "{out}"
    );
    let (code, _, said) = surface
        .shell
        .run(&["tokens", "revoke", "qll_00000000", "--reason", "x"])
        .await;
    assert_eq!(
        (code, said.as_str()),
        (Some(1), "there is no token `00000000`: see `quell tokens list`\n")
    );
    surface.ground.pass(SignedDuration::from_hours(13)).await;
    let (status, _, body) = surface.with(&viewer, "GET", "/v1/status", "").await;
    assert!(
        status == 401 && body.contains("the time of this token is over"),
        "{body}"
    );
}

#[tokio::test]
async fn somebody_signs_in_with_a_token_and_is_out_when_it_is_revoked() {
    let mut surface = Surface::new().await;
    let token = surface.create(&["anna", "--role", "operator"]).await;
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let sign_in = |text: String| format!("token={text}&next=%2Fdevices");
    let (status, _, body) = surface
        .ask("POST", "/login", form, &sign_in("wrong".to_owned()))
        .await;
    assert!(
        status == 401 && body.contains("opens nothing here") && !body.contains("wrong"),
        "{body}"
    );
    let cross = format!("{form}sec-fetch-site: cross-site\r\n");
    assert_eq!(
        surface
            .ask("POST", "/login", &cross, &sign_in(token.clone()))
            .await
            .0,
        403
    );
    let (status, head, _) = surface.ask("POST", "/login", form, &sign_in(token.clone())).await;
    assert!(status == 303 && head.contains("location: /devices"), "{head}");
    assert!(head.contains("HttpOnly; SameSite=Lax"), "{head}");
    let own = format!("cookie: {}\r\n", cookie(&head));
    assert_eq!(surface.ask("GET", "/v1/status", &own, "").await.0, 200);
    // The cookie is sent for whatever page is shown, so a page of another's changes nothing.
    let stop = r#"{"reason": "x"}"#;
    let json = format!("{own}content-type: application/json\r\n");
    for elsewhere in ["sec-fetch-site: cross-site", "origin: https://evil.example"] {
        let headers = format!("{json}{elsewhere}\r\n");
        assert_eq!(surface.ask("POST", "/v1/stop", &headers, stop).await.0, 403);
    }
    let here = format!("{json}sec-fetch-site: same-origin\r\norigin: http://localhost\r\n");
    let (status, _, body) = surface.ask("POST", "/v1/stop", &here, stop).await;
    assert!(status == 200 && body.contains(r#""by":"anna""#), "{body}");
    let kept = surface
        .column("SELECT row_to_json(s)::text FROM quell.sessions s")
        .await
        .join("\n");
    assert!(
        !kept.contains(cookie(&head).trim_start_matches("quell=")),
        "{kept}"
    );
    // Signing out ends that one, revoking the others.
    let (_, other, _) = surface.ask("POST", "/login", form, &sign_in(token.clone())).await;
    let other = format!("cookie: {}\r\n", cookie(&other));
    assert_eq!(surface.ask("POST", "/logout", &own, "").await.0, 303);
    assert_eq!(surface.ask("GET", "/v1/status", &own, "").await.0, 401);
    assert_eq!(surface.ask("GET", "/v1/status", &other, "").await.0, 200);
    let (code, _, said) = surface
        .shell
        .run(&["tokens", "revoke", &token[..12], "--reason", "gone"])
        .await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(surface.ask("GET", "/v1/status", &other, "").await.0, 401);
    // With the operators' token: until nobody was seen for an hour.
    let (_, shared, _) = surface
        .ask("POST", "/login", form, &sign_in("the-shared-one".to_owned()))
        .await;
    let shared = format!("cookie: {}\r\n", cookie(&shared));
    assert_eq!(surface.ask("GET", "/v1/status", &shared, "").await.0, 200);
    surface.ground.pass(SignedDuration::from_mins(61)).await;
    assert_eq!(surface.ask("GET", "/v1/status", &shared, "").await.0, 401);
}

#[tokio::test]
async fn the_socket_is_for_this_machine_and_a_token_for_one_tenant_for_that_one() {
    let surface = Surface::new().await;
    let path = surface.shell.directory().join("quell.sock");
    let by_socket = async |headers: &str| {
        let stream = UnixStream::connect(&path).await.expect("it listens");
        exchange(stream, "GET", "/v1/status", headers, "").await.0
    };
    assert_eq!(by_socket("").await, 200);
    assert_eq!(by_socket("x-forwarded-for: 203.0.113.9\r\n").await, 403);
    assert_eq!(by_socket("authorization: Bearer wrong\r\n").await, 401);
    assert_eq!(
        surface.ask("GET", "/v1/status", "", "").await.0,
        401,
        "by the address nobody is let in"
    );
    let token = surface
        .create(&["anna", "--role", "admin", "--only-tenant"])
        .await;
    assert_eq!(surface.with(&token, "GET", "/v1/status", "").await.0, 200);
    assert_eq!(
        surface.with(&token, "GET", "/v1/status?tenant=other", "").await.0,
        403
    );
    let stop = r#"{"reason": "x"}"#;
    let (status, _, body) = surface.with(&token, "POST", "/v1/stop", stop).await;
    assert!(status == 403 && body.contains("other_tenant"), "{body}");
    assert_eq!(surface.with(&token, "POST", "/-/reload", "").await.0, 403);
    let new = r#"{"name": "ben", "roles": ["admin"], "reason": "more"}"#;
    let (_, _, made) = surface.with(&token, "POST", "/v1/tokens", new).await;
    let made: Value = serde_json::from_str(&made).expect("it is JSON");
    assert_eq!(
        made["tenant"], "ground",
        "nobody makes a token that opens more than their own"
    );
}
