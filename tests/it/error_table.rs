//! Every row of the error table (docs/defender-api.md, 1.4) through the real client, with the daemon's reaction: what becomes
//! of the action, whether it is tried again, whether the gate closes, and whether a person is told. One daemon, one device a row.

use std::time::Duration;

use crate::support::alert::{alert, device, storm_playbook};
use crate::support::front::{Deed, Front};
use crate::support::{Setup, World};

const SCALE: u32 = 200;
const MINUTE: Duration = Duration::from_secs(60);

/// What the daemon makes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Its fate is looked up and found; it is not sent again.
    Found,
    /// Its fate is looked up, it was not executed, it is sent again.
    LookedUpAndRepeated,
    /// It was not executed; it is sent again.
    Repeated,
    /// It has failed for good; a person is told.
    Failed,
    /// It has failed; another is tried, three times (`retry.max`), then a person is told.
    FailedEachTime,
}

struct Row {
    name: &'static str,
    deed: Deed,
    /// The word for the answer in the ledger.
    word: &'static str,
    then: Then,
    /// What the gate says while it is closed; empty: it stays open.
    closes: &'static str,
}

fn http(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} S\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Defender's envelope; the correlation id is `corr-CODE`.
fn said(status: u16, headers: &str, code: &str, message: &str) -> Vec<u8> {
    let body = format!(r#"{{"error":{{"code":"{code}","message":"{message}","target":"corr-{code}"}}}}"#);
    http(
        status,
        &format!("Content-Type: application/json\r\n{headers}"),
        &body,
    )
}

fn before(answer: Vec<u8>) -> Deed {
    Deed::Before(answer)
}

fn row(name: &'static str, deed: Deed, word: &'static str, then: Then) -> Row {
    Row {
        name,
        deed,
        word,
        then,
        closes: "",
    }
}

/// Rows that speak of one action; the gate stays open, so they run side by side.
fn rows_of_the_action() -> Vec<Row> {
    const HTML: &str = "<html><body><h1>Bad Gateway</h1></body></html>";
    let odata =
        r#"{"error":{"code":"","message":"The query specified in the URI is not valid.","details":[]}}"#;
    let progress = "Action is already in progress";
    let mut rows = vec![
        row(
            "already in progress, and it is ours",
            Deed::After(said(400, "", "ActiveRequestAlreadyExists", progress)),
            "already_in_progress",
            Then::Found,
        ),
        row(
            "already in progress, and nothing is to be found",
            before(said(400, "", "BadRequest", progress)),
            "already_in_progress",
            Then::LookedUpAndRepeated,
        ),
        row(
            "400 of the OData layer",
            before(http(400, "", odata)),
            "rejected",
            Then::Failed,
        ),
        row(
            "404",
            before(said(404, "", "ResourceNotFound", "Machine was not found")),
            "not_found",
            Then::Failed,
        ),
        row(
            "400 of a gateway, HTML",
            before(http(400, "", HTML)),
            "unknown",
            Then::LookedUpAndRepeated,
        ),
        row(
            "400, empty",
            before(http(400, "", "")),
            "unknown",
            Then::LookedUpAndRepeated,
        ),
        row(
            "408",
            before(http(408, "", "")),
            "unknown",
            Then::LookedUpAndRepeated,
        ),
        row(
            "500, empty, executed",
            Deed::After(http(500, "", "")),
            "unknown",
            Then::Found,
        ),
        row(
            "500 with its code, not executed",
            before(said(500, "", "InternalServerError", "")),
            "unknown",
            Then::LookedUpAndRepeated,
        ),
        row(
            "502 HTML, executed",
            Deed::After(http(502, "", HTML)),
            "unknown",
            Then::Found,
        ),
        row(
            "503 HTML, not executed",
            before(http(503, "", HTML)),
            "unknown",
            Then::LookedUpAndRepeated,
        ),
        row(
            "reset after sending",
            Deed::After(Vec::new()),
            "unknown",
            Then::Found,
        ),
        row("an answer cut in the middle", Deed::Cut, "unknown", Then::Found),
        row(
            "201 without a body",
            Deed::After(http(201, "", "")),
            "unknown",
            Then::Found,
        ),
        row(
            "201 with HTML",
            Deed::After(http(201, "", HTML)),
            "unknown",
            Then::Found,
        ),
        row(
            "a redirect",
            before(http(307, "Location: http://127.0.0.1:9/api/machines\r\n", "")),
            "unknown",
            Then::LookedUpAndRepeated,
        ),
    ];
    for code in [
        "InvalidRequestBody",
        "MissingRequiredParameter",
        "OsPlatformNotSupported",
        "ClientVersionNotSupported",
    ] {
        rows.push(row(
            code,
            before(said(400, "", code, "why")),
            "rejected",
            Then::Failed,
        ));
    }
    for code in ["DisabledFeature", "DisallowedOperation"] {
        rows.push(row(
            code,
            before(said(403, "", code, "why")),
            "forbidden",
            Then::FailedEachTime,
        ));
    }
    rows
}

/// Rows that close the gate for everybody; one after the other.
fn rows_of_the_gate() -> Vec<Row> {
    let quota = "API calls quota exceeded! maximum allowed 100 per 00:01:00";
    let closing = |closes, row: Row| Row { closes, ..row };
    vec![
        row(
            "401, once",
            before(said(401, "", "Unauthorized", "expired")),
            "unauthorized",
            Then::Repeated,
        ),
        closing(
            "TooManyRequests",
            row(
                "429 as documented",
                before(said(429, "Retry-After: 60\r\n", "TooManyRequests", "quota")),
                "throttled",
                Then::Repeated,
            ),
        ),
        closing(
            "maximum allowed 100 per 00:01:00",
            row(
                "429 as recorded",
                before(said(429, "", "429", quota)),
                "throttled",
                Then::Repeated,
            ),
        ),
        row(
            "403 without the role",
            before(said(
                403,
                "",
                "Forbidden",
                "The application does not have any of the required application permissions",
            )),
            "forbidden",
            Then::Repeated,
        ),
    ]
}

/// How many actions a row comes to.
fn actions_of(row: &Row) -> usize {
    if row.then == Then::FailedEachTime { 4 } else { 1 }
}

/// One alert on the row's device, whose first call meets the row.
async fn begin(world: &World, front: &Front, n: usize, row: &Row) {
    let times = actions_of(row);
    front.will(
        &format!("{}/restrictCodeExecution", device(n)),
        vec![row.deed.clone(); times],
    );
    world.send(&[alert(&format!("row-{n}"), &device(n))]).await;
}

/// What the database says of a row's action when it is over.
async fn check(world: &World, n: usize, row: &Row) {
    let device = device(n);
    let of_device = format!("FROM quell.actions WHERE device_id = '{device}' AND kind = 'restrict'");
    let (state, attempts) = match row.then {
        Then::Found => ("succeeded", 1),
        Then::LookedUpAndRepeated | Then::Repeated => ("succeeded", 2),
        Then::Failed | Then::FailedEachTime => ("failed", 1),
    };
    let actions = actions_of(row);
    let holds = format!(
        "SELECT count(*) = {actions} AND bool_and(state = '{state}' AND attempts = {attempts}) {of_device}"
    );
    world.until(MINUTE, &holds).await;
    let attempts = "quell.attempts t JOIN quell.actions a ON a.id = t.action_id";
    let of_row = format!(
        "SELECT (SELECT count(*) FROM {attempts} WHERE a.device_id = '{device}' AND t.kind = 'restrict' AND t.n = 1
                                                  AND t.outcome = '{word}') || ' answered {word}; '
             || (SELECT count(*) > 0 FROM quell.transitions s JOIN quell.actions a ON a.id = s.entity_id
                 WHERE a.device_id = '{device}' AND s.to_state = 'in_doubt') || ' looked up; '
             || (SELECT count(*) FROM quell.containments WHERE device_id = '{device}' AND attention IS NOT NULL) || ' told'",
        word = row.word
    );
    let looked_up = matches!(row.then, Then::Found | Then::LookedUpAndRepeated);
    let told = i32::from(matches!(row.then, Then::Failed | Then::FailedEachTime));
    let expected = format!(
        "{actions} answered {}; {looked_up} looked up; {told} told",
        row.word
    );
    assert_eq!(world.texts(&of_row).await, [expected], "{}", row.name);
}

#[tokio::test]
async fn every_row_of_the_error_table_has_its_reaction() {
    let mut world = Setup::new(SCALE, &[&storm_playbook()]).prepare().await;
    let front = Front::before(world.simulator.addr()).await;
    let config = std::fs::read_to_string(world.directory().join("quell.yaml")).expect("it was written");
    let config = config.replace(
        &format!("base_url: {}", world.simulator.base_url()),
        &format!("base_url: {}", front.url()),
    );
    assert!(config.contains(&front.url()), "{config}");
    world.write("quell.yaml", &config);
    world.start().await;

    let rows = rows_of_the_action();
    for (n, row) in rows.iter().enumerate() {
        begin(&world, &front, n, row).await;
    }
    for (n, row) in rows.iter().enumerate() {
        check(&world, n, row).await;
    }
    let closed = "SELECT count(*) FROM quell.budgets WHERE scope = 'actions' AND closed_reason IS NOT NULL";
    assert_eq!(world.number(closed).await, 0, "none of these closes the gate");

    let tokens = world.simulator.report().token_requests;
    for (n, row) in rows_of_the_gate().iter().enumerate() {
        let n = rows.len() + n;
        begin(&world, &front, n, row).await;
        if !row.closes.is_empty() {
            let closed = format!(
                "SELECT count(*) = 1 FROM quell.budgets WHERE scope = 'actions' AND closed_reason LIKE '%{}%' AND closed_until IS NOT NULL",
                row.closes
            );
            world.until(MINUTE, &closed).await;
        }
        check(&world, n, row).await;
    }
    let log = std::fs::read_to_string(world.directory().join("daemon-1.log")).expect("the daemon's log");
    assert!(
        log.contains("a person must look at the application's permissions"),
        "a 403 for want of a role is told"
    );
    assert_eq!(
        world.simulator.report().token_requests,
        tokens + 1,
        "a 401 gets one new token"
    );

    // Nobody listens: nothing was sent, so it is sent again without a look, once.
    let (address, n) = (front.address(), rows.len() + rows_of_the_gate().len());
    drop(front);
    world.send(&[alert("unsent", &device(n))]).await;
    let unsent = format!(
        "FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE a.device_id = '{}' AND t.outcome",
        device(n)
    );
    world
        .until(MINUTE, &format!("SELECT count(*) > 0 {unsent} = 'not_sent'"))
        .await;
    let _front = Front::at(address, world.simulator.addr()).await;
    let done = format!(
        "SELECT count(*) = 1 AND bool_and(state = 'succeeded') FROM quell.actions WHERE device_id = '{}'",
        device(n)
    );
    world.until(MINUTE, &done).await;
    assert_eq!(
        world
            .number(&format!("SELECT count(*) {unsent} <> 'not_sent'"))
            .await,
        1
    );
    let calls = world.simulator.journal();
    let calls = calls
        .iter()
        .filter(|entry| entry.device.as_ref() == Some(&device(n)) && entry.method == "POST");
    assert_eq!(calls.count(), 1);

    // Microsoft's support asks for it.
    let kept =
        "SELECT count(*) FROM quell.attempts WHERE error_target = 'corr-' || error_code AND error_code <> ''";
    assert!(world.number(kept).await >= 9, "the correlation ids are kept");
    let refused = rows
        .iter()
        .position(|row| row.name == "OsPlatformNotSupported")
        .expect("a row");
    let (_, said) = world
        .command(&["explain", "--device", &device(refused), "--config", "quell.yaml"])
        .await;
    assert!(said.contains("corr-OsPlatformNotSupported"), "{said}");
    drop(world.finish().await);
}
