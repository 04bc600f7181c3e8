//! How decisions are stored: compactly, and so that each leads to the playbooks and the facts it was made by.

use quell::domain::alert::{Alert, Severity};
use quell::domain::device::{DeviceFacts, DeviceKind};
use quell::domain::fact::Fact;
use quell::playbook::{PlaybookSet, SourceFile};
use quell::worker::active_set;

use crate::support::ground::{Ground, device, playbook};

fn set(texts: &[String]) -> PlaybookSet {
    let id = |text: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("id: ").map(str::to_owned))
    };
    let files: Vec<SourceFile> = texts
        .iter()
        .map(|text| SourceFile {
            name: id(text).expect("a playbook has an id") + ".yaml",
            text: text.clone(),
        })
        .collect();
    PlaybookSet::compile(&files).expect("the playbooks are right").0
}

#[tokio::test]
async fn every_version_ever_active_leads_to_its_playbooks() {
    let before = playbook("one");
    let after = playbook("one").replace("priority: normal", "priority: high");
    let ground = Ground::new(std::slice::from_ref(&before)).await;
    let second = active_set::propose(
        &ground.store,
        ground.tenant,
        &set(&[after.clone(), playbook("two")]),
    )
    .await
    .expect("the database is up");
    let back = active_set::propose(&ground.store, ground.tenant, &set(std::slice::from_ref(&before)))
        .await
        .expect("the database is up");
    assert_eq!((second, back), (2, 3));
    for (version, texts) in [
        (1, vec![before.clone()]),
        (2, vec![after, playbook("two")]),
        (3, vec![before]),
    ] {
        let set = ground
            .store
            .set_of_version(ground.tenant, version)
            .await
            .expect("the database is up");
        let set = set.expect("it was active once");
        let read: Vec<String> = set.playbooks.into_iter().map(|playbook| playbook.text).collect();
        assert_eq!((set.version, read), (version, texts));
    }
    let never = ground
        .store
        .set_of_version(ground.tenant, 4)
        .await
        .expect("the database is up");
    assert_eq!(never, None);
    ground.close().await;
}

/// The playbooks that come with quell.
fn shipped() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/playbooks");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let mut texts: Vec<String> = files
        .map(|file| file.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| std::fs::read_to_string(path).expect("a playbook can be read"))
        .collect();
    texts.sort();
    texts
}

/// What the inventory tells of a machine in a large office.
pub fn machine(kind: DeviceKind, tags: &[&str], number: u32) -> DeviceFacts {
    DeviceFacts {
        name: Fact::Is(format!("fra-nb-{number:05}.emea.corp.contoso.com")),
        kind: Fact::Is(kind),
        os: Fact::Is("Windows11".to_owned()),
        os_version: Fact::Is("23H2".to_owned()),
        tags: Fact::Is(tags.iter().map(|tag| (*tag).to_owned()).collect()),
        group: Fact::Is("EMEA workstations".to_owned()),
        value: Fact::Is("normal".to_owned()),
        risk: Fact::Is("high".to_owned()),
        exposure: Fact::Is("medium".to_owned()),
        health: Fact::Is("Active".to_owned()),
        onboarding: Fact::Is("Onboarded".to_owned()),
        merged_into: Fact::Absent,
        last_seen: Fact::Is(quell::clock::now()),
        ..DeviceFacts::default()
    }
}

fn news(severity: Severity, category: &str) -> Alert {
    Alert {
        title: Fact::Is("Ransomware behavior detected in the file system".to_owned()),
        severity: Fact::Is(severity),
        category: Fact::Is(category.to_owned()),
        ..Alert::default()
    }
}

/// Decides one event of each kind that a day brings.
async fn a_day() -> Ground {
    let mut ground = Ground::new(&shipped()).await;
    let day = [
        (
            'a',
            DeviceKind::Workstation,
            &["office", "emea"][..],
            Severity::Low,
            "Phishing",
        ),
        (
            'b',
            DeviceKind::Workstation,
            &["office", "emea"],
            Severity::High,
            "Ransomware",
        ),
        (
            'c',
            DeviceKind::Server,
            &["office", "emea"],
            Severity::High,
            "Ransomware",
        ),
        (
            'd',
            DeviceKind::Workstation,
            &["office", "emea"],
            Severity::Medium,
            "Discovery",
        ),
        (
            'e',
            DeviceKind::Workstation,
            &["tier-0"],
            Severity::High,
            "Ransomware",
        ),
    ];
    for (number, (id, kind, tags, severity, category)) in (0..).zip(day) {
        ground.facts(&device(id), machine(kind, tags, number)).await;
        ground.news(news(severity, category), &device(id)).await;
    }
    ground
}

/// Run it with `cargo test --test it decisions::a_stored -- --nocapture` to read the figures.
#[tokio::test]
async fn a_stored_decision_takes_a_few_hundred_bytes() {
    let mut ground = a_day().await;
    let number = |words: Vec<String>| -> Vec<(String, u32)> {
        let pairs = words.iter().filter_map(|line| line.rsplit_once(": "));
        pairs
            .map(|(what, n)| (what.to_owned(), n.parse().expect("a number")))
            .collect()
    };
    let sizes = "SELECT d.kind || ' ' || d.reason || ': ' || pg_column_size(d.*) FROM quell.decisions d ORDER BY event_id";
    let sizes = number(ground.words(sizes.to_owned()).await);
    println!("bytes of a row: {sizes:#?}");
    let kinds: Vec<&str> = sizes.iter().map(|(kind, _)| kind.as_str()).collect();
    let day = [
        "skip no_match",
        "act matched",
        "ask ask",
        "observe matched",
        "skip unless.device.tags",
    ];
    assert_eq!(kinds, day);
    assert!(sizes.iter().all(|(_, bytes)| *bytes <= 320), "{sizes:?}");
    assert!(sizes[0].1 <= 200, "most events match nothing: {sizes:?}");

    // As many as fill some pages: of a hundred events ninety-five match nothing.
    let columns =
        "SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = 'quell.decisions'::regclass
        AND attnum > 0 AND NOT attisdropped AND attname <> 'event_id'";
    let columns = ground.words(columns.to_owned()).await.remove(0);
    let copy = |of: &str, copies: u32| {
        format!(
            "INSERT INTO quell.decisions (event_id, {columns}) SELECT gen_random_uuid(), {columns}
             FROM quell.decisions, generate_series(1, {copies}) WHERE {of}"
        )
    };
    ground.execute(copy("reason = 'no_match'", 9_500)).await;
    let others = "reason <> 'no_match' AND event_id IN (SELECT id FROM quell.events)";
    ground.execute(copy(others, 125)).await;
    let whole = "WITH parts AS (SELECT sum(pg_table_size(relid))::bigint AS heap, sum(pg_indexes_size(relid))::bigint AS indexes
            FROM pg_partition_tree('quell.decisions') WHERE isleaf), n AS (SELECT count(*) AS n FROM quell.decisions)
        SELECT 'rows: ' || heap / n FROM parts, n UNION ALL
        SELECT 'indexes: ' || indexes / n FROM parts, n UNION ALL
        SELECT 'facts of a device, once: ' || pg_column_size(max(content::text)::jsonb) FROM quell.decision_inputs
        WHERE content ? 'kind'";
    let whole = number(ground.words(whole.to_owned()).await);
    println!("bytes of each, over 10,000: {whole:#?}");
    assert!(
        whole.iter().all(|(_, bytes)| (1..=360).contains(bytes)),
        "{whole:?}"
    );
    ground.close().await;
}

#[tokio::test]
async fn what_decisions_share_is_stored_once_and_leads_back_to_the_facts_of_that_moment() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let id = device('a');
    for day in 0..3 {
        let risk = if day < 2 { "high" } else { "low" };
        let facts = DeviceFacts {
            risk: Fact::Is(risk.to_owned()),
            ..machine(DeviceKind::Workstation, &["office"], 1)
        };
        ground.facts(&id, facts).await;
        ground.news(news(Severity::Low, "Phishing"), &id).await;
    }
    let rows = "SELECT concat_ws(' ', d.event_kind, f.content ->> 'risk', d.last_seen IS NOT NULL, r.content ->> 'ceiling')
        FROM quell.decisions d JOIN quell.decision_inputs f ON f.hash = d.facts_hash
        JOIN quell.decision_inputs r ON r.hash = d.rules_hash ORDER BY d.event_id";
    let rows = ground.words(rows.to_owned()).await;
    assert_eq!(
        rows,
        ["new high t enforce", "new high t enforce", "new low t enforce"]
    );
    let stored = "SELECT count(*)::text FROM quell.decision_inputs";
    assert_eq!(
        ground.words(stored.to_owned()).await,
        ["3"],
        "two of the device, one of the rules"
    );
    ground.close().await;
}
