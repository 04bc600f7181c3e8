//! What a dead daemon left behind: that it died at the very point that it was armed with, the database and the simulator
//! show.

use std::collections::BTreeSet;
use std::time::Duration;

use quell::domain::action::Marker;
use quell::failpoint::armed::Point;
use quell::simulator::journal::Entry;

use super::storm::Delivery;
use crate::support::{World, eventually};

/// Attempts without an answer, as `action/number`, calls that change something only.
const UNANSWERED: &str = "SELECT action_id::text || '/' || n FROM quell.attempts
    WHERE scope = 'actions' AND kind <> 'cancel' AND answered_at IS NULL";

/// Fails unless what was left shows that the point was reached.
pub async fn behind(point: Point, nth: u64, world: &World, deliveries: &[Delivery]) {
    let (executed, _) = calls(&world.simulator.journal());
    let holds = match point {
        Point::EventReceivedNothingStored => refused(world, deliveries).await == Some(false),
        Point::StoredNotAcknowledged => refused(world, deliveries).await == Some(true),
        Point::AcknowledgedNotDecided => {
            let waiting = world
                .texts("SELECT e.alert_id FROM quell.inbox i JOIN quell.events e ON e.id = i.event_id")
                .await;
            let acknowledged = deliveries.iter().filter(|delivery| delivery.is_acknowledged);
            let mut acknowledged = acknowledged.flat_map(|delivery| &delivery.alerts);
            acknowledged.any(|alert| waiting.contains(alert))
        }
        Point::LeasedNoAttempt | Point::RecordedLeaseHeld => {
            is_true(
                world,
                "SELECT EXISTS (SELECT 1 FROM quell.leases WHERE expires_at > quell.now())",
            )
            .await
        }
        // The server may still be at it when its client is dead.
        Point::AttemptCommitUnknown => {
            let committed = "SELECT EXISTS (SELECT 1 FROM quell.attempts WHERE answered_at IS NULL)";
            world.until(Duration::from_secs(5), committed).await;
            true
        }
        Point::AttemptCommittedNothingSent | Point::RedeemedNothingSent => {
            unanswered(world).await.difference(&executed).next().is_some()
        }
        Point::HalfTheRequestWritten => {
            // The service notices when the connection ends.
            eventually(
                "a request broke off at defender",
                Duration::from_secs(20),
                async || calls(&world.simulator.journal()).1 > 0,
            )
            .await;
            unanswered(world).await.difference(&executed).next().is_some()
        }
        Point::ProcessedAnswerUnread | Point::HeadersReadBodyNot | Point::ParsedNotRecorded => {
            unanswered(world).await.intersection(&executed).next().is_some()
        }
        Point::LookUpDoneNotRecorded => {
            is_true(
                world,
                "SELECT EXISTS (SELECT 1 FROM quell.actions WHERE state = 'in_doubt')",
            )
            .await
        }
        Point::ReconcileGetDoneNotRecorded => {
            let adopted =
                "SELECT EXISTS (SELECT 1 FROM quell.actions WHERE state = 'submitted' AND is_adopted)";
            is_true(world, adopted).await
        }
        Point::CancelDoneNotRecorded => {
            let cancel =
                "SELECT EXISTS (SELECT 1 FROM quell.attempts WHERE kind = 'cancel' AND answered_at IS NULL)";
            is_true(world, cancel).await
        }
        Point::ReleaseQueuedRestrictNotFinal => {
            let both = "SELECT EXISTS (SELECT 1 FROM quell.actions q JOIN quell.actions o USING (tenant_id, device_id)
                        WHERE q.state = 'queued' AND q.kind = 'release' AND o.kind = 'restrict'
                          AND o.state IN ('submitting', 'in_doubt', 'submitted'))";
            is_true(world, both).await
        }
        Point::TokenRefresh => world.simulator.report().token_requests >= nth,
        Point::PlaybookSwap => {
            let version = "SELECT max(version) FROM quell.active_sets";
            world.number(version).await == i64::try_from(nth).expect("a small number")
        }
        // The signal tells; what was under way is undone with its transaction, or known to the service alone.
        Point::Migration | Point::DrainAfterSigterm | Point::AuditRowWritten | Point::ResultCommitUnknown => {
            true
        }
    };
    assert!(holds, "{} was not reached as its name says", point.name());
}

/// Whether the events of a delivery that the source has not heard of are stored; `None`: there is no such delivery, or
/// only a part of it is.
async fn refused(world: &World, deliveries: &[Delivery]) -> Option<bool> {
    let stored: BTreeSet<String> = world
        .texts("SELECT alert_id FROM quell.events")
        .await
        .into_iter()
        .collect();
    let unheard = deliveries.iter().find(|delivery| !delivery.is_acknowledged)?;
    let known = unheard
        .alerts
        .iter()
        .filter(|alert| stored.contains(*alert))
        .count();
    match known {
        0 => Some(false),
        all if all == unheard.alerts.len() => Some(true),
        _ => None,
    }
}

async fn is_true(world: &World, sql: &str) -> bool {
    world.number(&format!("SELECT ({sql})::int::bigint")).await == 1
}

async fn unanswered(world: &World) -> BTreeSet<String> {
    world.texts(UNANSWERED).await.into_iter().collect()
}

/// The attempts whose calls were carried out, and how many requests broke off before their end.
fn calls(journal: &[Entry]) -> (BTreeSet<String>, usize) {
    let executed = journal
        .iter()
        .filter(|entry| entry.method == "POST" && entry.action.is_some())
        .filter_map(|entry| Marker::read(entry.comment.as_deref()?))
        .map(|marker| format!("{}/{}", marker.action, marker.attempt))
        .collect();
    let unread = journal
        .iter()
        .filter(|entry| entry.code.as_deref() == Some("InvalidRequestBody"))
        .count();
    (executed, unread)
}
