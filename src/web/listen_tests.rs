//! The listener from outside: what is slow, silent or too large ends, and who shows which certificate.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::domain::device::DeviceIdRule;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::web::peer::Peer;
use crate::web::testing::TestServer;
use crate::web::{Bounds, Options, Proof, Source, Tls, TlsFiles};

/// Long before anything else would end a test.
const SOON: Duration = Duration::from_secs(10);

fn quick() -> Bounds {
    Bounds {
        head_timeout: Duration::from_millis(200),
        write_timeout: Duration::from_millis(200),
        ..Bounds::default()
    }
}

async fn bounded(bounds: Bounds) -> TestServer {
    TestServer::bounded(bounds, None, Options::new(TenantId(1))).await
}

async fn connected(server: &TestServer) -> TcpStream {
    TcpStream::connect(server.address)
        .await
        .expect("the server listens")
}

/// What the server still says before it hangs up.
async fn until_it_hangs_up(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let ended = tokio::time::timeout(SOON, stream.read_to_end(&mut said)).await;
    assert!(ended.is_ok(), "the server keeps the connection: {said:?}");
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn who_never_ends_a_head_or_stays_silent_is_hung_up_on() {
    let server = bounded(quick()).await;
    let mut silent = connected(&server).await;
    let mut slow = connected(&server).await;
    slow.write_all(b"POST /v1/events HTTP/1.1\r\nhost: localhost\r\nx-")
        .await
        .expect("it is taken");
    let mut idle = connected(&server).await;
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("it is taken");
    assert_eq!(until_it_hangs_up(&mut silent).await, "");
    assert_eq!(until_it_hangs_up(&mut slow).await, "");
    let answered = until_it_hangs_up(&mut idle).await;
    assert!(
        answered.starts_with("HTTP/1.1 200") && answered.ends_with("alive\n"),
        "{answered}"
    );
}

#[tokio::test]
async fn half_a_head_and_half_a_handshake_do_not_hold_up_a_stop() {
    for tls in [None, Some(Arc::new(Tls::new(files()).expect("the files fit")))] {
        let begun: &[u8] = match &tls {
            None => b"POST /v1/events HTTP/1.1\r\nhost: localhost\r\nx-",
            // The beginning of a record of TLS.
            Some(_) => &[22, 3, 1, 2, 0, 1],
        };
        let mut server = TestServer::bounded(Bounds::default(), tls, Options::new(TenantId(1))).await;
        let mut stream = connected(&server).await;
        stream.write_all(begun).await.expect("it is taken");
        server.shutdown.cancel();
        let ended = tokio::time::timeout(SOON, server.tasks.join_next()).await;
        assert!(ended.is_ok(), "the server waits for who never ends");
        drop(stream);
    }
}

#[tokio::test]
async fn too_many_or_too_large_fields_of_a_head_are_a_431() {
    let server = bounded(Bounds::default()).await;
    let many = "x-a: b\r\n".repeat(101);
    let large = format!("x-a: {}\r\n", "b".repeat(17 * 1024));
    let path = "b".repeat(17 * 1024);
    for request in [
        format!("GET /livez HTTP/1.1\r\nhost: localhost\r\n{many}\r\n"),
        format!("GET /livez HTTP/1.1\r\nhost: localhost\r\n{large}\r\n"),
        format!("GET /{path} HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    ] {
        let mut stream = connected(&server).await;
        stream.write_all(request.as_bytes()).await.expect("it is taken");
        let said = until_it_hangs_up(&mut stream).await;
        assert!(
            said.starts_with("HTTP/1.1 431") || said.starts_with("HTTP/1.1 414"),
            "{said}"
        );
    }
    let most = "x-a: b\r\n".repeat(98);
    let got = server
        .exchange(
            format!("GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{most}\r\n").as_bytes(),
        )
        .await;
    assert_eq!(got.status, 200, "a hundred are many, and taken");
}

#[tokio::test]
async fn a_peer_has_no_more_connections_than_it_may() {
    let server = bounded(Bounds {
        per_peer: 2,
        ..Bounds::default()
    })
    .await;
    let mut first = connected(&server).await;
    let _second = connected(&server).await;
    let mut third = connected(&server).await;
    assert_eq!(until_it_hangs_up(&mut third).await, "");
    first
        .write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .expect("it is taken");
    assert!(until_it_hangs_up(&mut first).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn beyond_the_most_connections_one_waits_until_another_ends() {
    let server = bounded(Bounds {
        connections: 1,
        ..Bounds::default()
    })
    .await;
    let first = connected(&server).await;
    let mut second = connected(&server).await;
    second
        .write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .expect("the system takes it");
    let mut byte = [0];
    let waited = tokio::time::timeout(Duration::from_millis(100), second.read(&mut byte)).await;
    assert!(waited.is_err(), "nobody has a place for it yet");
    drop(first);
    assert!(until_it_hangs_up(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn who_does_not_take_its_answers_is_hung_up_on() {
    let server = bounded(quick()).await;
    let stream = connected(&server).await;
    let (mut reading, mut writing) = stream.into_split();
    // Each asks for an answer that nobody reads, until no buffer takes another.
    let asking = async {
        let ask = b"GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1_000);
        while writing.write_all(&ask).await.is_ok() {}
    };
    assert!(
        tokio::time::timeout(SOON * 3, asking).await.is_ok(),
        "the server still listens"
    );
    let mut said = Vec::new();
    // It was cut off, with or without a word of the system's.
    let _ = reading.read_to_end(&mut said).await;
}

fn pem(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/tls")
        .join(name)
}

fn certificates(name: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(pem(name))
        .and_then(Iterator::collect)
        .expect("the file is PEM")
}

/// A client that trusts `ours`, and shows this certificate.
fn client(shown: Option<&str>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("ours-ca.pem") {
        roots.add(certificate).expect("it is an authority");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks them")
        .with_root_certificates(roots);
    let config = match shown {
        None => builder.with_no_client_auth(),
        Some(name) => {
            let key = PrivateKeyDer::from_pem_file(pem(name)).expect("its key is there");
            builder
                .with_client_auth_cert(certificates(name), key)
                .expect("they belong together")
        }
    };
    TlsConnector::from(Arc::new(config))
}

/// The answer to one request over TLS; `None`: there was none.
async fn ask(address: SocketAddr, shown: Option<&str>, request: &str) -> Option<String> {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = client(shown).connect(name, stream).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut said = Vec::new();
    // Who was refused before his body was read may find the connection cut off behind the answer.
    let _ = stream.read_to_end(&mut said).await;
    (!said.is_empty()).then(|| String::from_utf8_lossy(&said).into_owned())
}

fn files() -> TlsFiles {
    TlsFiles {
        certificate: pem("here.pem"),
        key: pem("here.pem"),
        client_authorities: Some(pem("clients-ca.pem")),
    }
}

#[tokio::test]
async fn a_source_takes_the_certificates_that_it_names_and_no_others() {
    let source = |name: &str, proof: Proof| {
        Arc::new(Source {
            name: name.to_owned(),
            tenant: TenantId(1),
            trust: Trust::Act,
            rate: None,
            reader: Reader::new(DeviceIdRule::default()),
            stored: Arc::default(),
            state: crate::domain::source::SourceState::default(),
            proof,
        })
    };
    let soar = Peer {
        address: "127.0.0.1".parse().expect("an address"),
        certificate: certificates("client.pem").into_iter().next().map(Arc::new),
    };
    let shown = soar.certificate.as_deref().expect("there is one");
    let print: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(shown.as_ref()).into();
    assert!(soar.has_fingerprint(&print) && soar.is_named("soar.example"));
    assert!(!soar.has_fingerprint(&[0; 32]) && !soar.is_named("other.example"));
    let mut options = Options::new(TenantId(1));
    options.sources = vec![
        source(
            "named",
            Proof::certificate(vec!["soar.example".to_owned()], Vec::new()),
        ),
        source("printed", Proof::certificate(Vec::new(), vec![print])),
    ];
    let tls = Arc::new(Tls::new(files()).expect("the files fit"));
    let server = TestServer::bounded(Bounds::default(), Some(tls), options).await;
    let get = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let alive = ask(server.address, None, get)
        .await
        .expect("nobody needs a certificate for that");
    assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
    for name in ["named", "printed"] {
        let post = format!(
            "POST /v1/events/{name} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]"
        );
        for (shown, status) in [
            (Some("client.pem"), "202"),
            (Some("client-other.pem"), "401"),
            (None, "403"),
        ] {
            let said = ask(server.address, shown, &post).await.expect("it is answered");
            assert!(
                said.starts_with(&format!("HTTP/1.1 {status}")),
                "{name} {shown:?}: {said}"
            );
        }
        // Signed by an authority that is none of ours: the handshake ends there.
        assert_eq!(
            ask(server.address, Some("client-impostor.pem"), &post).await,
            None
        );
    }
    let mut plain = connected(&server).await;
    plain.write_all(get.as_bytes()).await.expect("it is taken");
    assert!(
        !until_it_hangs_up(&mut plain).await.contains("HTTP/1.1 200"),
        "plain HTTP gets nothing"
    );
}

#[tokio::test]
async fn a_certificate_is_verified_at_every_connection_and_none_lasts_for_ever() {
    let tls = Arc::new(Tls::new(files()).expect("the files fit"));
    let bounds = Bounds {
        certified_for: Duration::from_millis(200),
        ..Bounds::default()
    };
    let server = TestServer::bounded(bounds, Some(tls), Options::new(TenantId(1))).await;
    let connector = client(Some("client.pem"));
    let name = ServerName::try_from("localhost").expect("a name");
    for _ in 0..2 {
        let stream = TcpStream::connect(server.address)
            .await
            .expect("the server listens");
        let mut stream = connector
            .connect(name.clone(), stream)
            .await
            .expect("it is let in");
        stream
            .write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .expect("it is taken");
        let mut said = Vec::new();
        // Nobody asked for its end, and it was not silent for as long as anybody may be.
        let ended = tokio::time::timeout(SOON, stream.read_to_end(&mut said)).await;
        assert!(ended.is_ok(), "the server keeps the connection");
        assert!(said.starts_with(b"HTTP/1.1 200"));
        let kind = stream.get_ref().1.handshake_kind();
        assert_eq!(
            kind,
            Some(rustls::HandshakeKind::Full),
            "no session is taken up again"
        );
    }
}

#[test]
fn files_that_make_no_listener_are_told() {
    let error = |files: TlsFiles| Tls::new(files).expect_err("they do not fit").to_string();
    let missing = error(TlsFiles {
        key: pem("nothing.pem"),
        ..files()
    });
    assert!(missing.contains("nothing.pem"), "{missing}");
    let empty = error(TlsFiles {
        client_authorities: Some(pem("README.md")),
        ..files()
    });
    assert!(empty.contains("holds no certificate"), "{empty}");
    let mixed = error(TlsFiles {
        key: pem("impostor.pem"),
        ..files()
    });
    assert!(mixed.contains("do not make a TLS listener"), "{mixed}");
}

#[test]
fn a_certificate_that_changes_is_taken_from_the_next_look_on() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let own = directory.path().join("own.pem");
    let copy = |name: &str| std::fs::copy(pem(name), &own).expect("it can be copied");
    copy("here.pem");
    let tls = Tls::new(TlsFiles {
        certificate: own.clone(),
        key: own.clone(),
        client_authorities: None,
    })
    .expect("the files fit")
    .always_fresh();
    let before = tls.now();
    assert!(Arc::ptr_eq(&before, &tls.now()), "nothing changed");
    std::fs::write(&own, "half a file").expect("it can be written");
    assert!(Arc::ptr_eq(&before, &tls.now()), "what was there stays in force");
    copy("elsewhere.pem");
    assert!(!Arc::ptr_eq(&before, &tls.now()));
}
