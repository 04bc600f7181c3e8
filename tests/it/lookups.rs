//! Look-ups: what is asked about a device before its first call, when, how long an event waits for it, and what an answer, or
//! the want of one, changes. The service is one that answers what each test says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use quell::defender::{Client, Cloud, Endpoint, HostOptions, Options, SecretSource};
use quell::domain::alert::Alert;
use quell::domain::device::DeviceId;
use quell::domain::fact::Fact;
use quell::domain::lookup::{Lookup, LookupTerms};
use quell::domain::verdict::Lane;
use quell::limiter::SecondGuard;
use quell::store::{GateOutcome, LookupFound};
use quell::worker::lookups::{LookedAt, Lookups};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::inventory::{good, number};
use crate::support::ground::{self, Ground, device, playbook};

const BOTH: LookupTerms = LookupTerms {
    available_actions: true,
    antivirus: true,
    max_age: Duration::from_secs(3_600),
    wait: Duration::from_secs(10),
};

/// Answers each path with a status and a body, and keeps what it was asked.
struct Service {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Service {
    async fn answering(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (heard, answer) = (Arc::clone(&asked), Arc::new(answer));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (heard, answer) = (Arc::clone(&heard), Arc::clone(&answer));
                connections.spawn(async move { serve(stream, &heard, &*answer).await });
            }
        });
        Self {
            url,
            asked,
            _tasks: tasks,
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    heard: &Mutex<Vec<String>>,
    answer: &(dyn Fn(&str) -> (u16, Value) + Send + Sync),
) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4_096]);
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body) = if path.contains("/oauth2/") {
        (
            200,
            json!({"access_token": "t", "expires_in": 3_599, "token_type": "Bearer"}),
        )
    } else {
        heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(path.clone());
        answer(&path)
    };
    let body = body.to_string();
    let reply = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // Who went away before the answer does not want it.
    drop(stream.write_all(reply.as_bytes()).await);
}

/// A ground whose decisions and gate know of look-ups.
async fn ground(terms: LookupTerms) -> Ground {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    ground.decider().context.gate.lookups = terms;
    ground
}

/// A process that looks devices up at the service.
async fn looker(ground: &Ground, service: &Service, lookup: Lookup) -> Lookups {
    let context = ground.context();
    context.leadership.set(Some(ground.epoch().await));
    let endpoint = Endpoint::resolve(&HostOptions {
        entra_tenant: "11111111-2222-3333-4444-555555555555".to_owned(),
        cloud: Cloud::Commercial,
        base_url: Some(service.url.clone()),
        authority: Some(service.url.clone()),
        ..HostOptions::default()
    })
    .expect("the addresses can be used");
    let secret = SecretSource::function(|| Ok("a secret".to_owned().into()));
    let client = Client::new(Options::new(endpoint, ground::APP.to_owned(), secret));
    Lookups {
        guard: SecondGuard::new(&context.gate.antivirus).expect("the windows are plain"),
        context,
        client: Arc::new(client.expect("the options can be used")),
        lookup,
        backoff: Duration::from_millis(10),
    }
}

async fn look(looker: &Lookups) -> LookedAt {
    let stop = CancellationToken::new();
    looker.run_once(&stop).await.expect("the database is up")
}

/// An alert on a device that is accepted and weighed; says whether it was decided.
async fn weighed(ground: &mut Ground, device: &DeviceId) -> bool {
    let alert = Alert {
        category: Fact::Is("malware".to_owned()),
        ..Alert::default()
    };
    ground.accept(alert, device).await;
    decided(ground).await
}

async fn decided(ground: &mut Ground) -> bool {
    let before = number(ground, "SELECT count(*) FROM quell.decisions").await;
    ground.decider().run_once().await.expect("the database is up");
    number(ground, "SELECT count(*) FROM quell.decisions").await > before
}

fn listing(action: &str, is_available: bool, reason: Value) -> Value {
    json!({"value": [{"action": action, "isAvailable": is_available, "notSupportedReason": reason}]})
}

#[tokio::test]
async fn an_event_waits_for_what_is_looked_up_and_an_action_that_defender_does_not_have_is_not_called() {
    let mut ground = ground(LookupTerms {
        antivirus: false,
        ..BOTH
    })
    .await;
    let service = Service::answering(|path| {
        let no = listing(
            "RestrictCodeExecution",
            false,
            json!("not supported\non this \u{1b}[31mversion"),
        );
        match path {
            path if path.contains(&"a".repeat(40)) => (200, no),
            path if path.contains(&"b".repeat(40)) => (200, listing("FullIsolation", false, json!(null))),
            path if path.contains(&"c".repeat(40)) => (404, json!({})),
            _ => (403, json!({"error": {"code": "Forbidden", "message": "no"}})),
        }
    })
    .await;
    let looker = looker(&ground, &service, Lookup::AvailableActions).await;
    for (name, expected) in [
        ('a', "skip ineligible.unavailable"),
        ('b', "act matched"),
        ('c', "act matched"),
        ('d', "act matched"),
    ] {
        let id = device(name);
        ground.facts(&id, good()).await;
        assert!(!weighed(&mut ground, &id).await, "it waits");
        assert_eq!(look(&looker).await, LookedAt::Devices(1));
        assert!(decided(&mut ground).await, "an answer lets it go on");
        assert_eq!(ground.decision().await, expected, "{name}");
    }
    assert_eq!(look(&looker).await, LookedAt::Nothing);
    assert_eq!(service.asked().len(), 4, "each was asked for once");
    // Within its time the answer holds, and nobody asks again.
    assert!(weighed(&mut ground, &device('a')).await);
    assert_eq!(look(&looker).await, LookedAt::Nothing);
    let kept = "SELECT content->'unavailable'->>'RestrictCodeExecution' FROM quell.decision_inputs
                WHERE content->'unavailable' ? 'RestrictCodeExecution'";
    assert_eq!(
        ground.words(kept.to_owned()).await,
        ["not supported on this  [31mversion"]
    );
    // An hour later it is unknown, and asked for anew.
    ground.pass(SignedDuration::from_mins(61)).await;
    ground.facts(&device('a'), good()).await;
    assert!(!weighed(&mut ground, &device('a')).await);
}

#[tokio::test]
async fn an_event_waits_its_time_and_no_longer_and_the_gate_hears_what_came_later() {
    let mut ground = ground(LookupTerms {
        available_actions: false,
        ..BOTH
    })
    .await;
    let service = Service::answering(|path| {
        assert!(path.starts_with("/api/deviceavinfo?"), "{path}");
        let row = |c: char, mode: &str| json!({"machineId": c.to_string().repeat(40), "avMode": mode});
        (200, json!({"value": [row('a', "2"), row('b', "1")]}))
    })
    .await;
    let looker = looker(&ground, &service, Lookup::Antivirus).await;
    let (off, passive) = (device('a'), device('b'));
    for id in [&off, &passive] {
        ground.facts(id, good()).await;
        assert!(!weighed(&mut ground, id).await);
    }
    ground.pass(SignedDuration::from_secs(11)).await;
    for _ in 0..2 {
        assert!(decided(&mut ground).await || ground.decision().await == "act matched");
    }
    assert_eq!(
        number(
            &mut ground,
            "SELECT count(*) FROM quell.decisions WHERE kind = 'act'"
        )
        .await,
        2,
        "unknown does not block"
    );
    // One question for both, in its own budget.
    assert_eq!(look(&looker).await, LookedAt::Devices(2));
    assert_eq!(service.asked().len(), 1);
    let own = "SELECT count(*) FROM quell.attempts WHERE scope = 'antivirus'";
    assert_eq!(number(&mut ground, own).await, 1);
    assert!(matches!(
        ground.ask_the_gate(Lane::Low).await.1,
        GateOutcome::Settled
    ));
    assert_eq!(ground.actions(&off).await, ["restrict withdrawn"]);
    let attention = ground.attention(&off).await;
    assert!(
        attention[0].contains("Antivirus is switched off"),
        "{attention:?}"
    );
    let (_, grant) = ground.reserve().await.expect("a passive one forbids nothing");
    assert_eq!(grant.device, passive);
}

#[tokio::test]
async fn what_cannot_be_asked_at_once_is_asked_one_by_one_and_a_refusal_is_an_answer() {
    let mut ground = ground(LookupTerms {
        available_actions: false,
        wait: Duration::ZERO,
        ..BOTH
    })
    .await;
    let service = Service::answering(|path| match path {
        path if path.contains("+in+") => (
            400,
            json!({"error": {"code": "BadRequest", "message": "no such filter"}}),
        ),
        path if path.contains(&"a".repeat(40)) => (
            200,
            json!({"value": [{"machineId": "a".repeat(40), "avMode": "0"}]}),
        ),
        _ => (403, json!({"error": {"code": "Forbidden", "message": "plan"}})),
    })
    .await;
    let looker = looker(&ground, &service, Lookup::Antivirus).await;
    for name in ['a', 'b'] {
        ground.facts(&device(name), good()).await;
        assert!(
            weighed(&mut ground, &device(name)).await,
            "it does not wait, and asks"
        );
    }
    assert_eq!(look(&looker).await, LookedAt::Devices(2));
    assert_eq!(service.asked().len(), 3);
    let known = "SELECT coalesce(answer #>> '{}', 'nothing') FROM quell.device_lookups ORDER BY device_id";
    assert_eq!(ground.words(known.to_owned()).await, ["active", "nothing"]);
    // Known ones are asked for anew when three quarters of their time are over, although nobody waits.
    assert_eq!(look(&looker).await, LookedAt::Nothing);
    ground.pass(SignedDuration::from_mins(46)).await;
    assert_eq!(look(&looker).await, LookedAt::Devices(2));
    // Of what nobody asked for in a week no more.
    ground.pass(SignedDuration::from_hours(24 * 8)).await;
    assert_eq!(look(&looker).await, LookedAt::Nothing);
    ground.pass(SignedDuration::from_hours(24 * 23)).await;
    let forgotten = ground.store.lookups_forget(ground.tenant).await;
    assert_eq!(
        forgotten.expect("the database is up"),
        2,
        "nor what is kept of it"
    );
}

#[tokio::test]
async fn a_429_closes_these_looks_alone_and_they_come_back_after_it() {
    let mut ground = ground(LookupTerms {
        available_actions: false,
        ..BOTH
    })
    .await;
    let body = json!({"error": {"code": "429", "message": "API calls quota exceeded! maximum allowed 30 per 00:01:00"}});
    let service = Service::answering(move |_| (429, body.clone())).await;
    let looker = looker(&ground, &service, Lookup::Antivirus).await;
    ground.facts(&device('a'), good()).await;
    assert!(!weighed(&mut ground, &device('a')).await);
    assert_eq!(look(&looker).await, LookedAt::Failed);
    let closed = "SELECT scope FROM quell.budgets WHERE closed_until > quell.now() + interval '50 seconds'";
    assert_eq!(ground.words(closed.to_owned()).await, ["antivirus"]);
    assert_eq!(service.asked().len(), 1);
}

#[tokio::test]
async fn a_list_of_actions_says_nothing_of_a_device_where_one_is_under_way() {
    let mut ground = ground(LookupTerms {
        antivirus: false,
        ..BOTH
    })
    .await;
    let id = device('a');
    ground.facts(&id, good()).await;
    assert!(!weighed(&mut ground, &id).await);
    ground.pass(SignedDuration::from_secs(11)).await;
    assert!(decided(&mut ground).await);
    ground.reserve().await.expect("what is not known does not block");
    let found = LookupFound {
        device: id.clone(),
        answer: Some(json!({"RestrictCodeExecution": "already in progress"})),
    };
    ground
        .store
        .lookups_store(ground.tenant, Lookup::AvailableActions, &[found])
        .await
        .expect("the database is up");
    let kept = "SELECT coalesce(answer::text, 'nothing') FROM quell.device_lookups";
    assert_eq!(ground.words(kept.to_owned()).await, ["nothing"]);
}

#[tokio::test]
async fn the_actions_of_an_isolated_device_say_nothing() {
    let mut ground = ground(BOTH).await;
    let d = device('a');
    ground.facts(&d, good()).await;
    let tenant = ground.tenant;
    for (isolation, says) in [("isolated", false), ("unknown", false), ("free", true)] {
        for sql in [
            "DELETE FROM quell.device_lookups".to_owned(),
            format!("UPDATE quell.devices SET isolation = '{isolation}'"),
            "INSERT INTO quell.device_lookups (tenant_id, device_id, kind, wanted_at, last_wanted_at)
             SELECT tenant_id, device_id, 'available_actions', quell.now(), quell.now() FROM quell.devices"
                .to_owned(),
        ] {
            ground.execute(sql).await;
        }
        let found = [quell::store::LookupFound {
            device: d.clone(),
            answer: Some(json!({})),
        }];
        let kept = ground
            .store
            .lookups_store(tenant, Lookup::AvailableActions, &found);
        kept.await.expect("the database is up");
        let kept = "SELECT (answer IS NOT NULL)::text FROM quell.device_lookups".to_owned();
        assert_eq!(ground.words(kept).await, [says.to_string()], "{isolation}");
        let known = ground.store.looked_up_now(tenant, BOTH, &d).await;
        assert_eq!(known.expect("the database is up").is_settled, says, "{isolation}");
    }
    ground.close().await;
}
