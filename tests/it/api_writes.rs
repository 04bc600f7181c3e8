//! Writes by the API: the same effect and the same answer as by the command, once however often it is sent, not when what was
//! looked at is not there any more, and with the person in the audit.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::SignedDuration;
use quell::app;
use quell::config::Config;
use quell::desk::Desk;
use quell::domain::person::By;
use quell::playbook::{PlaybookSet, SourceFile};
use quell::store::written_once::{Once, OnceKey};
use quell::store::{Because, Origin};
use quell::web::{Bounds, Options, Web, reload, router, serve};
use quell::worker::active_set::{self, Proposal};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::approvals::{asking, ground, request_of, settle};
use crate::operator::Shell;
use crate::support::ground::{Ground, device, playbook};
use crate::support::http::{Reply, send};

/// The API before a ground's database, in this process.
pub struct Api {
    addr: SocketAddr,
    pub desk: Desk,
    shell: Shell,
    _serving: JoinSet<std::io::Result<()>>,
}

impl Api {
    pub async fn of(ground: &Ground) -> Self {
        Self::with(ground, "").await
    }

    /// One whose configuration says more.
    pub async fn with(ground: &Ground, more: &str) -> Self {
        let shell = Shell::new(&ground.database.url);
        shell.configure(&format!(
            "approvals: {{groups: {{soc-leads: [ann, bob, carl]}}}}\n{more}"
        ));
        let config = Config::load(&shell.directory().join("quell.yaml"))
            .expect("it is right")
            .config;
        let desk = app::desk_of(&config, &config.tenants[0], ground.store.clone(), ground.tenant);
        let mut options = Options::new(ground.tenant);
        options.desks = vec![desk.clone()];
        let (requests, mut asked) = tokio::sync::mpsc::channel::<reload::Request>(1);
        options.reload = Some(requests);
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let addr = listener.local_addr().expect("it is bound");
        let web = router(Web::new(options, ground.store.clone(), String::new));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            while let Some(request) = asked.recv().await {
                let good = reload::Reloaded {
                    tenants: Vec::new(),
                    warnings: Vec::new(),
                };
                // Whoever asked may have gone away.
                let _ = request.send(reload::Answer::Good(good));
            }
            Ok(())
        });
        serving.spawn(serve(
            listener,
            web,
            Bounds::default(),
            None,
            CancellationToken::new(),
        ));
        Self {
            addr,
            desk,
            shell,
            _serving: serving,
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        let sent = send(self.addr, "GET", path, &[], b"").await;
        sent.expect("the server answers")
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let sent = send(self.addr, "POST", path, &headers, body.to_string().as_bytes()).await;
        sent.expect("the server answers")
    }
}

/// A request of two devices that is old enough to be answered.
async fn asked() -> (Ground, String) {
    let mut ground = ground(&[asking(1)]).await;
    for c in ['a', 'b'] {
        ground.alert("two", &device(c)).await;
    }
    let request = request_of(&mut ground, &device('a')).await.to_string();
    settle(&mut ground).await;
    (ground, request)
}

async fn reviewed(api: &Api, request: &str) -> String {
    let (_, out, _) = api.shell.run(&["approvals", "show", request, "-o", "json"]).await;
    let shown: Value = serde_json::from_str(&out).expect("the answer is one JSON document");
    shown["reviewed"].as_str().expect("it can be answered").to_owned()
}

#[tokio::test]
async fn an_approval_through_the_api_is_that_of_the_command() {
    let (mut by_command, request) = asked().await;
    let api = Api::of(&by_command).await;
    let token = reviewed(&api, &request).await;
    let line = [
        "approvals",
        "approve",
        &request,
        "--reason",
        "it is real",
        "--by",
        "Ann",
        "--reviewed",
        &token,
        "-o",
        "json",
    ];
    let (code, out, _) = api.shell.run(&line).await;
    assert_eq!(code, Some(0), "{out}");
    let told: Value = serde_json::from_str(&out).expect("the answer is one JSON document");

    let (mut by_api, request) = asked().await;
    let api = Api::of(&by_api).await;
    let path = format!("/v1/approvals/{request}/approve");
    let body = json!({"reason": "it is real", "by": "Ann"});
    let unseen = api.post(&path, &[], &body).await;
    assert_eq!(
        (unseen.status, &unseen.json()["reason"]),
        (428, &json!("precondition_required"))
    );
    let stale = api.post(&path, &[("if-match", "\"0123456789ab\"")], &body).await;
    assert_eq!((stale.status, &stale.json()["reason"]), (412, &json!("stale")));
    assert_eq!(stale.json()["answer"]["is_taken"], false);
    let nobody = api
        .post(&path, &[], &json!({"reason": "x", "by": "ann", "only": []}))
        .await;
    assert_eq!(
        (nobody.status, &nobody.json()["reason"]),
        (400, &json!("unusable"))
    );
    let other = json!({"reason": "x", "by": "mallory", "only": ["aaaaaa"]});
    let other = api.post(&path, &[], &other).await;
    assert_eq!(
        (other.status, &other.json()["reason"]),
        (403, &json!("not_allowed"))
    );
    let tag = format!("\"{}\"", reviewed(&api, &request).await);
    let taken = api.post(&path, &[("if-match", &tag)], &body).await;
    assert_eq!((taken.status, taken.json()), (200, told));

    for d in ['a', 'b'].map(device) {
        assert_eq!(by_api.containments(&d).await, ["two active"]);
        assert_eq!(by_api.audit(&d).await, by_command.audit(&d).await);
    }
    let actors = |entity: &str| {
        format!(
            "SELECT DISTINCT coalesce(after #>> '{{actor}}', '-') FROM quell.transitions WHERE entity = '{entity}' AND by = 'ann'"
        )
    };
    for entity in ["approval", "containment"] {
        let said = by_api.words(actors(entity)).await;
        assert_eq!(said, [r#"{"via": "api", "proven": "here"}"#], "{entity}");
        let said = by_command.words(actors(entity)).await;
        assert_eq!(said, [r#"{"via": "cli", "proven": "here"}"#], "{entity}");
    }
}

#[tokio::test]
async fn a_write_that_is_sent_again_with_its_key_is_done_once() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let api = Api::of(&ground).await;
    let path = format!("/v1/devices/{}/release", device('a'));
    let key = ("idempotency-key", "\"k-1\"");
    let body = json!({"reason": "false alarm", "by": "ann"});
    let first = api.post(&path, &[key], &body).await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = api.post(&path, &[key], &body).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let ends =
        "SELECT count(*)::text FROM quell.transitions WHERE entity = 'containment' AND to_state = 'ended'";
    assert_eq!(ground.words(ends.to_owned()).await, ["1"]);
    let another = api
        .post(&path, &[key], &json!({"reason": "another", "by": "ann"}))
        .await;
    assert_eq!(
        (another.status, &another.json()["reason"]),
        (422, &json!("key_used_before"))
    );
    // Another person's key of that name is another key; a refusal is kept as well as an answer.
    for _ in 0..2 {
        let other = api
            .post(&path, &[key], &json!({"reason": "false alarm", "by": "bob"}))
            .await;
        assert_eq!(
            (other.status, &other.json()["reason"]),
            (409, &json!("nothing_to_end"))
        );
    }
    ground.pass(SignedDuration::from_hours(25)).await;
    let late = api.post(&path, &[key], &body).await;
    assert_eq!(
        (late.status, &late.json()["reason"]),
        (409, &json!("nothing_to_end")),
        "a day later it is a new one"
    );
}

#[tokio::test]
async fn who_dies_within_a_write_leaves_it_undone_or_done_and_never_done_twice() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    for c in ['a', 'b'] {
        ground.alert("one", &device(c)).await;
    }
    let api = Api::of(&ground).await;
    let by = By {
        who: "ann".to_owned(),
        reason: "false alarm".to_owned(),
        via: "api",
        proven: quell::domain::identity::Proven::Here,
        groups: Vec::new(),
    };
    let tenant = ground.tenant;
    let key = |name: &str| OnceKey {
        tenant: Some(tenant),
        identity: "here:ann".to_owned(),
        key: name.to_owned(),
        fingerprint: [7; 32],
    };
    let store = ground.store.clone();
    let reserve = async |name: &str| store.once_reserve(&key(name)).await.expect("the database is up");
    let (Once::Reserved(before), Once::Reserved(behind)) = (reserve("before").await, reserve("behind").await)
    else {
        panic!("both keys are new");
    };
    // One died before the effect, one behind it, before its answer was kept.
    let (dies, id) = (
        Desk {
            store: store.fulfilling(behind),
            ..api.desk.clone()
        },
        device('a').to_string(),
    );
    dies.release(&id, None, false, &by).await.expect("it is released");
    assert!(matches!(reserve("before").await, Once::UnderWay));
    assert!(matches!(reserve("behind").await, Once::UnderWay));
    ground.pass(SignedDuration::from_secs(61)).await;
    assert!(matches!(reserve("behind").await, Once::Unknown));
    assert!(
        matches!(reserve("before").await, Once::Reserved(_)),
        "nothing was done, so it may be"
    );
    // The one that was only slow comes too late.
    let slow = Desk {
        store: store.fulfilling(before),
        ..api.desk.clone()
    };
    let id = device('b').to_string();
    let late = slow
        .release(&id, None, false, &by)
        .await
        .expect_err("another has its place");
    assert!(late.to_string().contains("idempotency key"), "{late}");
    assert_eq!(ground.containments(&device('b')).await, ["one active"]);
    assert_eq!(ground.containments(&device('a')).await, ["one ended operator"]);
}

#[tokio::test]
async fn what_was_not_looked_at_is_not_released_lifted_or_put_in_force() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let api = Api::of(&ground).await;
    let shown = api
        .post("/v1/releases", &[], &json!({"all": true, "dry_run": true}))
        .await;
    assert_eq!(
        (shown.status, &shown.json()["devices"]),
        (200, &json!(1)),
        "{shown:?}"
    );
    let token = shown.json()["token"].clone();
    ground.alert("one", &device('b')).await;
    let blind = json!({"all": true, "reason": "x", "by": "ann"});
    assert_eq!(api.post("/v1/releases", &[], &blind).await.status, 428);
    let mut sure = blind.clone();
    sure["token"] = token;
    let stale = api.post("/v1/releases", &[], &sure).await;
    assert_eq!((stale.status, &stale.json()["reason"]), (412, &json!("stale")));
    let shown = api
        .post("/v1/releases", &[], &json!({"all": true, "dry_run": true}))
        .await;
    sure["token"] = shown.json()["token"].clone();
    let begun = api.post("/v1/releases", &[], &sure).await;
    assert_eq!(
        (begun.status, &begun.json()["items"]["waiting"]),
        (200, &json!(2)),
        "{begun:?}"
    );

    let files = json!([{"name": "one.yaml", "text": playbook("one").replace("4h", "8h")}]);
    let body = json!({"reason": "longer", "by": "ann", "files": files});
    let activate = async |version: &str, body: &Value| {
        let headers: &[(&str, &str)] = &[("if-match", version)];
        api.post("/v1/playbooks/activate", headers, body).await
    };
    assert_eq!(api.post("/v1/playbooks/activate", &[], &body).await.status, 428);
    assert_eq!(activate("\"7\"", &body).await.status, 412);
    let wrong = json!({"reason": "x", "by": "ann", "files": [{"name": "x.yaml", "text": "id: x\n"}]});
    let wrong = activate("\"1\"", &wrong).await;
    assert_eq!(
        (wrong.status, &wrong.json()["reason"]),
        (422, &json!("bad_playbooks"))
    );
    let put = activate("\"1\"", &body).await;
    assert_eq!((put.status, &put.json()["version"]), (200, &json!(2)), "{put:?}");
    assert_eq!(
        activate("\"1\"", &body).await.status,
        412,
        "it is version 2 by now"
    );
    let actor = "SELECT after #>> '{actor,via}' FROM quell.transitions WHERE entity = 'playbook_set' ORDER BY id DESC LIMIT 1";
    assert_eq!(ground.words(actor.to_owned()).await, ["api"]);
    let patience = Duration::from_secs(1);
    assert!(ground.store.reach(patience).await.is_ok());
}

#[tokio::test]
async fn a_text_that_was_in_force_comes_back_although_no_new_file_may_hold_what_is_hidden_in_it() {
    let ground = Ground::new(&[playbook("one")]).await;
    let (store, tenant) = (&ground.store, ground.tenant);
    let old = playbook("one")
        .replace("4h", "6h")
        .replace("title: Restrict", "title: Restrict # \u{200b}");
    // As a version put it in force that did not look for such characters, and as it was replaced then.
    let mut version = 1;
    for text in [&old, &playbook("one")] {
        let file = SourceFile {
            name: "one.yaml".to_owned(),
            text: text.clone(),
        };
        let (set, _) = PlaybookSet::compile_kept(&[file]).expect("it was right then");
        let proposal = Proposal {
            origin: Origin::Operator,
            because: Because {
                by: "ann",
                reason: "of old",
            },
            expected: Some(version),
        };
        let activated = active_set::activate(store, tenant, &set, proposal).await;
        version = activated
            .expect("the database is up")
            .expect("nobody else activates");
    }
    let api = Api::of(&ground).await;
    let activate = async |text: &str| {
        let files =
            json!([{"name": "one.yaml", "text": text}, {"name": "two.yaml", "text": playbook("two")}]);
        let body = json!({"reason": "back", "by": "ann", "files": files});
        api.post("/v1/playbooks/activate", &[("if-match", "\"3\"")], &body)
            .await
    };
    for new in [
        old.replace("6h", "8h"),
        old.replace("title: Restrict", "title: Restrict\u{200b}"),
        old.replace("# ", "# \u{200b}"),
    ] {
        let refused = activate(&new).await;
        assert_eq!(refused.json()["reason"], "bad_playbooks", "{refused:?}");
    }
    let back = activate(&old).await;
    assert_eq!(
        (back.status, &back.json()["version"]),
        (200, &json!(4)),
        "{back:?}"
    );
    let forgiven = back.json()["forgiven"].clone();
    let said: Vec<&str> = forgiven
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    assert!(
        matches!(said.as_slice(), [one] if one.contains("one.yaml:2") && one.contains("U+200B")),
        "{said:?}"
    );

    // The command reads it alike.
    let directory = api.shell.directory().join("back");
    std::fs::create_dir(&directory).expect("the shell's directory takes another");
    std::fs::write(directory.join("one.yaml"), &old).expect("it takes a file");
    let line = [
        "playbooks",
        "activate",
        "back",
        "--reason",
        "back",
        "--by",
        "ann",
        "--if-version",
        "4",
    ];
    let (code, out, said) = api.shell.run(&line).await;
    assert_eq!(code, Some(0), "{out}{said}");
    assert!(
        said.contains("E341") && out.contains("as version 5"),
        "{out}{said}"
    );
    let active = store.set_active(tenant).await.expect("the database is up");
    assert_eq!(active.map(|active| active.version), Some(5));
}
