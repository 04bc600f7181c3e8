//! How containments stood at a moment in the past, told from their rows of today.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Replay;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::verdict::{Lane, Mode};
use crate::store::StoreError;
use crate::store::containments::time;

/// A containment that was open at the beginning of the period, or that counted in a window then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastContainment {
    /// The device.
    pub device: DeviceId,
    /// The playbook.
    pub playbook: String,
    /// What it holds.
    pub measure: Measure,
    /// Observe or enforce.
    pub mode: Mode,
    /// The lane of its restrict.
    pub lane: Lane,
    /// When it had become active; `None`: somebody was asked.
    pub activated_at: Option<Timestamp>,
    /// Whether it was open; else it only counts.
    pub is_open: bool,
    /// When it was to end by itself, while it was active. Restarts before the period are taken into account as far as the
    /// row tells them.
    pub until: Option<Timestamp>,
    /// How long it lasts from its activation or a restart.
    pub release_after: Option<Duration>,
    /// Until when it could be answered, while somebody was asked.
    pub ask_until: Option<Timestamp>,
    /// Nobody answered: act.
    pub otherwise_act: bool,
    /// Whether a new match starts its span anew.
    pub restart_on_match: bool,
    /// Whether it ends when every alert behind it is resolved.
    pub ends_when_resolved: bool,
    /// The alerts behind it, and whether each was resolved, as far as they are kept.
    pub alerts: Vec<(String, bool)>,
}

impl Replay {
    /// The containments of playbooks that stood when the period began, and those that became active within the `longest`
    /// window before it, in the order of their activation.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn past(&mut self, longest: Duration) -> Result<Vec<PastContainment>, StoreError> {
        let since = self.span.since;
        let rows = sqlx::query!(
            r#"SELECT device_id, playbook AS "playbook!", measure, mode, lane, activated_at, until, ended_at, ask_until,
                 extract(epoch FROM release_after)::float8 AS release_after,
                 coalesce((ask ->> 'otherwise_act')::boolean, false) AS "otherwise_act!", restart_on_match,
                 'alert_resolved' = ANY (release_when) AS "ends_when_resolved!",
                 ARRAY(SELECT k.alert_id FROM quell.containment_alerts k WHERE k.containment_id = c.id AND k.seen_at < $2
                         AND (k.resolved_at IS NULL OR k.resolved_at >= $2)) AS "unresolved!",
                 ARRAY(SELECT k.alert_id FROM quell.containment_alerts k WHERE k.containment_id = c.id
                         AND k.resolved_at < $2) AS "resolved!"
               FROM quell.containments c
               WHERE tenant_id = $1 AND playbook IS NOT NULL AND created_at < $2
                 AND ((activated_at < $2 AND (ended_at IS NULL OR ended_at > $2
                       OR activated_at > $2 - make_interval(secs => $3)))
                   OR (ask_until > $2 AND (state IN ('asked', 'expired') OR activated_at >= $2)))
               ORDER BY activated_at, id"#,
            self.tenant.0,
            jiff_sqlx::ToSqlx::to_sqlx(since) as jiff_sqlx::Timestamp,
            longest.as_secs_f64(),
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let past = rows.into_iter().filter_map(|row| {
            let activated_at = time(row.activated_at).filter(|at| *at < since);
            let release_after = row
                .release_after
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            Some(PastContainment {
                device: DeviceId::from_stored(row.device_id),
                playbook: row.playbook,
                measure: Measure::parse(&row.measure)?,
                mode: Mode::parse(&row.mode)?,
                lane: Lane::parse(&row.lane).unwrap_or_default(),
                is_open: activated_at.is_none() || time(row.ended_at).is_none_or(|at| at > since),
                until: activated_at.and_then(|at| until(since, at, release_after, time(row.until))),
                activated_at,
                release_after,
                ask_until: time(row.ask_until).filter(|_| activated_at.is_none()),
                otherwise_act: row.otherwise_act,
                restart_on_match: row.restart_on_match,
                ends_when_resolved: row.ends_when_resolved,
                alerts: (row.unresolved.into_iter().map(|alert| (alert, false)))
                    .chain(row.resolved.into_iter().map(|alert| (alert, true)))
                    .collect(),
            })
        });
        Ok(past.collect())
    }
}

/// When an active containment was to end, as of `since`: by its activation; or, when it had been restarted by then, by the
/// end that its row names, but no later than a restart at that very moment could have put it.
fn until(
    since: Timestamp,
    activated_at: Timestamp,
    release_after: Option<Duration>,
    named: Option<Timestamp>,
) -> Option<Timestamp> {
    let after = SignedDuration::try_from(release_after?).unwrap_or(SignedDuration::MAX);
    let later = |at: Timestamp| at.saturating_add(after).unwrap_or(Timestamp::MAX);
    let by_activation = later(activated_at);
    if by_activation > since {
        return Some(by_activation);
    }
    Some(named.unwrap_or(Timestamp::MAX).clamp(since, later(since)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_as_of_a_moment_is_that_of_the_activation_or_of_a_restart_since() {
        let at = |second| Timestamp::from_second(second).expect("in range");
        let check = |activated, after: Option<u64>, named: Option<i64>, expected: Option<i64>| {
            let told = until(
                at(1_000),
                at(activated),
                after.map(Duration::from_secs),
                named.map(at),
            );
            assert_eq!(told, expected.map(at), "{activated} {after:?} {named:?}");
        };
        check(900, Some(200), Some(1_100), Some(1_100));
        // Restarted after the moment: as of then, the activation's end stood.
        check(900, Some(200), Some(5_000), Some(1_100));
        // Restarted before the moment.
        check(500, Some(200), Some(1_050), Some(1_050));
        // Restarted before and after it: at most as if it was restarted at that moment.
        check(500, Some(200), Some(5_000), Some(1_200));
        check(500, None, None, None);
    }
}
