//! Every call of the client against a mock server that none of us wrote, on demand: `just contract-mock`. The mock refuses
//! what its contract does not allow, and answers with whatever it allows.

use std::time::Duration;

use quell::clock::Monotonic;
use quell::config::environment;
use quell::defender::{
    AlertQuery, Client, DeviceCall, Endpoint, HostOptions, InventoryPlace, MachineActionFilter, Options,
    SecretSource,
};
use quell::domain::action::ActionKind;
use quell::domain::answer::Answer;
use quell::domain::device::DeviceId;
use quell::limiter::{CommittedAttempt, Permit, ReadPermit, SecondGuard, Window};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use uuid::Uuid;

/// The SHA-1 of a file.
const FILE: &str = "3395856ce81f2b7382dee72602f798b642f14140";
/// The only machine and machine action of the mock; scripts/contract-mock has them too.
const DEVICE: &str = "0123456789abcdef0123456789abcdef01234567";
const ACTION: &str = "ed74c544-91d4-414d-8805-5c26e028ef7e";
/// The mock draws its answers: each call is made so often.
const TIMES: usize = 25;

/// A token endpoint, for as long as its task is kept: the metadata has none.
async fn authority() -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound port"));
    let mut task = JoinSet::new();
    task.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut heard = [0; 8_192];
            drop(stream.read(&mut heard).await);
            let body = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"a.token.of-nobody"}"#;
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all(format!("{head}{body}").as_bytes()).await);
        }
    });
    (url, task)
}

fn attempt() -> (CommittedAttempt, SecondGuard) {
    let window = Window {
        limit: 10_000,
        per: Duration::from_secs(60),
    };
    let attempt = CommittedAttempt {
        id: Uuid::now_v7(),
        send_deadline: Monotonic::now().plus(Duration::from_secs(60)),
    };
    (attempt, SecondGuard::new(&[window]).expect("a window"))
}

fn permit() -> Permit {
    let (attempt, guard) = attempt();
    Permit::from_committed(attempt, &guard)
}

fn read() -> ReadPermit {
    let (attempt, guard) = attempt();
    ReadPermit::from_committed(attempt, &guard)
}

#[tokio::test]
#[ignore = "needs the mock server of `just contract-mock`"]
async fn every_call_keeps_the_contract_of_the_services_own_metadata() {
    let mock = environment::read_text("QUELL_CONTRACT_MOCK").expect("run `just contract-mock`");
    let (authority, _task) = authority().await;
    let endpoint = Endpoint::resolve(&HostOptions {
        entra_tenant: "11111111-2222-3333-4444-555555555555".to_owned(),
        base_url: Some(mock),
        authority: Some(authority),
        ..HostOptions::default()
    });
    let secret = SecretSource::function(|| Ok("a secret".to_owned().into()));
    let mut options = Options::new(
        endpoint.expect("loopback addresses"),
        "client-1".to_owned(),
        secret,
    );
    options.send_external_id = true;
    let client = Client::new(options).expect("valid options");
    let device = DeviceId::from_stored(DEVICE.to_owned());
    let accepted = |what: &str, answer: Answer| {
        assert!(matches!(answer, Answer::Accepted(_)), "{what}: {answer:?}");
    };
    let (mut alerts, mut named) = (0, 0);
    for _ in 0..TIMES {
        for kind in ActionKind::ALL {
            let call = DeviceCall {
                kind,
                device: &device,
                comment: "[quell:a.1] why",
                argument: (kind == ActionKind::QuarantineFile).then_some(FILE),
            };
            accepted(kind.as_str(), client.call(permit(), &call).await);
        }
        accepted("cancel", client.cancel(permit(), ACTION, "[quell:c.1] why").await);

        let action = client
            .get_machine_action(read(), ACTION)
            .await
            .expect("a machine action");
        assert_eq!(action.map(|action| action.id).as_deref(), Some(ACTION));
        let filter = MachineActionFilter {
            created_since: jiff::Timestamp::UNIX_EPOCH,
            device: Some(device.clone()),
        };
        let listed = client
            .list_machine_actions(&filter, || async { Some(read()) })
            .await;
        assert!(!listed.expect("a listing").is_empty());

        let machine = client.get_machine(read(), &device).await.expect("a machine");
        assert_eq!(machine.map(|machine| machine.id).as_deref(), Some(DEVICE));
        client
            .list_machines(read(), std::slice::from_ref(&device))
            .await
            .expect("a listing");
        let page = client
            .inventory_page(read(), &InventoryPlace::default(), 100)
            .await
            .expect("a page");
        assert_eq!((page.unreadable, page.machines.is_empty()), (0, false));

        let available = client.available_actions(read(), &device).await.expect("a list");
        named += available.expect("it is there").named();
        client
            .av_info(read(), std::slice::from_ref(&device))
            .await
            .expect("a listing");
        let query = AlertQuery {
            since: jiff::Timestamp::UNIX_EPOCH,
            skip: 0,
            top: 100,
            filter: None,
            evidence: true,
        };
        let page = client.alerts(read(), &query).await.expect("a page");
        assert!(page.unreadable.is_empty());
        alerts += page.alerts.len();
    }
    assert!(alerts >= TIMES && named >= TIMES);
    // A cancel and eight reads beside the kinds of actions.
    let calls = TIMES * (ActionKind::ALL.len() + 9);
    println!("{calls} calls, none against the contract");
}
