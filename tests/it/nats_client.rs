//! The client of NATS against a real server: what is delivered, what each answer does, and what is said when it cannot be.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use quell::intake::nats::{Answer, Beginning, ConnectNats, Credentials, Message, Nats, NatsError, Tls};

use crate::support::nats_server::{NatsServer, about, publish, stream};
use crate::support::within;

/// A user's credentials under the operator of `operator.conf`, and the public half of the user's key.
const CREDS: &str = include_str!("../data/nats/quell.creds");
const PUBLIC: &str = "UASZGODMK5CRPBWBF4N3HM44G24O255XAPGZD3RM4UJOGTUGCTZL34JD";

fn options(server: &NatsServer) -> ConnectNats {
    ConnectNats {
        name: "quell test".to_owned(),
        servers: vec![server.url()],
        tls: None,
        credentials: Credentials::None,
        stream: "ALERTS".to_owned(),
        durable: "quell".to_owned(),
        filter: None,
        create: true,
        beginning: Beginning::All,
        ack_wait: Duration::from_secs(30),
        batch: 100,
    }
}

async fn connect(options: &ConnectNats) -> Nats {
    options.connect().await.expect("the server is up")
}

async fn refused(options: &ConnectNats) -> String {
    let error = options.connect().await.err().expect("it cannot be had");
    chain(&error)
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

/// Takes until there are so many.
async fn take(nats: &mut Nats, count: usize) -> Vec<Message> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let more = tokio::time::timeout(Duration::from_secs(20), nats.take(100)).await;
        taken.extend(more.expect("the messages are there").expect("the server is up"));
    }
    taken
}

fn texts(messages: &[Message]) -> Vec<String> {
    messages
        .iter()
        .map(|message| String::from_utf8_lossy(message.payload()).into_owned())
        .collect()
}

#[tokio::test]
async fn what_is_acknowledged_never_comes_again_and_what_is_not_comes_to_whoever_asks_next() {
    let server = NatsServer::start().await;
    let context = server.client().await;
    stream(&context).await;
    publish(&context, (0..250).map(|n| format!("m{n}"))).await;

    let mut first = connect(&options(&server)).await;
    let taken = take(&mut first, 150).await;
    assert_eq!(
        texts(&taken),
        (0..taken.len()).map(|n| format!("m{n}")).collect::<Vec<_>>()
    );
    assert!(taken.iter().all(|message| message.times() == 1));
    let (done, open) = taken.split_at(100);
    assert_eq!(first.answer(done, Answer::Stored).await, 100);
    assert_eq!(
        first.answer(open, Answer::Later(Duration::ZERO)).await,
        open.len()
    );
    // What it had asked for and not taken is given back too.
    first.leave().await;

    let mut second = connect(&options(&server)).await;
    let mut rest = take(&mut second, 150).await;
    rest.sort_by_key(Message::sequence);
    assert_eq!(
        texts(&rest),
        (100..250).map(|n| format!("m{n}")).collect::<Vec<_>>()
    );
    assert!(rest[0].times() > 1, "it was delivered before");
    assert_eq!(rest[0].identity(), open[0].identity(), "it is the same message");
    assert_eq!(second.answer(&rest, Answer::Stored).await, 150);
    let about = about(&context, "quell").await;
    assert_eq!((about.num_ack_pending, about.num_pending), (0, 0));
    assert_eq!(about.ack_floor.stream_sequence, 250);
}

#[tokio::test]
async fn a_message_waits_for_the_first_and_a_delay_and_progress_hold_it_back() {
    let server = NatsServer::start().await;
    let context = server.client().await;
    stream(&context).await;
    let mut options = options(&server);
    options.ack_wait = Duration::from_millis(600);
    let mut nats = connect(&options).await;
    // It hears when a request has run out, and has the message at once when it comes.
    let waited = tokio::time::timeout(Duration::from_secs(9), nats.take(10)).await;
    let none = waited.expect("a request runs out").expect("the server is up");
    assert_eq!(none.len(), 0, "nothing was published");
    publish(&context, ["late"]).await;
    let taken = take(&mut nats, 1).await;
    assert_eq!(texts(&taken), ["late"]);
    for _ in 0..4 {
        assert_eq!(nats.answer(&taken, Answer::InProgress).await, 1);
        let again = tokio::time::timeout(Duration::from_millis(300), nats.take(10)).await;
        assert!(again.is_err(), "it is being worked on");
    }
    let again = take(&mut nats, 1).await;
    assert_eq!(
        (texts(&again), again[0].times()),
        (texts(&taken), 2),
        "nobody worked on it any more"
    );
    nats.answer(&again, Answer::Later(Duration::from_millis(900)))
        .await;
    let early = tokio::time::timeout(Duration::from_millis(500), nats.take(10)).await;
    assert!(early.is_err(), "the delay holds it back");
    let last = take(&mut nats, 1).await;
    nats.answer(&last, Answer::Useless("no_json: it is none")).await;
    let about = about(&context, "quell").await;
    assert_eq!(
        (about.num_ack_pending, about.num_pending),
        (0, 0),
        "it is done with"
    );
}

#[tokio::test]
async fn a_server_that_goes_away_is_noticed_at_once_and_what_was_open_comes_again() {
    let mut server = NatsServer::start().await;
    let context = server.client().await;
    stream(&context).await;
    publish(&context, ["a", "b"]).await;
    let mut options = options(&server);
    options.ack_wait = Duration::from_secs(1);
    let mut nats = connect(&options).await;
    let taken = take(&mut nats, 2).await;
    assert_eq!(nats.answer(&taken[..1], Answer::Stored).await, 1);
    server.kill();
    let lost = tokio::time::timeout(Duration::from_secs(3), nats.take(10)).await;
    let lost = lost.expect("it is noticed").expect_err("the server is gone");
    assert!(matches!(lost, NatsError::Lost(_)), "{lost}");
    assert_eq!(
        nats.answer(&taken[1..], Answer::Stored).await,
        0,
        "nobody hears it"
    );
    let gone = refused(&options).await;
    assert!(
        gone.starts_with("no connection to nats at nats://127.0.0.1:"),
        "{gone}"
    );
    // What it has not sent yet would be sent when it reaches the server again.
    drop(nats);
    server.restart().await;
    let mut nats = connect(&options).await;
    // A server that is killed may have forgotten that it was told of the first one too.
    let open = async {
        let mut again = Vec::new();
        while !again.contains(&taken[1].identity()) {
            again.extend(take(&mut nats, 1).await.iter().map(|message| message.identity()));
        }
        again
    };
    let again = tokio::time::timeout(Duration::from_secs(30), open).await;
    let again = again.expect("what was open comes again");
    assert!(again.len() <= 2, "{again:?}");
}

#[tokio::test]
async fn what_is_missing_or_unfit_is_said_with_the_way_out() {
    let server = NatsServer::start().await;
    let context = server.client().await;
    let mut options = options(&server);
    let no_stream = refused(&options).await;
    assert!(
        no_stream.contains("nats has no stream `ALERTS`: make it"),
        "{no_stream}"
    );
    let stream = stream(&context).await;
    options.create = false;
    let none = refused(&options).await;
    assert!(
        none.contains("no consumer `quell`") && none.contains("`nats.create: true`"),
        "{none}"
    );

    use async_nats::jetstream::consumer::{AckPolicy, pull, push};
    let silent = pull::Config {
        durable_name: Some("quell".to_owned()),
        ack_policy: AckPolicy::None,
        ..pull::Config::default()
    };
    stream.create_consumer(silent).await.expect("it can be made");
    let unfit = refused(&options).await;
    assert!(unfit.contains("its ack policy is not `explicit`"), "{unfit}");
    options.durable = "gives-up".to_owned();
    let gives_up = pull::Config {
        durable_name: Some("gives-up".to_owned()),
        max_deliver: 7,
        ..pull::Config::default()
    };
    stream.create_consumer(gives_up).await.expect("it can be made");
    let unfit = refused(&options).await;
    assert!(unfit.contains("its `max_deliver` is 7"), "{unfit}");

    options.durable = "pushed".to_owned();
    let pushed = push::Config {
        durable_name: Some("pushed".to_owned()),
        deliver_subject: "elsewhere".to_owned(),
        ..push::Config::default()
    };
    stream.create_consumer(pushed).await.expect("it can be made");
    let unfit = refused(&options).await;
    assert!(unfit.contains("it pushes"), "{unfit}");

    options.create = true;
    options.durable = "made".to_owned();
    options.filter = Some("alerts.a".to_owned());
    let made = connect(&options).await;
    assert_eq!(made.ack_wait(), Duration::from_secs(30));
    options.filter = Some("alerts.b".to_owned());
    let unfit = refused(&options).await;
    assert!(
        unfit.contains("it filters `alerts.a`, and the configuration says `alerts.b`"),
        "{unfit}"
    );

    // A consumer that is taken away in the middle is no silence.
    options.filter = Some("alerts.a".to_owned());
    let mut nats = connect(&options).await;
    let deleted = async {
        within(Duration::from_secs(5), async || {
            about(&context, "made").await.num_waiting > 0
        })
        .await;
        stream.delete_consumer("made").await
    };
    let (lost, deleted) = tokio::join!(
        tokio::time::timeout(Duration::from_secs(15), nats.take(10)),
        deleted
    );
    deleted.expect("it was there");
    let lost = lost.expect("it is noticed").expect_err("it is gone");
    assert!(
        matches!(&lost, NatsError::Lost(why) if why.to_lowercase().contains("consumer")),
        "{lost}"
    );
}

#[tokio::test]
async fn every_kind_of_credentials_opens_the_door_and_wrong_ones_are_named() {
    let write = |server: &NatsServer, name: &str, text: &str| -> PathBuf {
        let path = server.path(name);
        std::fs::write(&path, text).expect("the test's directory takes a file");
        path
    };
    let server = NatsServer::start_with("authorization {user: quell, password: right}").await;
    let mut options = options(&server);
    let none = refused(&options).await;
    assert!(none.to_lowercase().contains("authorization violation"), "{none}");
    let file = write(&server, "password", "wrong\n");
    options.credentials = Credentials::Password {
        user: "quell".to_owned(),
        file: file.clone(),
    };
    let wrong = refused(&options).await;
    assert!(
        wrong.to_lowercase().contains("authorization violation") && !wrong.contains("wrong"),
        "{wrong}"
    );
    write(&server, "password", "right\n");
    let right = refused(&options).await;
    assert!(right.contains("no stream"), "the secret is read anew: {right}");
    options.credentials = Credentials::File(file.with_file_name("nowhere.creds"));
    let missing = refused(&options).await;
    assert!(missing.contains("nowhere.creds` cannot be used"), "{missing}");

    let server = NatsServer::start_with("authorization {token: sesame}").await;
    let mut options = self::options(&server);
    options.credentials = Credentials::Token(write(&server, "token", "sesame"));
    let right = refused(&options).await;
    assert!(right.contains("no stream"), "{right}");

    // The seed of a key whose public half the server knows, and one of another key.
    let seed = CREDS.lines().find(|line| line.starts_with("SU"));
    let seed = seed.expect("the credentials hold the seed");
    let server = NatsServer::start_with(&format!("authorization {{users: [{{nkey: {PUBLIC}}}]}}")).await;
    let mut options = self::options(&server);
    options.credentials = Credentials::Nkey(write(&server, "seed", &format!("{seed}\n")));
    let right = refused(&options).await;
    assert!(right.contains("no stream"), "{right}");
    write(
        &server,
        "seed",
        "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY\n",
    );
    let wrong = refused(&options).await;
    assert!(
        wrong.to_lowercase().contains("authorization violation"),
        "{wrong}"
    );

    // A credentials file, to a server that knows nobody but its operator.
    let server = NatsServer::start_with(include_str!("../data/nats/operator.conf")).await;
    let mut options = self::options(&server);
    let none = refused(&options).await;
    assert!(none.to_lowercase().contains("authorization violation"), "{none}");
    options.credentials = Credentials::File(write(&server, "quell.creds", CREDS));
    let right = refused(&options).await;
    assert!(right.contains("no stream"), "{right}");
    let damaged = write(&server, "quell.creds", &CREDS.replace(seed, "no seed at all"));
    let unusable = refused(&options).await;
    assert!(
        unusable.contains(&format!("{}` cannot be used", damaged.display())) && !unusable.contains(seed),
        "{unusable}"
    );
}

#[tokio::test]
async fn a_server_is_trusted_by_its_ca_alone_and_wants_our_certificate() {
    let directory = tempfile::tempdir().expect("the temporary directory takes another");
    let openssl = |arguments: &[&str]| {
        let made = Command::new("openssl")
            .args(arguments)
            .current_dir(directory.path())
            .output()
            .expect("run scripts/setup: it installs openssl");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    for (name, subject) in [("ca", "/CN=a test's CA"), ("other", "/CN=another CA")] {
        let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
        openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &pem,
            "-subj",
            subject,
            "-days",
            "2",
        ]);
    }
    std::fs::write(directory.path().join("ext"), "subjectAltName=IP:127.0.0.1\n")
        .expect("the directory takes a file");
    for name in ["server", "client"] {
        let (key, csr, pem) = (
            format!("{name}.key"),
            format!("{name}.csr"),
            format!("{name}.pem"),
        );
        openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &csr,
            "-subj",
            "/CN=quell",
        ]);
        openssl(&[
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            &pem,
            "-days",
            "2",
            "-extfile",
            "ext",
        ]);
    }
    let server = NatsServer::start_in(
        directory,
        "tls {cert_file: \"{dir}/server.pem\", key_file: \"{dir}/server.key\", ca_file: \"{dir}/ca.pem\", verify: true}",
    )
    .await;
    let mut options = options(&server);
    let tls = |ca: &str, certificate: bool| Tls {
        ca_file: Some(server.path(ca)),
        certificate: certificate.then(|| (server.path("client.pem"), server.path("client.key"))),
    };
    options.tls = Some(tls("ca.pem", true));
    let right = refused(&options).await;
    assert!(right.contains("no stream"), "{right}");
    options.tls = Some(tls("other.pem", true));
    let stranger = refused(&options).await;
    assert!(stranger.starts_with("no connection to nats"), "{stranger}");
    options.tls = Some(tls("ca.pem", false));
    let nameless = refused(&options).await;
    assert!(!nameless.contains("no stream"), "{nameless}");
    // A server without TLS is no server of ours when TLS is wanted.
    let plain = NatsServer::start().await;
    let mut downgraded = options.clone();
    downgraded.servers = vec![plain.url()];
    let plain = refused(&downgraded).await;
    assert!(plain.starts_with("no connection to nats"), "{plain}");
}

#[tokio::test]
async fn a_consumer_that_bounds_its_requests_is_asked_for_no_more_and_a_refusal_is_said() {
    use async_nats::jetstream::consumer::pull;
    let server = NatsServer::start().await;
    let context = server.client().await;
    let stream = stream(&context).await;
    let bounded = pull::Config {
        durable_name: Some("quell".to_owned()),
        max_batch: 2,
        max_expires: Duration::from_secs(2),
        max_bytes: 4_096,
        max_waiting: 1,
        ..pull::Config::default()
    };
    stream.create_consumer(bounded).await.expect("it can be made");
    publish(&context, (0..5).map(|n| format!("m{n}"))).await;
    let mut nats = connect(&options(&server)).await;
    let taken = take(&mut nats, 5).await;
    assert_eq!(texts(&taken), ["m0", "m1", "m2", "m3", "m4"]);
    assert_eq!(nats.answer(&taken, Answer::Stored).await, 5);

    let mut other = connect(&options(&server)).await;
    let second = async {
        within(Duration::from_secs(5), async || {
            about(&context, "quell").await.num_waiting > 0
        })
        .await;
        other.take(10).await
    };
    let (_, second) = tokio::join!(
        tokio::time::timeout(Duration::from_secs(4), nats.take(10)),
        tokio::time::timeout(Duration::from_secs(6), second)
    );
    let refused = second.expect("it is said").expect_err("only one may wait");
    assert!(refused.to_string().contains("Exceeded MaxWaiting"), "{refused}");
}
