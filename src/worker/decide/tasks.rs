//! The tasks of a ruling: each is wished in the transaction that records the decision. What waited beside a question goes on when
//! that is settled.

use crate::domain::containment::change::{Beginning, effects};
use crate::domain::decision::{Ruling, Usage};
use crate::domain::notify::NotifyOn;
use crate::store::{DecideTx, InboxItem, NewWish, StoreError};

/// Wishes the tasks of a ruling. `beginning`: what it did to its playbook's containment, if it begins one.
pub(super) async fn wish(
    tx: &mut DecideTx,
    item: &InboxItem,
    ruling: &Ruling,
    beginning: Option<Beginning>,
    usage: &mut Usage,
) -> Result<(), StoreError> {
    if beginning == Some(Beginning::Activate) {
        tx.tasks_go_on(&item.device).await?;
    }
    let verdict = &ruling.verdict;
    let told = |on: &NotifyOn| *on == NotifyOn::Failed;
    let tasks = effects(ruling).tasks;
    for planned in tasks.iter().copied() {
        let new = NewWish {
            device: &item.device,
            mode: ruling.mode,
            lane: verdict.lane,
            playbook: &verdict.playbook,
            revision: &verdict.revision,
            event_id: item.event_id,
            alert_id: &item.event.alert.id,
            is_beside: beginning.is_some(),
            waits: ruling.ask.is_some(),
            tells_failure: verdict.notify.iter().any(|notify| notify.on.iter().any(told)),
            planned,
        };
        tx.task_wish(&new).await?;
    }
    if !tasks.is_empty() && beginning.is_none() {
        usage.count_alone(&verdict.playbook, ruling.mode, &item.device);
    }
    Ok(())
}
