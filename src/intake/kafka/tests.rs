//! The client against a cluster that speaks the protocol: librdkafka's mock, and a gate with TLS and SASL before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secrecy::SecretString;

use super::broker::{Broker, Check, Gate, pem};
use super::*;

fn options(brokers: Vec<String>) -> Options {
    Options {
        brokers,
        client_id: "quell-test".to_owned(),
        tls: None,
        login: None,
        connect_timeout: Duration::from_secs(10),
        request_timeout: Duration::from_secs(10),
        max_answer: 8 * 1024 * 1024,
    }
}

const PORTION: Portion = Portion {
    bytes: 1024 * 1024,
    wait: Duration::from_millis(100),
};

const BOUNDS: Bounds = Bounds {
    message: 1024 * 1024,
    unpacked: 16 * 1024 * 1024,
    is_patient: false,
};

/// All from an offset on to the end.
async fn all(partition: &mut Partition, mut from: i64) -> Vec<(i64, Option<String>)> {
    let end = partition.offset(End::Latest).await.expect("the broker answers");
    let mut found = Vec::new();
    while from < end {
        let fetched = partition.fetch(from, PORTION).await.expect("the broker answers");
        let taken = fetched.take_apart(from, &BOUNDS);
        assert_eq!(taken.unread, []);
        let text = |value: Vec<u8>| String::from_utf8(value).expect("texts were written");
        found.extend(
            taken
                .messages
                .into_iter()
                .map(|one| (one.offset, one.value.map(text))),
        );
        from = taken.next;
    }
    found
}

fn texts(found: &[(i64, Option<String>)]) -> Vec<&str> {
    found
        .iter()
        .map(|(_, text)| text.as_deref().unwrap_or("nothing"))
        .collect()
}

#[tokio::test]
async fn every_packing_is_read_from_the_leader_of_each_partition() {
    let broker = Broker::start(3);
    let cluster = Cluster::new(options(broker.list())).expect("the options are whole");
    for (partition, codec) in (0..).zip(["none", "gzip", "snappy", "lz4"]) {
        let long = "x".repeat(2_000);
        broker.produce("alerts", partition, codec, &["one", &long, codec]);
    }
    broker.produce_with(
        "alerts",
        0,
        &["-X", "compression.codec=zstd"],
        &["by zstd", "again"],
    );
    let topic = cluster.topic("alerts").await.expect("it is there");
    let indices: Vec<i32> = topic.partitions.iter().map(|place| place.index).collect();
    assert_eq!(indices, [0, 1, 2, 3]);
    for (index, codec) in (0..).zip(["none", "gzip", "snappy", "lz4"]) {
        let mut partition = cluster.partition("alerts", index).await.expect("it has a leader");
        let found = all(&mut partition, 0).await;
        let texts = texts(&found);
        assert_eq!((texts[0], texts[1].len(), texts[2]), ("one", 2_000, codec));
        if index == 0 {
            assert_eq!(texts[3..], ["by zstd", "again"]);
        }
        let offsets: Vec<i64> = found.iter().map(|(offset, _)| *offset).collect();
        assert_eq!(
            offsets,
            (0..i64::try_from(found.len()).expect("few")).collect::<Vec<_>>()
        );
        assert_eq!(texts.len(), all(&mut partition, 1).await.len() + 1);
    }
}

#[tokio::test]
async fn tombstones_headers_and_nothing_new_are_told_apart() {
    let broker = Broker::start(1);
    let cluster = Cluster::new(options(broker.list())).expect("the options are whole");
    broker.produce_with(
        "alerts",
        0,
        &["-Z", "-K", ":", "-H", "kind=alert"],
        &["k:one", "k:", "k:two"],
    );
    let mut partition = cluster.partition("alerts", 0).await.expect("it has a leader");
    assert_eq!(texts(&all(&mut partition, 0).await), ["one", "nothing", "two"]);
    let fetched = partition.fetch(3, PORTION).await.expect("nothing is an answer");
    assert!(fetched.is_empty());
    assert_eq!((fetched.take_apart(3, &BOUNDS).next, fetched.end), (3, 3));
    let beyond = partition.fetch(99, PORTION).await.expect_err("no such offset");
    assert!(
        matches!(beyond, KafkaError::OutOfRange { offset: 99 }),
        "{beyond:?}"
    );
}

#[tokio::test]
async fn what_retention_took_is_out_of_range_and_the_earliest_is_told() {
    let broker = Broker::start(1);
    let cluster = Cluster::new(options(broker.list())).expect("the options are whole");
    let long = "x".repeat(600_000);
    for _ in 0..10 {
        broker.produce("alerts", 0, "none", &[&long]);
    }
    let mut partition = cluster.partition("alerts", 0).await.expect("it has a leader");
    let earliest = partition.offset(End::Earliest).await.expect("the broker answers");
    assert!(earliest > 0, "5 MiB are kept of 6");
    assert_eq!(
        partition.offset(End::Latest).await.expect("the broker answers"),
        10
    );
    let gone = partition.fetch(0, PORTION).await.expect_err("it was removed");
    assert!(matches!(gone, KafkaError::OutOfRange { offset: 0 }), "{gone:?}");
    assert!(partition.is_usable());
    let left = all(&mut partition, earliest).await;
    assert_eq!(i64::try_from(left.len()).expect("few"), 10 - earliest);
}

#[tokio::test]
async fn an_answer_longer_than_what_is_read_is_passed_and_told() {
    let broker = Broker::start(1);
    let long = "x".repeat(600_000);
    broker.produce("alerts", 0, "none", &[&long]);
    broker.produce("alerts", 0, "none", &["short"]);
    let small = Options {
        max_answer: 100_000,
        ..options(broker.list())
    };
    let cluster = Cluster::new(small).expect("the options are whole");
    let mut partition = cluster.partition("alerts", 0).await.expect("it has a leader");
    let fetched = partition.fetch(0, PORTION).await.expect("the broker answers");
    let taken = fetched.take_apart(0, &BOUNDS);
    assert_eq!((taken.unread.len(), taken.next), (1, 1));
    assert_eq!(taken.unread[0].bytes.len(), 64 * 1024);
    // The connection is in step again.
    assert_eq!(texts(&all(&mut partition, 1).await), ["short"]);
}

#[tokio::test]
async fn nobody_there_and_no_kafka_there_are_errors() {
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        listener.local_addr().expect("it is bound").to_string()
    };
    let cluster = Cluster::new(options(vec![gone.clone()])).expect("the options are whole");
    let error = cluster.topic("alerts").await.expect_err("nobody listens");
    assert!(
        matches!(&error, KafkaError::Connection { broker, .. } if *broker == gone),
        "{error}"
    );

    // The second one answers: that is enough.
    let broker = Broker::start(1);
    broker.produce("alerts", 0, "none", &["one"]);
    let brokers = vec![gone, broker.addresses.clone()];
    let cluster = Cluster::new(options(brokers)).expect("the options are whole");
    assert_eq!(
        cluster
            .topic("alerts")
            .await
            .expect("it is there")
            .partitions
            .len(),
        4
    );

    let web = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = web.local_addr().expect("it is bound").to_string();
    let serve = async {
        use tokio::io::AsyncWriteExt as _;
        let (mut stream, _) = web.accept().await.expect("the client comes");
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .expect("it reads");
        stream
    };
    let cluster = Cluster::new(options(vec![address])).expect("the options are whole");
    let (_stream, answer) = tokio::join!(serve, cluster.topic("alerts"));
    assert!(answer.is_err());
}

fn secret(text: &'static str) -> Secrets {
    Arc::new(move || Box::pin(async move { Ok(SecretString::from(text)) }))
}

fn through(gate: &Gate, login: Login) -> Options {
    Options {
        tls: Some(Tls {
            ca_file: Some(pem("ours-ca.pem")),
        }),
        login: Some(login),
        ..options(vec![gate.address.to_string()])
    }
}

fn plain_is(right: &'static [u8]) -> Check {
    Box::new(move |said| (said != right).then(|| "Authentication failed".to_owned()))
}

const CONNECTION: &str = "Endpoint=sb://ns/;SharedAccessKeyName=listen;SharedAccessKey=hunter2=";

#[tokio::test]
async fn event_hubs_password_goes_over_tls_alone_and_opens_the_way() {
    let broker = Broker::start(1);
    broker.produce("alerts", 0, "none", &["one"]);
    let right = b"\0$ConnectionString\0Endpoint=sb://ns/;SharedAccessKeyName=listen;SharedAccessKey=hunter2=";
    let gate = Gate::open(&broker, "PLAIN", 0, plain_is(right));
    let plain = |password| Login::Plain {
        user: "$ConnectionString".to_owned(),
        password: secret(password),
    };
    let cluster = Cluster::new(through(&gate, plain(CONNECTION))).expect("the options are whole");
    let mut partition = cluster.partition("alerts", 0).await.expect("it has a leader");
    assert_eq!(texts(&all(&mut partition, 0).await), ["one"]);
    assert_eq!(gate.logins.load(Ordering::SeqCst), 2);

    let cluster = Cluster::new(through(&gate, plain("another"))).expect("the options are whole");
    let error = cluster.topic("alerts").await.expect_err("the password is wrong");
    let told = error.to_string();
    assert!(
        told.ends_with("refuses the login by PLAIN: Authentication failed"),
        "{told}"
    );

    let oauth = Login::OauthBearer { token: secret("t") };
    let cluster = Cluster::new(through(&gate, oauth)).expect("the options are whole");
    let error = cluster.topic("alerts").await.expect_err("it is not offered");
    assert!(error.to_string().ends_with("the broker offers PLAIN"), "{error}");

    let raw = gate.raw.lock().expect("nobody panicked").clone();
    assert!(
        !raw.windows(7)
            .any(|bytes| bytes == b"hunter2" || bytes == b"another")
    );
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_told_nothing() {
    let broker = Broker::start(1);
    let gate = Gate::open(&broker, "PLAIN", 0, plain_is(b""));
    let mut options = through(
        &gate,
        Login::Plain {
            user: "u".to_owned(),
            password: secret("p"),
        },
    );
    options.tls = Some(Tls {
        ca_file: Some(pem("theirs-ca.pem")),
    });
    let cluster = Cluster::new(options).expect("the options are whole");
    let error = cluster.topic("alerts").await.expect_err("nobody vouches for it");
    assert!(
        matches!(
            error,
            KafkaError::Connection {
                what: "TLS with it fails",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(gate.logins.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_token_is_asked_for_anew_at_each_login_and_an_expired_one_says_so() {
    let broker = Broker::start(1);
    broker.produce("alerts", 0, "none", &["one"]);
    let check: Check = Box::new(|said| {
        let said = String::from_utf8_lossy(said).into_owned();
        match said.as_str() {
            "n,,\u{1}auth=Bearer fresh-1\u{1}\u{1}" | "n,,\u{1}auth=Bearer fresh-2\u{1}\u{1}" => None,
            "\u{1}" => Some("the token is refused".to_owned()),
            _ => Some(r#"{"status":"invalid_token"}"#.to_owned()),
        }
    });
    // The login holds for no time at all: each question makes a new connection.
    let gate = Gate::open(&broker, "OAUTHBEARER", 1, check);
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let token: Secrets = Arc::new(move || {
        let number = counting.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move { Ok(SecretString::from(format!("fresh-{number}"))) })
    });
    let cluster = Cluster::new(through(&gate, Login::OauthBearer { token })).expect("the options are whole");
    assert_eq!(
        cluster
            .topic("alerts")
            .await
            .expect("the token is fresh")
            .partitions
            .len(),
        4
    );
    assert_eq!(
        cluster
            .topic("alerts")
            .await
            .expect("the token is fresh")
            .partitions
            .len(),
        4
    );
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let error = cluster
        .topic("alerts")
        .await
        .expect_err("the third one is expired");
    assert!(
        matches!(
            &error,
            KafkaError::Login {
                mechanism: "OAUTHBEARER",
                ..
            }
        ),
        "{error:?}"
    );

    let none: Secrets = Arc::new(|| Box::pin(async { Err("entra does not answer".to_owned()) }));
    let cluster = Cluster::new(through(&gate, Login::OauthBearer { token: none })).expect("whole");
    let error = cluster.topic("alerts").await.expect_err("there is no token");
    assert!(error.to_string().ends_with("entra does not answer"), "{error}");
}
