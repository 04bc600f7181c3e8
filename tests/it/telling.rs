//! Telling others, from what happens to what a receiver gets: grouping, digests, tries, giving up, what a process that dies leaves, and that
//! nobody waits for a receiver that hangs.

mod ends;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::telling::{Spans, Topic, Wants};
use quell::outbound::{MailTls, Posted, Reach, Receiver, Smtp, Way, export};
use quell::store::outbox::TellTerms;
use quell::store::outbox::views::NotificationQuery;
use quell::worker::tell::{Deliverer, Gatherer, Made, Make, Step};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::support::eventually;
use crate::support::ground::{Ground, asking_playbook, device, playbook};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn wants(name: &str, on: &[Topic]) -> Wants {
    Wants {
        name: name.to_owned(),
        on: on.to_vec(),
        tenants: Vec::new(),
        severity: None,
        keeps_all: false,
    }
}

async fn gatherer(ground: &Ground, receivers: Vec<Wants>) -> Gatherer {
    let topics: Vec<Topic> = receivers.iter().flat_map(|wants| wants.on.clone()).collect();
    ground
        .store
        .news_wanted(ground.tenant, &topics)
        .await
        .expect("the database is up");
    Gatherer {
        store: ground.store.clone(),
        tenant: ground.tenant,
        name: "ground".to_owned(),
        terms: TellTerms {
            receivers,
            spans: Spans {
                group_wait: SignedDuration::from_secs(10),
                digest_above: 3,
                digest_every: SignedDuration::from_secs(60),
                shown: 10,
                give_up_after: SignedDuration::from_hours(24),
            },
            tenants: vec!["ground".to_owned()],
        },
    }
}

fn deliverer(ground: &Ground, receiver: &str, way: Way) -> Deliverer {
    let make: Make = Arc::new(move || {
        let reach = Reach::new(|address| address.is_loopback());
        Receiver::new(&way, &reach, Some("https://quell.example.com".to_owned()))
            .map_err(|error| error.to_string())
    });
    Deliverer {
        store: ground.store.clone(),
        tenants: vec![ground.tenant],
        receiver: receiver.to_owned(),
        make,
        initial: Duration::from_secs(5),
        cap: Duration::from_secs(900),
        every: Duration::from_secs(1),
    }
}

fn webhook(sink: &Sink) -> Way {
    Way::Webhook(Posted {
        url: sink.url.clone().into(),
        secrets: vec![SECRET.into()],
        token: None,
    })
}

async fn step(deliverer: &Deliverer) -> Step {
    let mut rng = fastrand::Rng::with_seed(7);
    deliverer
        .step(&mut Made::default(), &mut rng)
        .await
        .expect("the database is up")
}

/// Gives each request the next status, and keeps it. With none left it never answers.
struct Sink {
    url: String,
    got: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Sink {
    async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let url = format!("http://{}/hook", listener.local_addr().expect("it is bound"));
        let got = Arc::new(Mutex::new(Vec::new()));
        let (kept, statuses) = (Arc::clone(&got), statuses.to_vec());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut held = Vec::new();
            for n in 0.. {
                let Ok((mut stream, _)) = listener.accept().await else {
                    return;
                };
                let mut request = Vec::new();
                while !is_whole(&request) {
                    let mut part = [0; 8_192];
                    match stream.read(&mut part).await {
                        Ok(0) | Err(_) => break,
                        Ok(read) => request.extend_from_slice(&part[..read]),
                    }
                }
                kept.lock()
                    .expect("nobody panicked")
                    .push(String::from_utf8_lossy(&request).into_owned());
                match statuses.get(n) {
                    Some(status) => {
                        let answer =
                            format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                        drop(stream.write_all(answer.as_bytes()).await);
                    }
                    None => held.push(stream),
                }
            }
        });
        Self {
            url,
            got,
            _tasks: tasks,
        }
    }

    fn got(&self) -> Vec<String> {
        self.got.lock().expect("nobody panicked").clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    header(head, "content-length")
        .is_some_and(|length| length.parse::<usize>().is_ok_and(|n| body.len() >= n))
}

fn header(request: &str, name: &str) -> Option<String> {
    let lines = request.lines().take_while(|line| !line.is_empty());
    let mut pairs = lines.filter_map(|line| line.split_once(": "));
    pairs
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
}

fn body(request: &str) -> serde_json::Value {
    let (_, body) = request.split_once("\r\n\r\n").expect("it has a head");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}

async fn words(ground: &mut Ground, sql: &str) -> Vec<String> {
    ground.words(sql.to_owned()).await
}

const MESSAGES: &str =
    "SELECT concat_ws(' ', receiver, kind, playbook, state, things) FROM quell.outbox ORDER BY id";

#[tokio::test]
async fn what_happens_becomes_one_signed_message_for_each_receiver_that_wants_it() {
    let told = "notify: [{to: soc, on: [acted, asked]}, {to: nobody, on: [acted]}]\n";
    let mut ground = Ground::new(&[playbook("one") + told, asking_playbook("two", "skip")]).await;
    // `soc` wants by `on` too what playbooks name it for: it is told once.
    let gatherer = gatherer(
        &ground,
        vec![wants("soc", &[Topic::Acted, Topic::Asked, Topic::Actions])],
    )
    .await;
    ground.alert("one", &device('a')).await;
    ground.alert("one", &device('b')).await;
    ground.alert("two", &device('c')).await;
    ground.call_succeeds().await;
    let told = gatherer.run_once().await.expect("the database is up");
    assert!(told.taken >= 5 && !told.more, "{told:?}");
    let all = words(&mut ground, MESSAGES).await;
    assert!(
        all.contains(&"soc containment.begun one gathering 2".to_owned()),
        "{all:?}"
    );
    assert!(
        all.contains(&"soc approval.asked two gathering 1".to_owned()),
        "{all:?}"
    );
    assert!(
        all.iter()
            .any(|one| one.starts_with("soc action.changed one gathering")),
        "{all:?}"
    );
    assert!(all.iter().all(|one| one.starts_with("soc ")), "{all:?}");
    assert_eq!(
        gatherer.run_once().await.expect("the database is up").taken,
        0,
        "nothing is taken twice"
    );
    assert_eq!(
        words(&mut ground, "SELECT count(*)::text FROM quell.news").await,
        ["0"]
    );

    let sink = Sink::answering(&[200; 8]).await;
    let deliverer = deliverer(&ground, "soc", webhook(&sink));
    assert!(
        matches!(step(&deliverer).await, Step::Idle(Some(_))),
        "they are gathered for a while"
    );
    ground.pass(SignedDuration::from_secs(11)).await;
    while step(&deliverer).await == Step::Delivered {}
    let got = sink.got();
    assert_eq!(got.len(), all.len());
    for request in &got {
        let event = body(request);
        assert_eq!(header(request, "webhook-id").as_deref(), event["id"].as_str());
        assert!(header(request, "webhook-signature").is_some_and(|value| value.starts_with("v1,")));
        assert_eq!(
            (&event["specversion"], &event["source"]),
            (&"1.0".into(), &"urn:quell:ground".into())
        );
    }
    let begun = got
        .iter()
        .map(|request| body(request))
        .find(|event| event["type"] == "quell.containment.begun");
    let data = &begun.expect("it was sent")["data"];
    assert_eq!((&data["count"], &data["playbook"]), (&2.into(), &"one".into()));
    assert_eq!(data["url"], "https://quell.example.com/devices?tenant=ground");
    let undelivered = "SELECT receiver FROM quell.notifications WHERE delivered_at IS NULL ORDER BY 1";
    assert_eq!(words(&mut ground, undelivered).await, ["nobody", "nobody"]);
    ground.close().await;
}

#[tokio::test]
async fn a_burst_of_three_thousand_is_a_handful_of_messages_and_every_record_of_an_export() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let mut siem = wants("siem", &[Topic::Acted]);
    siem.keeps_all = true;
    let gatherer = gatherer(&ground, vec![wants("soc", &[Topic::Acted]), siem]).await;
    // As the triggers of 3,000 containments under 30 playbooks write it down.
    let burst = "INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook, revision, comment, activated_at,
                     release_after, until, state_by, state_reason)
                 SELECT gen_random_uuid(), t.id, lpad(n::text, 40, '0'), 'active', 'enforce', 'normal', 'p' || n % 30, 'r', 'c',
                        quell.now(), interval '4h', quell.now() + interval '4h', 'decide', 'it matched'
                 FROM quell.tenants t, generate_series(1, 3000) AS n";
    ground.execute(burst.to_owned()).await;
    let mut rounds = 0;
    while gatherer.run_once().await.expect("the database is up").more {
        rounds += 1;
        assert!(rounds < 10, "it comes to an end");
    }
    let soc = words(
        &mut ground,
        "SELECT concat_ws(' ', kind, things) FROM quell.outbox WHERE receiver = 'soc' ORDER BY id",
    )
    .await;
    assert_eq!(soc.len(), 4, "three messages and the digest: {soc:?}");
    assert!(soc.contains(&"digest 2700".to_owned()), "{soc:?}");
    let told = words(
        &mut ground,
        "SELECT sum(things)::text FROM quell.outbox WHERE receiver = 'soc'",
    )
    .await;
    assert_eq!(told, ["3000"]);
    let records = "SELECT sum(jsonb_array_length(items))::text FROM quell.outbox WHERE receiver = 'siem'";
    assert_eq!(words(&mut ground, records).await, ["3000"]);
    ground.close().await;
}

#[tokio::test]
async fn a_message_is_tried_again_with_its_id_until_it_is_taken_or_given_up_and_can_be_sent_again() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let gatherer = gatherer(&ground, vec![wants("soc", &[Topic::Acted])]).await;
    ground.alert("one", &device('a')).await;
    gatherer.run_once().await.expect("the database is up");
    ground.pass(SignedDuration::from_secs(11)).await;
    // The first try dies between the sending and its record: the server has it, nobody knows.
    let sink = Sink::answering(&[]).await;
    let dying = deliverer(&ground, "soc", webhook(&sink));
    let mut task = JoinSet::new();
    task.spawn(async move { step(&dying).await });
    eventually("the first try arrives", Duration::from_secs(10), async || {
        sink.got().len() == 1
    })
    .await;
    task.shutdown().await;
    let after = Sink::answering(&[503, 200, 200]).await;
    let deliverer = deliverer(&ground, "soc", webhook(&after));
    assert!(
        matches!(step(&deliverer).await, Step::Idle(Some(_))),
        "somebody else may be at it"
    );
    ground.pass(SignedDuration::from_secs(61)).await;
    assert_eq!(step(&deliverer).await, Step::Failed);
    assert!(
        matches!(step(&deliverer).await, Step::Idle(Some(_))),
        "it waits before it tries again"
    );
    ground.pass(SignedDuration::from_mins(11)).await;
    let trouble = ground
        .store
        .receivers_in_trouble(ground.tenant, Duration::from_secs(600))
        .await;
    let trouble = trouble.expect("the database is up");
    assert_eq!(trouble[0].last_error.as_deref(), Some("it answered 503"));
    assert_eq!(step(&deliverer).await, Step::Delivered);
    let trouble = ground
        .store
        .receivers_in_trouble(ground.tenant, Duration::from_secs(600))
        .await;
    assert!(trouble.expect("the database is up").is_empty());
    let query = NotificationQuery {
        limit: 10,
        ..NotificationQuery::default()
    };
    let listed = ground
        .store
        .notifications(ground.tenant, &query)
        .await
        .expect("the database is up");
    assert_eq!(
        (listed.len(), listed[0].state.as_str(), listed[0].tries),
        (1, "delivered", 3)
    );
    let id = listed[0].id;
    let again = ground
        .store
        .notification_resend(
            ground.tenant,
            id,
            ("ann", "the channel was deleted"),
            Duration::from_secs(86_400),
        )
        .await
        .expect("the database is up");
    assert_eq!(again.as_deref(), Some("delivered"));
    assert_eq!(step(&deliverer).await, Step::Delivered);
    let ids: Vec<_> = sink
        .got()
        .iter()
        .chain(&after.got())
        .map(|request| header(request, "webhook-id"))
        .collect();
    assert_eq!(ids, vec![Some(id.to_string()); 4]);
    let audit = "SELECT concat_ws(' ', from_state, to_state, by, reason) FROM quell.transitions WHERE entity = 'notification'";
    assert_eq!(
        words(&mut ground, audit).await,
        ["delivered waiting ann the channel was deleted"]
    );

    // Nobody takes the next one for a day.
    ground.alert("one", &device('b')).await;
    gatherer.run_once().await.expect("the database is up");
    ground.pass(SignedDuration::from_hours(25)).await;
    let refusing = Sink::answering(&[500]).await;
    let deliverer = self::deliverer(&ground, "soc", webhook(&refusing));
    assert_eq!(step(&deliverer).await, Step::Failed);
    assert_eq!(step(&deliverer).await, Step::Idle(None));
    let failed = words(
        &mut ground,
        "SELECT state || ' ' || last_error FROM quell.outbox ORDER BY id DESC LIMIT 1",
    )
    .await;
    assert_eq!(failed, ["failed it answered 500"]);
    ground.close().await;
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_neither_another_nor_containment() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let gatherer = gatherer(
        &ground,
        vec![wants("stuck", &[Topic::Acted]), wants("well", &[Topic::Acted])],
    )
    .await;
    ground.alert("one", &device('a')).await;
    gatherer.run_once().await.expect("the database is up");
    ground.pass(SignedDuration::from_secs(11)).await;
    let (hanging, answering) = (Sink::answering(&[]).await, Sink::answering(&[200, 200]).await);
    let stuck = deliverer(&ground, "stuck", webhook(&hanging));
    let mut task = JoinSet::new();
    task.spawn(async move { step(&stuck).await });
    eventually("it hangs", Duration::from_secs(10), async || {
        hanging.got().len() == 1
    })
    .await;
    let well = deliverer(&ground, "well", webhook(&answering));
    assert_eq!(step(&well).await, Step::Delivered);
    ground.alert("one", &device('b')).await;
    assert_eq!(ground.containments(&device('b')).await, ["one active"]);
    for _ in 0..2 {
        ground.call_succeeds().await;
    }
    assert_eq!(ground.actions(&device('b')).await, ["restrict succeeded"]);
    assert!(task.try_join_next().is_none(), "it still hangs");
    task.shutdown().await;
    ground.close().await;
}

#[tokio::test]
async fn mail_is_handed_to_a_server_and_records_to_a_file() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let mut siem = wants("siem", &[Topic::Acted]);
    siem.keeps_all = true;
    let gatherer = gatherer(&ground, vec![wants("mail", &[Topic::Acted]), siem]).await;
    ground.alert("one", &device('a')).await;
    gatherer.run_once().await.expect("the database is up");
    ground.pass(SignedDuration::from_secs(11)).await;
    let (port, mails) = smtp_sink().await;
    let smtp = Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        tls: MailTls::None,
        login: None,
        from: "Quell <quell@example.com>".to_owned(),
        to: vec!["soc@example.com".to_owned(), "night@example.com".to_owned()],
    };
    assert_eq!(
        step(&deliverer(&ground, "mail", Way::Email(smtp))).await,
        Step::Delivered
    );
    let mail = mails.lock().expect("nobody panicked").join("\n");
    assert!(
        mail.contains("RCPT TO:<soc@example.com>") && mail.contains("RCPT TO:<night@example.com>"),
        "{mail}"
    );
    assert!(
        mail.contains("Subject: [ground] a device is being contained (one)"),
        "{mail}"
    );
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let file = directory.path().join("quell.jsonl");
    let way = Way::File(export::Format::Ecs, file.clone());
    assert_eq!(step(&deliverer(&ground, "siem", way)).await, Step::Delivered);
    let record: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).expect("it was written"))
            .expect("it is one line of JSON");
    assert_eq!(
        (&record["host"]["id"], &record["rule"]["name"]),
        (&"a".repeat(40).into(), &"one".into())
    );
    ground.close().await;
}

/// A mail server that takes everything, and keeps what was said.
async fn smtp_sink() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a loopback port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        drop(writing.write_all(b"220 sink\r\n").await);
        let mut is_data = false;
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.as_str() {
                "." if is_data => {
                    is_data = false;
                    "250 taken\r\n"
                }
                _ if is_data => "",
                "DATA" => {
                    is_data = true;
                    "354 go on\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            kept.lock().expect("nobody panicked").push(line);
            drop(writing.write_all(answer.as_bytes()).await);
        }
    });
    tasks.detach_all();
    (port, heard)
}
