//! Decisions that are explained later: by the set of their day, with the facts of their day.

use quell::playbook::{PlaybookSet, SourceFile};
use quell::worker::active_set;

use crate::support::ground::{Ground, playbook};

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
