//! Who a request is taken for: one row for each way, and for each way around it.

use crate::web::Options;
use crate::web::access::{ProxyHeaders, RoleRule, Whom};
use crate::web::testing::{Got, TestServer};

/// Asks for a stop that is refused for its body, once whoever asks may stop: 400 is "let in".
async fn post(server: &TestServer, headers: &str) -> Got {
    let headers = if headers.starts_with("host:") || headers.contains("\nhost:") {
        headers.to_owned()
    } else {
        format!("host: localhost\r\n{headers}")
    };
    let request = format!(
        "POST /v1/stop HTTP/1.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n{headers}\r\n{{}}"
    );
    server.exchange(request.as_bytes()).await
}

async fn check(adjust: impl Fn(&mut Options), rows: &[(&str, u16, &str)]) {
    for (headers, status, reason) in rows {
        // One server each: failures are counted.
        let server = TestServer::start(|options, _| adjust(options)).await;
        let got = post(&server, headers).await;
        let is_let_in = got.status == 422 || got.status == 400;
        let answered = if is_let_in { 200 } else { got.status };
        assert_eq!(answered, *status, "{headers}: {got:?}");
        if !reason.is_empty() {
            assert_eq!(got.json()["reason"], *reason, "{headers}: {got:?}");
        }
    }
}

#[tokio::test]
async fn this_machine_is_asked_for_nothing_but_by_its_own_name_and_from_its_own_pages() {
    let rows = [
        ("", 200, ""),
        ("host: 127.0.0.1:8740\r\n", 200, ""),
        ("host: [::1]:8740\r\n", 200, ""),
        ("host: evil.example\r\n", 403, "wrong_host"),
        ("host: localhost\r\nhost: evil.example\r\n", 403, "wrong_host"),
        ("host: localhost.evil.example:8740\r\n", 403, "wrong_host"),
        ("x-forwarded-for: 127.0.0.1\r\n", 403, "not_here"),
        ("x-forwarded-user: ada\r\n", 403, "not_here"),
        ("via: 1.1 x\r\n", 403, "not_here"),
        ("x-forwarded-port: 443\r\n", 403, "not_here"),
        ("x-original-uri: /v1/stop\r\n", 403, "not_here"),
        ("x-real-ip: 127.0.0.1\r\n", 403, "not_here"),
        ("cf-ray: 1\r\n", 403, "not_here"),
        ("max-forwards: 10\r\n", 403, "not_here"),
        ("authorization: Basic YTpi\r\n", 401, "unauthorized"),
        (
            "sec-fetch-site: same-origin\r\norigin: http://localhost\r\n",
            200,
            "",
        ),
        ("sec-fetch-site: cross-site\r\n", 403, "cross_site"),
        ("sec-fetch-site: same-site\r\n", 403, "cross_site"),
        ("origin: http://evil.example\r\n", 403, "cross_site"),
        ("origin: http://localhost:1\r\n", 403, "cross_site"),
        ("authorization: Bearer x\r\n", 401, "unauthorized"),
        ("authorization: Basic eDp5\r\n", 401, "unauthorized"),
    ];
    check(|_| (), &rows).await;
}

#[tokio::test]
async fn events_without_a_token_come_from_programs_of_this_machine_alone() {
    let rows = [
        ("", 202),
        ("authorization: Bearer x\r\n", 202),
        ("host: evil.example\r\n", 403),
        ("host: localhost\r\nx-forwarded-for: 203.0.113.9\r\n", 403),
        ("host: localhost\r\norigin: http://evil.example\r\n", 403),
        ("host: localhost\r\nsec-fetch-site: cross-site\r\n", 403),
        (
            "host: localhost\r\nsec-fetch-mode: no-cors\r\nsec-fetch-site: same-site\r\n",
            403,
        ),
    ];
    for (headers, status) in rows {
        let host = if headers.starts_with("host:") {
            ""
        } else {
            "host: localhost\r\n"
        };
        let request = format!(
            "POST /v1/events HTTP/1.1\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n{host}{headers}\r\n[]"
        );
        let server = TestServer::start(|_, _| ()).await;
        let got = server.exchange(request.as_bytes()).await;
        assert_eq!(got.status, status, "{headers}: {got:?}");
        assert_eq!(got.status == 403, got.body.contains("http.token_file"), "{got:?}");
        // A named proxy speaks for others; only a browser must not be made to send.
        let server = TestServer::start(|options, _| {
            options.trusted_proxies = vec!["127.0.0.1".parse().expect("an address")];
        })
        .await;
        let got = server.exchange(request.as_bytes()).await;
        let is_browsers = headers.contains("origin") || headers.contains("sec-fetch");
        assert_eq!(
            got.status,
            if is_browsers { 403 } else { 202 },
            "{headers}: {got:?}"
        );
        // A token is no browser's to send.
        let server = TestServer::start(|options, _| options.token = Some("sender".into())).await;
        let shown = request.replacen("\r\n\r\n", "\r\nauthorization: Bearer sender\r\n\r\n", 1);
        let got = server.exchange(shown.as_bytes()).await;
        let is_doubled = headers.contains("authorization");
        assert_eq!(
            got.status,
            if is_doubled { 401 } else { 202 },
            "{headers}: {got:?}"
        );
    }
}

#[tokio::test]
async fn where_anybody_is_asked_this_machine_is_too() {
    let nothing = [("", 401, "unauthorized")];
    check(|options| options.access.is_required = true, &nothing).await;
    check(
        |options| options.operator_token = Some("operator".into()),
        &nothing,
    )
    .await;
    check(|options| options.access.proxy = Some(headers()), &nothing).await;
}

#[tokio::test]
async fn the_operators_token_opens_from_everywhere_and_the_senders_only_beside_this_machine() {
    let senders = |options: &mut Options| options.token = Some("sender".into());
    let rows = [
        ("authorization: Bearer sender\r\n", 200, ""),
        ("", 401, "unauthorized"),
        (
            "authorization: Bearer sender\r\nx-forwarded-for: 203.0.113.9\r\n",
            403,
            "not_here",
        ),
        (
            "authorization: Bearer sender\r\nhost: evil.example\r\n",
            403,
            "wrong_host",
        ),
    ];
    check(senders, &rows).await;
    let both = |options: &mut Options| {
        options.token = Some("sender".into());
        options.operator_token = Some("operator".into());
    };
    let rows = [
        ("authorization: Bearer operator\r\n", 200, ""),
        (
            "authorization: bearer operator\r\nhost: quell.example\r\nx-forwarded-for: 203.0.113.9\r\n",
            200,
            "",
        ),
        (
            "authorization: Bearer operator\r\nsec-fetch-site: cross-site\r\n",
            200,
            "",
        ),
        ("authorization: Bearer sender\r\n", 401, "unauthorized"),
        (
            "authorization: Bearer operator\r\nauthorization: Bearer operator\r\n",
            401,
            "unauthorized",
        ),
        ("authorization: Bearer operato\r\n", 401, "unauthorized"),
    ];
    check(both, &rows).await;
}

fn headers() -> ProxyHeaders {
    ProxyHeaders {
        user: "x-user".parse().expect("a header"),
        groups: Some("x-groups".parse().expect("a header")),
    }
}

fn proxied(options: &mut Options) {
    options.trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
    options.access.proxy = Some(headers());
    options.access.roles = vec![RoleRule {
        whom: Whom::Group("soc".to_owned()),
        roles: vec![crate::domain::identity::Role::Operator],
        approves_for: Vec::new(),
    }];
}

#[tokio::test]
async fn a_trusted_proxy_says_who_asks_and_what_it_says_unclearly_is_not_believed() {
    let rows = [
        ("x-user: otto\r\nx-groups: a, soc ,b\r\n", 200, ""),
        ("x-user: otto\r\nx-groups: a\r\nx-groups: soc\r\n", 200, ""),
        ("x-user: otto\r\n", 403, "no_role"),
        (
            "x-user: otto\r\nx-groups: soc\r\nauthorization: Basic YTpi\r\n",
            200,
            "",
        ),
        (
            "x-user: otto\r\nx-groups: soc\r\nauthorization: Negotiate YII=\r\n",
            200,
            "",
        ),
        ("authorization: Basic YTpi\r\n", 401, "unauthorized"),
        (
            "x-user: otto\r\nx-groups: soc\r\nauthorization: Bearer wrong\r\n",
            401,
            "unauthorized",
        ),
        (
            "x-user: otto\r\nx-groups: soc\r\nauthorization: qll_wrong\r\n",
            401,
            "unauthorized",
        ),
        ("x-user: otto\r\nx-groups: soc-l2\r\n", 403, "no_role"),
        ("x-user: gate\r\nx-groups: soc\r\n", 403, "no_role"),
        (
            "x-user: otto\r\nx-user: ada\r\nx-groups: soc\r\n",
            403,
            "malformed",
        ),
        ("x-groups: soc\r\n", 401, "unauthorized"),
        ("x-user: \r\nx-groups: soc\r\n", 401, "unauthorized"),
        (
            "x-user: otto\r\nx-groups: soc\r\nsec-fetch-site: cross-site\r\n",
            403,
            "cross_site",
        ),
        (
            "x-user: otto\r\nx-groups: soc\r\nhost: up\r\norigin: https://quell.example\r\n",
            403,
            "cross_site",
        ),
        (
            "x-user: otto\r\nx-groups: soc\r\nhost: up\r\nx-forwarded-host: quell.example\r\norigin: https://quell.example\r\n",
            200,
            "",
        ),
    ];
    check(proxied, &rows).await;
    // The same from an address that is not the proxy's.
    let stranger = |options: &mut Options| {
        proxied(options);
        options.trusted_proxies = vec!["10.0.0.9".parse().expect("a network")];
    };
    check(
        stranger,
        &[("x-user: otto\r\nx-groups: soc\r\n", 401, "unauthorized")],
    )
    .await;
}

#[tokio::test]
async fn a_proxy_on_this_machine_without_headers_to_believe_makes_nobody_this_machine() {
    let proxy =
        |options: &mut Options| options.trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
    check(
        proxy,
        &[("", 403, "not_here"), ("x-user: otto\r\n", 403, "not_here")],
    )
    .await;
}

#[tokio::test]
async fn a_proxy_that_says_nothing_of_itself_and_speaks_as_the_last_century_did_is_not_this_machine() {
    let server = TestServer::start(|_, _| ()).await;
    let ask = async |version: &str| {
        let request = format!(
            "POST /v1/stop HTTP/{version}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        );
        server.exchange(request.as_bytes()).await
    };
    let got = ask("1.0").await;
    assert_eq!((got.status, &got.json()["reason"]), (403, &"not_here".into()));
    assert_eq!(ask("1.1").await.status, 400, "let in, and the body is missing");
}

#[tokio::test]
async fn who_tries_again_and_again_waits_and_the_right_token_too() {
    let server = TestServer::start(|options, _| options.operator_token = Some("operator".into())).await;
    for _ in 0..11 {
        assert_eq!(post(&server, "authorization: Bearer wrong\r\n").await.status, 401);
    }
    let got = post(&server, "authorization: Bearer operator\r\n").await;
    assert_eq!(
        (got.status, &got.json()["reason"]),
        (429, &"too_many_attempts".into()),
        "{got:?}"
    );
    assert!(got.head.contains("retry-after: "), "{got:?}");
}

#[tokio::test]
async fn a_refusal_says_what_is_missing_and_nothing_of_what_was_shown() {
    let server = TestServer::start(|options, _| proxied(options)).await;
    let got = post(&server, "x-user: otto\r\nx-groups: soc\r\n").await;
    assert!(
        got.head
            .contains("content-security-policy: default-src 'none'; script-src 'self'"),
        "{got:?}"
    );
    assert!(
        got.head.contains("x-content-type-options: nosniff") && got.head.contains("cache-control: no-store"),
        "{got:?}"
    );
    let reload = "POST /-/reload HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-user: otto\r\nx-groups: soc\r\ncontent-length: 0\r\n\r\n";
    let got = server.exchange(reload.as_bytes()).await;
    assert_eq!(
        got.json()["detail"],
        "that needs the role admin, and your roles are: operator",
        "{got:?}"
    );
    let got = post(&server, "authorization: Bearer s3cret-thing\r\n").await;
    assert!(!got.body.contains("s3cret"), "{got:?}");
}

#[tokio::test]
async fn whoever_asks_for_a_page_and_is_not_signed_in_is_led_to_where_they_can() {
    let server = TestServer::start(|options, _| options.access.is_required = true).await;
    let page = "GET /v1/status?limit=3 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/html,*/*\r\n\r\n";
    let got = server.exchange(page.as_bytes()).await;
    assert_eq!(got.status, 303, "{got:?}");
    assert!(
        got.head.contains("location: /login?next=/v1/status%3flimit%3d3"),
        "{got:?}"
    );
    assert_eq!(server.get("/v1/status").await.status, 401, "a program is not");
}
