//! The service's own metadata says that what we read and write exists, with that type. Each module that reads has a table
//! beside its struct; a name that its code reads and its table lacks fails here, and so does one that the metadata lacks.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use syn::visit::Visit;

use crate::defender::edmx::Metadata;
use crate::defender::fake::{DEVICE, Fake, action, client, device, options, permit, read_permit, reply};
use crate::defender::{Client, DeviceCall, FullAction, MachineActionFilter, PagePlace};
use crate::defender::{alerts, av_info, availability, machine, machine_action};
use crate::domain::action::ActionKind;
use crate::domain::answer::{MachineAction, MachineActionKind, MachineActionStatus};

/// A module that reads, with the metadata's type and its table.
struct Reader {
    source: &'static str,
    kind: &'static str,
    table: &'static [(&'static str, &'static str)],
    /// Names that are read and are not the metadata's: the envelope's, and old spellings.
    beside: &'static [&'static str],
}

const READERS: [Reader; 5] = [
    Reader {
        source: include_str!("machine_action.rs"),
        kind: "MachineAction",
        table: machine_action::CONTRACT,
        beside: &["lastUpdateTimeUtc"],
    },
    Reader {
        source: include_str!("machine.rs"),
        kind: "Machine",
        table: machine::CONTRACT,
        beside: &[],
    },
    Reader {
        source: include_str!("availability.rs"),
        kind: "ActionAvailabilityStatus",
        table: availability::CONTRACT,
        beside: &["value"],
    },
    Reader {
        source: include_str!("av_info.rs"),
        kind: "DeviceAvInfo",
        table: av_info::CONTRACT,
        beside: &["value", "@odata.nextLink"],
    },
    Reader {
        source: include_str!("alerts.rs"),
        kind: "Alert",
        table: alerts::CONTRACT,
        beside: &[],
    },
];

/// The first argument of every call of `get`, `text`, `cut` and `time`, tests left out; and every text in a pattern.
#[derive(Default)]
struct Names {
    read: BTreeSet<String>,
    patterns: BTreeSet<String>,
}

impl Names {
    fn of(source: &str) -> Self {
        let mut names = Self::default();
        names.visit_file(&syn::parse_file(source).expect("our own source"));
        names
    }

    fn note(&mut self, argument: Option<&syn::Expr>) {
        if let Some(syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        })) = argument
        {
            self.read.insert(text.value());
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.ident != "tests" {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if call.method == "get" {
            self.note(call.args.first());
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && let Some(name) = path.path.get_ident()
            && ["text", "cut", "time"].iter().any(|reader| name == reader)
        {
            // `text(value, "name")` and `text("name")` alike.
            for argument in &call.args {
                self.note(Some(argument));
            }
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        if let syn::Pat::Lit(syn::PatLit {
            lit: syn::Lit::Str(text),
            ..
        }) = pattern
        {
            self.patterns.insert(text.value());
        }
        syn::visit::visit_pat(self, pattern);
    }
}

#[test]
fn every_property_that_is_read_exists_with_that_type() {
    let metadata = Metadata::read();
    for reader in &READERS {
        let properties = metadata.types.get(reader.kind).expect(reader.kind);
        for (name, kind) in reader.table {
            let known = properties.get(*name).map(String::as_str);
            assert_eq!(known, Some(*kind), "`{}.{name}`", reader.kind);
        }
        let tabled: BTreeSet<String> = reader.table.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(
            tabled.len(),
            reader.table.len(),
            "a name stands twice in the table of {}",
            reader.kind
        );
        let mut read = Names::of(reader.source).read;
        read.retain(|name| !reader.beside.contains(&name.as_str()));
        assert_eq!(read, tabled, "what {} reads and what its table says", reader.kind);
    }
}

#[test]
fn every_member_that_is_told_apart_is_one_of_its_enumeration() {
    let metadata = Metadata::read();
    let members = |name: &str| metadata.enums.get(name).expect(name).clone();
    for kind in Names::of(include_str!("machine_action.rs")).patterns {
        assert!(
            members("actionType").contains(&kind),
            "`{kind}` is no type of a machine action"
        );
    }
    let mut statuses = members("actionStatus");
    for status in &statuses {
        let read = MachineActionStatus::from_wire(status);
        assert!(
            !matches!(read, MachineActionStatus::Other(_)),
            "`{status}` is not told apart"
        );
        assert_eq!(read.as_wire(), status);
    }
    // Documents of 2021 and before spell it so.
    statuses.push("Canceled".to_owned());
    for status in Names::of(include_str!("../domain/answer.rs")).patterns {
        assert!(
            statuses.contains(&status),
            "`{status}` is no status of a machine action"
        );
    }
    for action in FullAction::ALL {
        let name = action.as_wire().to_owned();
        assert!(members("FullActionType").contains(&name), "{name}");
    }
    // What eligibility tells apart (src/domain/eligibility.rs).
    for health in [
        "Active",
        "Inactive",
        "NoSensorData",
        "NoSensorDataImpairedCommunication",
    ] {
        assert!(
            members("MachineHealthStatus").contains(&health.to_owned()),
            "{health}"
        );
    }
    assert!(members("OnboardingStatus").contains(&"Onboarded".to_owned()));
}

/// Everything that acts is called once; what is sent must be an action of the metadata, with its parameters.
#[tokio::test]
async fn every_call_that_changes_something_is_an_action_with_these_parameters() {
    let metadata = Metadata::read();
    let fake = Fake::defender(|_, _| reply(201, "", &action("a-1", "RestrictCodeExecution"))).await;
    let mut options = options(&fake.url(), &fake.url());
    options.send_external_id = true;
    let client = Client::new(options).expect("valid options");
    for (kind, argument) in every_call() {
        let device = &device();
        let call = DeviceCall {
            kind,
            device,
            comment: "c",
            argument,
        };
        client.call(permit(), &call).await;
    }
    client.cancel(permit(), "a-1", "c").await;
    for call in fake.calls() {
        check_action(&metadata, &call.line, &call.body);
    }
    assert_eq!(fake.calls().len(), every_call().len() + 1);
}

/// Each kind of action, with each thing that it may say of it.
fn every_call() -> Vec<(ActionKind, Option<&'static str>)> {
    let arguments = |kind| match kind {
        ActionKind::Isolate => vec![None, Some("full"), Some("selective")],
        ActionKind::Scan => vec![None, Some("quick"), Some("full")],
        ActionKind::QuarantineFile => vec![Some("3395856ce81f2b7382dee72602f798b642f14140")],
        _ => vec![None],
    };
    ActionKind::ALL
        .into_iter()
        .flat_map(|kind| arguments(kind).into_iter().map(move |argument| (kind, argument)))
        .collect()
}

/// Holds one POST against the metadata.
fn check_action(metadata: &Metadata, line: &str, body: &str) {
    let path = line.split(' ').nth(1).expect("a path");
    let segments: Vec<&str> = path.split('/').collect();
    let [.., set, _, name] = segments.as_slice() else {
        panic!("`{path}` is no action of anything")
    };
    let kind = metadata
        .sets
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(set));
    let (_, kind) = kind.unwrap_or_else(|| panic!("no set `{set}`"));
    let operation = metadata
        .operation(name, kind)
        .unwrap_or_else(|| panic!("no `{name}` on {kind}"));
    assert!(
        operation.is_action && operation.returns == "MachineAction",
        "{operation:?}"
    );
    let body: Value = serde_json::from_str(body).expect("a body is JSON");
    let sent = body.as_object().expect("an object");
    for (key, value) in sent {
        let parameter = operation
            .parameters
            .get(key)
            .unwrap_or_else(|| panic!("`{name}` takes no `{key}`"));
        let text = value
            .as_str()
            .unwrap_or_else(|| panic!("`{key}` of `{name}` is no text"));
        if let Some(members) = metadata.enums.get(&parameter.kind) {
            assert!(
                members.iter().any(|member| member == text),
                "`{text}` is no {}",
                parameter.kind
            );
        } else {
            assert_eq!(parameter.kind, "Edm.String", "`{key}` of `{name}`");
        }
    }
    for (key, parameter) in &operation.parameters {
        assert!(
            parameter.optional || sent.contains_key(key),
            "`{name}` needs `{key}`"
        );
    }
}

/// Every read is made once: what it names in its address exists.
#[tokio::test]
async fn every_address_that_is_read_and_every_property_in_its_query_exists() {
    let metadata = Metadata::read();
    let fake = Fake::defender(|_, _| reply(200, "", r#"{"value":[]}"#)).await;
    let client = client(&fake);
    let filter = MachineActionFilter {
        created_since: jiff::Timestamp::UNIX_EPOCH,
        device: Some(device()),
    };
    let listed = client
        .list_machine_actions(&filter, || async { Some(read_permit()) })
        .await;
    assert_eq!(listed, Ok(Vec::new()));
    drop(client.get_machine_action(read_permit(), "a-1").await);
    drop(client.get_machine(read_permit(), &device()).await);
    drop(client.list_machines(read_permit(), &[device()]).await);
    drop(
        client
            .inventory_page(read_permit(), &PagePlace::default(), 10)
            .await,
    );
    drop(client.available_actions(read_permit(), &device()).await);
    drop(client.av_info(read_permit(), &[device()]).await);
    drop(
        client
            .alerts(
                read_permit(),
                &alerts::AlertQuery {
                    since: jiff::Timestamp::UNIX_EPOCH,
                    skip: 1,
                    top: 10,
                    filter: None,
                    evidence: true,
                },
            )
            .await,
    );
    let calls = fake.calls();
    assert_eq!(calls.len(), 8);
    for call in calls {
        let address = call.line.split(' ').nth(1).expect("an address");
        let url = reqwest::Url::parse(&format!("http://h{address}")).expect("an address");
        let segments: Vec<&str> = url.path().trim_start_matches("/api/").split('/').collect();
        let set = metadata
            .sets
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(segments[0]));
        let (_, kind) = set.unwrap_or_else(|| panic!("no set `{}`", segments[0]));
        if let Some(function) = segments.get(2) {
            let operation = metadata
                .operation(function, kind)
                .unwrap_or_else(|| panic!("no `{function}` on {kind}"));
            assert!(!operation.is_action, "{function}");
        }
        for (name, value) in url.query_pairs() {
            for property in named_in(&name, &value) {
                assert!(
                    metadata.types[kind].contains_key(&property),
                    "`{kind}` has no `{property}`: {address}"
                );
            }
        }
    }
}

/// The properties that a query option names.
fn named_in(option: &str, value: &str) -> Vec<String> {
    match option {
        "$filter" => {
            let conditions = value.split(" and ");
            conditions
                .filter_map(|one| one.split(' ').next())
                .map(str::to_owned)
                .collect()
        }
        "$orderby" => value.split(' ').take(1).map(str::to_owned).collect(),
        "$expand" => vec![value.to_owned()],
        "$top" | "$skip" => Vec::new(),
        other => panic!("the query option `{other}` is not looked at here"),
    }
}

/// What we keep of an action, written as the service writes it. A new member of the struct does not compile here.
fn wire(metadata: &Metadata, action: &MachineAction) -> Value {
    let MachineAction {
        id,
        kind,
        status,
        machine_id,
        requestor_comment,
        requestor,
        created_at,
        updated_at,
        error_hresult,
        external_id,
    } = action;
    let kind = match kind {
        MachineActionKind::Other(name) => Some(name.clone()),
        known => metadata.enums["actionType"]
            .iter()
            .find(|member| machine_action::kind(member) == *known)
            .cloned(),
    };
    json!({
        "id": id, "type": kind, "status": status.as_wire(), "machineId": machine_id,
        "requestorComment": requestor_comment, "requestor": requestor,
        "creationDateTimeUtc": created_at, "lastUpdateDateTimeUtc": updated_at,
        "errorHResult": error_hresult, "externalId": external_id,
    })
}

#[test]
fn every_recorded_body_comes_back_as_it_was() {
    let metadata = Metadata::read();
    let file = include_str!("../../tests/data/machine-actions.ndjson");
    let mut seen = 0;
    for line in file.lines() {
        let sample: Value = serde_json::from_str(line).expect("the samples are JSON");
        let body = &sample["action"];
        let action = machine_action::parse_answer(body).expect("a recorded body is readable");
        let written = wire(&metadata, &action);
        assert_eq!(
            machine_action::parse_answer(&written).expect("it is ours"),
            action
        );
        for (name, kind) in machine_action::CONTRACT {
            let (was, is) = (&body[*name], &written[*name]);
            if *kind == "Edm.DateTimeOffset" {
                let time = |value: &Value| value.as_str().and_then(machine_action::timestamp);
                assert_eq!(time(was), time(is), "{name}");
            } else if *name == "errorHResult" && was.is_null() {
                assert_eq!(*is, json!(0), "a missing result is none");
            } else {
                assert_eq!(was, is, "{name} of {}", action.id);
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn the_metadata_is_read_whole() {
    let metadata = Metadata::read();
    assert_eq!(metadata.types["MachineAction"].len(), 20);
    assert_eq!(metadata.enums["actionType"].len(), 21);
    let restrict = metadata
        .operation("restrictcodeexecution", "Machine")
        .expect("it is there");
    assert_eq!(restrict.parameters.len(), 4);
    assert!(!restrict.parameters["Comment"].optional && restrict.parameters["ExternalId"].optional);
    assert_eq!(metadata.sets.get("Machines").map(String::as_str), Some("Machine"));
    assert_eq!(DEVICE.len(), 40);
}
