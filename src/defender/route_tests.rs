//! Traps on the way: wrong authorities, wrong names, proxies that misbehave, bodies that unpack to more than they are. In none
//! of them may a byte of a token leave, and a call that was never made must say so.

use secrecy::SecretString;

use crate::defender::fake::{Fake, SECRET, action, device, options, permit, read_permit, reply, token};
use crate::defender::tls_fake::{Secure, Seen, pem};
use crate::defender::{Client, ProxyRoute, ReadError, Route};
use crate::domain::answer::Answer;

const TOKEN: &str = "token-1";

/// Answers token requests and restricts alike.
fn whole(request: &str) -> String {
    let body = if request.contains("/oauth2/") {
        format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{TOKEN}"}}"#)
    } else {
        action("a-1", "RestrictCodeExecution")
    };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn trusting(ca: &str) -> Route {
    Route {
        ca_file: Some(pem(ca)),
        system_roots: false,
        ..Route::default()
    }
}

fn through(proxy: &str) -> Route {
    Route {
        proxy: Some(ProxyRoute {
            url: proxy.to_owned(),
            login: None,
            except: None,
        }),
        ..trusting("ours-ca.pem")
    }
}

fn built(api: &str, authority: &str, route: Route) -> Client {
    let mut options = options(api, authority);
    options.route = route;
    Client::new(options).expect("valid options")
}

/// Calls and reads; both must come to nothing that was sent.
async fn not_sent(client: &Client) -> String {
    let answer = client.restrict(permit(), &device(), "c").await;
    let Answer::NotSent { reason } = answer else {
        panic!("nothing can have been sent: {answer:?}")
    };
    let read = client.get_machine(read_permit(), &device()).await;
    assert!(matches!(read, Err(ReadError::Unavailable { .. })), "{read:?}");
    reason
}

#[track_caller]
fn no_token_in(seen: &Seen) {
    assert!(
        !seen.raw.is_empty(),
        "somebody connected, or the trap proves nothing"
    );
    assert!(!seen.holds(TOKEN) && !seen.holds("Bearer") && !seen.holds(SECRET));
}

async fn authority() -> Fake {
    Fake::scripted(|_, _| token(TOKEN, "3599")).await
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_its_file_is_named() {
    let server = Secure::start("here.pem", whole);
    for system_roots in [false, true] {
        let route = Route {
            system_roots,
            ..trusting("ours-ca.pem")
        };
        let client = built(&server.url("https"), &server.url("https"), route);
        let answer = client.restrict(permit(), &device(), "c").await;
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    assert!(server.seen().holds(TOKEN), "the trap can see one");
}

#[tokio::test]
async fn a_certificate_of_another_authority_gets_no_byte_of_a_token() {
    let authority = authority().await;
    for (server, ca) in [("impostor.pem", "ours-ca.pem"), ("here.pem", "theirs-ca.pem")] {
        for system_roots in [false, true] {
            let server = Secure::start(server, whole);
            let route = Route {
                system_roots,
                ..trusting(ca)
            };
            let client = built(&server.url("https"), &authority.url(), route);
            let reason = not_sent(&client).await;
            assert!(reason.contains("certificate"), "{reason}");
            assert!(server.seen().requests.is_empty());
            no_token_in(&server.seen());
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_gets_no_byte_of_a_token() {
    let authority = authority().await;
    let server = Secure::start("elsewhere.pem", whole);
    let client = built(&server.url("https"), &authority.url(), trusting("ours-ca.pem"));
    let reason = not_sent(&client).await;
    assert!(reason.contains("certificate"), "{reason}");
    assert!(server.seen().requests.is_empty());
    no_token_in(&server.seen());
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_gets_no_secret() {
    let server = Secure::start("impostor.pem", whole);
    let client = built(
        "http://127.0.0.1:1",
        &server.url("https"),
        trusting("ours-ca.pem"),
    );
    assert!(client.ready().await.is_err());
    assert!(server.seen().requests.is_empty());
    no_token_in(&server.seen());
}

#[tokio::test]
async fn a_redirect_over_tls_to_another_host_gets_no_byte() {
    let trap = Secure::start("here.pem", whole);
    let location = trap.url("https");
    let server = Secure::start("here.pem", move |request| {
        if request.contains("/oauth2/") {
            return whole(request);
        }
        format!("HTTP/1.1 307 Moved\r\nLocation: {location}/api/machines\r\nContent-Length: 0\r\n\r\n")
    });
    let client = built(
        &server.url("https"),
        &server.url("https"),
        trusting("ours-ca.pem"),
    );
    let answer = client.restrict(permit(), &device(), "c").await;
    assert!(
        matches!(
            answer,
            Answer::Unknown {
                status: Some(307),
                ..
            }
        ),
        "{answer:?}"
    );
    assert!(trap.seen().raw.is_empty());
}

#[tokio::test]
async fn a_proxy_tunnels_and_sees_neither_token_nor_secret() {
    let server = Secure::start("here.pem", whole);
    let proxy = Secure::proxy();
    let mut route = through(&proxy.url("http"));
    if let Some(proxy) = &mut route.proxy {
        proxy.login = Some(("ann".to_owned(), SecretString::from("p%41:@ü /\\")));
    }
    let client = built(&server.url("https"), &server.url("https"), route);
    assert!(!format!("{client:?}").contains("p%41"), "{client:?}");
    let answer = client.restrict(permit(), &device(), "c").await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    let seen = proxy.seen();
    assert!(!seen.requests.is_empty());
    for request in &seen.requests {
        assert!(request.starts_with("CONNECT 127.0.0.1:"), "{request}");
        // ann:p%41:@ü /\ in base64
        let expected = "proxy-authorization: Basic YW5uOnAlNDE6QMO8IC9c";
        assert!(request.contains(expected), "{request}");
    }
    no_token_in(&seen);
}

#[tokio::test]
async fn a_proxy_that_says_200_and_then_garbage_gets_no_byte_of_a_token() {
    let authority = authority().await;
    let server = Secure::start("here.pem", whole);
    let garbage =
        Secure::garbage(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
    let client = built(
        &server.url("https"),
        &authority.url(),
        through(&garbage.url("http")),
    );
    not_sent(&client).await;
    assert!(server.seen().raw.is_empty(), "nobody goes round the proxy");
    no_token_in(&garbage.seen());
}

#[tokio::test]
async fn a_proxy_that_refuses_is_not_gone_round() {
    let authority = authority().await;
    for refusal in [
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0\r\n\r\n",
        "",
    ] {
        let server = Secure::start("here.pem", whole);
        let proxy = Secure::garbage(refusal.as_bytes());
        let client = built(
            &server.url("https"),
            &authority.url(),
            through(&proxy.url("http")),
        );
        not_sent(&client).await;
        assert!(server.seen().raw.is_empty());
        no_token_in(&proxy.seen());
    }
}

#[tokio::test]
async fn plain_http_and_excepted_hosts_go_round_the_proxy() {
    let plain = Fake::defender(|_, _| reply(201, "", &action("a-1", "RestrictCodeExecution"))).await;
    let proxy = Secure::proxy();
    let client = built(&plain.url(), &plain.url(), through(&proxy.url("http")));
    let answer = client.restrict(permit(), &device(), "c").await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    assert!(
        proxy.seen().raw.is_empty(),
        "an identity endpoint speaks plain HTTP"
    );

    let server = Secure::start("here.pem", whole);
    let mut route = through(&proxy.url("http"));
    if let Some(proxy) = &mut route.proxy {
        proxy.except = Some("internal.example,127.0.0.0/8".to_owned());
    }
    let client = built(&server.url("https"), &server.url("https"), route);
    let answer = client.restrict(permit(), &device(), "c").await;
    assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    assert!(proxy.seen().raw.is_empty());
}
