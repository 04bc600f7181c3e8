//! Sessions of people: what prolongs one, who is told of it, what it may cost, and the whole way in by an issuer.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quell::outbound::issuer::Registered;
use quell::web::{Oidc, OidcOptions, RoleRule, Whom};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{Surface, cookie, exchange};
use crate::issuer_fake::Fake;
use crate::support::eventually;

const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

/// The cookie of a session that was begun with that token.
async fn signed_in(surface: &Surface, token: &str) -> String {
    let (status, head, body) = surface
        .ask("POST", "/login", FORM, &format!("token={token}"))
        .await;
    assert_eq!(status, 303, "{body}");
    format!("cookie: {}\r\n", cookie(&head))
}

#[tokio::test]
async fn what_an_open_page_asks_for_by_itself_prolongs_no_session_and_its_stream_ends_with_it() {
    let mut surface = Surface::new().await;
    let token = surface.create(&["anna", "--role", "operator"]).await;
    let (left, used) = (
        signed_in(&surface, &token).await,
        signed_in(&surface, &token).await,
    );
    surface.ground.pass(SignedDuration::from_mins(40)).await;
    for of_a_page in ["sec-fetch-mode: cors\r\n", "x-quell-refresh: 1\r\n"] {
        let headers = format!("{left}{of_a_page}");
        assert_eq!(surface.ask("GET", "/v1/status", &headers, "").await.0, 200);
    }
    let by_a_person = format!("{used}sec-fetch-mode: navigate\r\n");
    assert_eq!(surface.ask("GET", "/devices", &by_a_person, "").await.0, 200);
    // A stream that is open the whole time.
    let listen = async |own: &str| {
        let mut stream = TcpStream::connect(surface.address).await.expect("it listens");
        let request = format!("GET /live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{own}\r\n");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        stream
    };
    let mut of_left = listen(&left).await;
    let mut begun = Vec::new();
    while !String::from_utf8_lossy(&begun).contains("retry: 3000") {
        assert!(
            of_left.read_buf(&mut begun).await.expect("it answers") > 0,
            "{begun:?}"
        );
    }
    surface.ground.pass(SignedDuration::from_mins(40)).await;
    assert_eq!(surface.ask("GET", "/v1/status", &left, "").await.0, 401);
    assert_eq!(surface.ask("GET", "/v1/status", &used, "").await.0, 200);
    // There is something to tell, and nobody whom it may be told.
    let stop = r#"{"reason": "x"}"#;
    assert_eq!(surface.with(&token, "POST", "/v1/stop", stop).await.0, 200);
    let mut rest = String::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), of_left.read_to_string(&mut rest)).await;
    ended.expect("the stream ends").expect("it is text");
    assert!(!rest.contains("event: changed"), "{rest}");
}

#[tokio::test]
async fn whoever_signs_in_is_told_of_in_each_tenant_that_they_may_see_and_acts_are_with_how_they_were_known()
{
    let surface = Surface::new().await;
    surface.ground.store.tenant_ensure("other").await.expect("plain");
    let one = surface
        .create(&["anna", "--role", "admin", "--only-tenant"])
        .await;
    let all = surface.create(&["ben", "--role", "admin"]).await;
    for token in [&one, &all] {
        let own = signed_in(&surface, token).await;
        assert_eq!(surface.ask("POST", "/logout", &own, "").await.0, 303);
    }
    let told = "SELECT x.by || ' ' || x.to_state || ' ' || t.name FROM quell.transitions x
                JOIN quell.tenants t ON t.id = x.tenant_id WHERE x.entity = 'session' ORDER BY 1";
    let expected = [
        "anna begun ground",
        "anna ended ground",
        "ben begun ground",
        "ben begun other",
        "ben ended ground",
        "ben ended other",
    ];
    assert_eq!(surface.column(told).await, expected);
    // How somebody was known stands beside what they did.
    let path = format!("/v1/tokens/{}?reason=gone", &one[4..12]);
    assert_eq!(surface.with(&all, "DELETE", &path, "").await.0, 200);
    let (status, _, body) = surface.with(&all, "POST", "/-/reload", "").await;
    assert!(
        status == 503 && body.contains("not_reloading"),
        "nothing reloads here: {body}"
    );
    let acts = "SELECT concat_ws(' ', x.entity, x.to_state, x.by, x.after #>> '{actor,proven}', x.after #>> '{actor,via}')
                FROM quell.transitions x JOIN quell.tenants t ON t.id = x.tenant_id
                WHERE t.name = 'ground' AND x.entity IN ('access_token', 'reload') ORDER BY x.id";
    let acts = surface.column(acts).await;
    assert!(acts[0].ends_with(" here cli"), "{acts:?}");
    assert_eq!(
        acts[acts.len() - 2..],
        ["access_token revoked ben token api", "reload asked ben token api"],
        "{acts:?}"
    );
}

#[tokio::test]
async fn a_resume_ends_the_stops_that_its_page_showed_and_tells_of_the_others() {
    let surface = Surface::new().await;
    surface.ground.store.tenant_ensure("other").await.expect("plain");
    let token = surface.create(&["anna", "--role", "operator"]).await;
    // The same stop, sent again, would be one with the first.
    let stop = async |reason: &str| {
        let order = format!(r#"{{"reason": "{reason}"}}"#);
        let (status, _, body) = surface.with(&token, "POST", "/v1/stop", &order).await;
        assert_eq!(status, 200, "{body}");
    };
    stop("x").await;
    let (_, _, page) = surface.with(&token, "GET", "/devices", "").await;
    let (_, shown) = page
        .split_once("name=\"stop\" value=\"")
        .expect("the form says what it shows");
    let shown = shown[..36].to_owned();
    stop("y").await;
    let resume = async |fields: &str| {
        let headers = format!("{FORM}authorization: Bearer {token}\r\n");
        let body = format!("reason=mended&confirm=resume&back=%2Fdevices{fields}");
        surface.ask("POST", "/do/resume", &headers, &body).await
    };
    let (status, _, body) = resume("").await;
    assert!(
        status == 400 && body.contains("which stops it showed") || body.contains("load the page again"),
        "{body}"
    );
    let left = async || surface.ground.store.stops(None, None).await.expect("it is up");
    assert_eq!(left().await.len(), 4, "two stops of two tenants");
    let (status, head, body) = resume(&format!("&stop={shown}")).await;
    assert!(
        status == 303 && head.contains("done=resumed-some&n=1"),
        "{head} {body}"
    );
    let others = left().await;
    assert_eq!(others.len(), 2, "what began since, of both: {others:?}");
    assert!(others.iter().all(|stop| stop.id.to_string() != shown));
    let (_, _, body) = resume(&format!("&stop={shown}")).await;
    assert!(body.contains("others began since"), "{body}");
    // The same by the API, by the other tenant's id.
    let named = |stops: &str| format!(r#"{{"reason": "mended", "stops": [{stops}]}}"#);
    let (status, _, body) = surface.with(&token, "POST", "/v1/resume", &named("")).await;
    assert!(status == 409 && body.contains("not_stopped"), "{body}");
    let id = format!("\"{}\"", others[1].id);
    assert_eq!(
        surface.with(&token, "POST", "/v1/resume", &named(&id)).await.0,
        200
    );
    assert_eq!(left().await.len(), 0);
}

#[tokio::test]
async fn invented_cookies_take_few_of_the_connections_and_nobody_by_the_socket_waits() {
    let surface = Surface::new().await;
    let token = surface.create(&["anna", "--role", "admin"]).await;
    let connect = || PgConnection::connect(&surface.ground.database.url);
    let mut holder = connect().await.expect("it is up");
    let mut locked = holder.begin().await.expect("it is up");
    locked
        .execute("LOCK TABLE quell.sessions IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("nobody else has it");
    let mut flood = JoinSet::new();
    for _ in 0..60 {
        let address = surface.address;
        flood.spawn(async move {
            let stream = TcpStream::connect(address).await.expect("it listens");
            let invented = format!("cookie: quell={}\r\n", "A".repeat(43));
            exchange(stream, "GET", "/v1/status", &invented, "").await.0
        });
    }
    let waiting = async || {
        let all = "SELECT count(*)::text FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%quell.sessions%'";
        surface.column(all).await[0].parse::<u32>().expect("a number")
    };
    let soon = Duration::from_secs(10);
    eventually("lookups wait", soon, async || waiting().await >= 2).await;
    for _ in 0..3 {
        assert_eq!(surface.with(&token, "GET", "/v1/tokens", "").await.0, 200);
    }
    assert_eq!(waiting().await, 2, "so many at once, and no more");
    locked.rollback().await.expect("it is held");
    while let Some(status) = flood.join_next().await {
        assert_eq!(status.expect("it does not panic"), 401);
    }
    let path = surface.shell.directory().join("quell.sock");
    for _ in 0..15 {
        let stream = tokio::net::UnixStream::connect(&path).await.expect("it listens");
        let wrong = "authorization: Bearer wrong\r\n";
        assert_eq!(exchange(stream, "GET", "/v1/status", wrong, "").await.0, 401);
    }
}

/// One of the parameters of an address.
fn taken(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').expect("it has parameters");
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(its, _)| *its == name);
    found.expect("it is taken along").1.to_owned()
}

#[tokio::test]
async fn whoever_the_issuer_names_comes_back_to_a_session_that_is_kept_and_to_the_page_that_they_wanted() {
    let mut tasks = JoinSet::new();
    let fake = Fake::start(&mut tasks).await;
    let oidc = Oidc::new(OidcOptions {
        issuer: fake.url(),
        registered: Registered {
            client_id: "quell".to_owned(),
            secret: Some("s3cret".into()),
            redirect_url: "http://localhost:8740/login/callback".to_owned(),
            scopes: vec!["openid".to_owned()],
        },
        name_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
    });
    let oidc = Arc::new(oidc.expect("it is on this machine"));
    let surface = Surface::adjusted(|options| {
        options.access.oidc = Some(oidc);
        options.access.roles = vec![RoleRule {
            whom: Whom::Group("soc".to_owned()),
            roles: vec![quell::domain::identity::Role::Operator],
            approves_for: Vec::new(),
        }];
    })
    .await;
    let (status, head, _) = surface.ask("GET", "/login/issuer?next=%2Fdevices", "", "").await;
    let to_issuer = head.lines().find_map(|line| line.strip_prefix("location: "));
    let to_issuer = to_issuer.unwrap_or_else(|| panic!("{status} {head}"));
    let begun = format!("cookie: {}\r\n", cookie(&head));
    fake.lets_in(&taken(to_issuer, "code_challenge"), &taken(to_issuer, "nonce"));
    fake.says(serde_json::json!({"preferred_username": "anna@example.com", "groups": ["soc", "all"]}));
    let back = |state: &str| format!("/login/callback?code=good&state={state}");
    let own = back(&taken(to_issuer, "state"));
    let (status, head, body) = surface.ask("GET", &own, &begun, "").await;
    assert!(
        status == 303 && head.contains("location: /devices"),
        "{head} {body}"
    );
    let session = format!("cookie: {}\r\naccept: text/html\r\n", cookie(&head));
    let (status, _, page) = surface.ask("GET", "/devices", &session, "").await;
    assert!(
        status == 200 && page.contains("you are anna@example.com"),
        "{page}"
    );
    let kept = surface
        .column("SELECT name || ' ' || array_to_string(groups, ',') FROM quell.sessions")
        .await;
    assert_eq!(
        kept,
        ["anna@example.com soc"],
        "groups that no rule names are not kept"
    );
    // A state that is not hers is nobody's attempt, also where one more would be too many.
    for _ in 0..12 {
        surface.with("wrong", "GET", "/v1/status", "").await;
    }
    assert_eq!(surface.ask("GET", &back("another"), &begun, "").await.0, 403);
    assert_eq!(surface.ask("GET", &own, &begun, "").await.0, 429);
}
