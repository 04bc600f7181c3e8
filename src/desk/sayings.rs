//! What the playbooks behind a request say of themselves, read from the stored texts of their revisions: who answers for them,
//! and which facts they test. Called before an answer is given; a revision's text never changes, so nothing is locked.

use std::collections::{BTreeSet, HashSet};

use crate::domain::approval::{PlaybookSays, Sayings};
use crate::domain::canary::Canary;
use crate::domain::tenant::TenantId;
use crate::playbook::{Playbook, PlaybookSet, SourceFile};
use crate::store::approvals::AskRow;
use crate::store::{Store, StoreError};

/// What the playbooks of these asks say. One whose text this version cannot compile is not among them, and then nothing that
/// it asks can be approved.
///
/// # Errors
/// Postgres is not available.
pub async fn read(store: &Store, tenant: TenantId, asks: &[AskRow]) -> Result<Sayings, StoreError> {
    let revisions: HashSet<(&String, &String)> = asks
        .iter()
        .filter_map(|ask| ask.playbook.as_ref().zip(ask.revision.as_ref()))
        .collect();
    let mut sayings = Sayings::new();
    for (playbook, revision) in revisions {
        let mut found = store.revisions_find(tenant, Some(playbook), revision, 1).await?;
        let says = found.pop().and_then(|found| said(playbook, revision, found.text));
        if let Some(says) = says {
            sayings.insert((playbook.clone(), revision.clone()), says);
        }
    }
    Ok(sayings)
}

fn said(id: &str, revision: &str, text: String) -> Option<PlaybookSays> {
    let file = SourceFile {
        name: format!("{id}.yaml"),
        text,
    };
    let (set, _) = PlaybookSet::compile_kept(&[file]).ok()?;
    let playbook = set.get(id).filter(|playbook| playbook.revision == revision)?;
    Some(PlaybookSays {
        owner: playbook.owner.clone(),
        tested: tested(playbook),
    })
}

/// Every fact on which it depends what the playbook makes of an event.
fn tested(playbook: &Playbook) -> BTreeSet<String> {
    let asks = playbook.ask.iter().flat_map(|ask| &ask.when);
    let lines = playbook.when.iter().chain(&playbook.unless).chain(asks);
    let mut tested: BTreeSet<String> = lines.map(|line| line.fact.name.to_owned()).collect();
    if let Some(Canary::Groups(_)) = &playbook.canary {
        tested.insert("device.group".to_owned());
    }
    tested
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id: p\ntitle: T\nowner: ann@contoso.com\nmode: enforce\nwhen: {alert.category: x, device.risk: high}\n\
                        unless: {device.tags: lab}\nask: {when: {device.kind: server}, from: [soc], within: 30m}\n\
                        then:\n  - restrict_app_execution: {comment: c, release: {after: 4h}}\n";

    #[test]
    fn a_playbook_says_its_owner_and_every_fact_that_it_tests_and_another_revision_says_nothing() {
        let file = SourceFile {
            name: "p.yaml".to_owned(),
            text: TEXT.to_owned(),
        };
        let (set, _) = PlaybookSet::compile(&[file]).expect("it is right");
        let revision = set.get("p").expect("it is there").revision.clone();
        let says = said("p", &revision, TEXT.to_owned()).expect("it is that revision");
        assert_eq!(says.owner, "ann@contoso.com");
        let tested: Vec<&str> = says.tested.iter().map(String::as_str).collect();
        assert_eq!(
            tested,
            ["alert.category", "device.kind", "device.risk", "device.tags"]
        );
        assert_eq!(said("p", "another", TEXT.to_owned()), None);
        assert_eq!(said("p", &revision, "id: p\n".to_owned()), None);
    }
}
