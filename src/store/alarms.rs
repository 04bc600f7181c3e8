//! Alarms: what a person must be told of, each once, also over restarts and replicas. Written in the transaction in which
//! the thing is seen; `quell status` shows those of the last day, and each is an error in the log and a count in the metrics.

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::StoreError;

/// What a person must be told of.
#[derive(Clone, Debug)]
pub struct Alarm<'a> {
    /// Which kind.
    pub kind: AlarmKind,
    /// What it is about; of one kind each is told once.
    pub subject: &'a str,
    /// The device, if it is about one.
    pub device: Option<&'a str>,
    /// Our action, if it is about one.
    pub action: Option<Uuid>,
    /// In a sentence.
    pub told: String,
}

/// The kinds of alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// An action was carried out after its absence had been concluded.
    SeenAfterQuiescence,
    /// A restrict of ours came after the release of its device.
    LateRestrict,
    /// Defender has an action of ours that the database did not know.
    Orphan,
    /// The database was restored or is another one.
    Restored,
    /// The database's clock jumped.
    ClockJump,
    /// A release that Defender goes on refusing was given up.
    ReleaseSettled,
    /// The sealed chain of the audit does not hold.
    AuditBroken,
    /// Somebody else lifted a restriction of ours.
    Drift,
    /// Devices are restricted long after they should have been released.
    ReleasesOverdue,
    /// A cap of the installation is reached: further devices wait for a person.
    CapReached,
    /// A device is isolated selectively, and something wants it isolated fully.
    IsolatedTooWeakly,
    /// One source, user or detection drives restrictions on many devices, or somebody restricts administrators'.
    Surge,
    /// Events have waited too long for their decision.
    InboxOld,
    /// The decider panics over events by themselves, and they wait.
    EventsHeld,
    /// Defender refuses all calls of a kind, as a right is missing: they wait until somebody grants it.
    MissingRight,
}

impl AlarmKind {
    /// The name in SQL and in the label of `quell_alarms_total`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SeenAfterQuiescence => "seen_after_quiescence",
            Self::LateRestrict => "late_restrict",
            Self::Orphan => "orphan",
            Self::Restored => "restored",
            Self::ClockJump => "clock_jump",
            Self::ReleaseSettled => "release_settled",
            Self::AuditBroken => "audit_broken",
            Self::Drift => "drift",
            Self::ReleasesOverdue => "releases_overdue",
            Self::CapReached => "cap_reached",
            Self::IsolatedTooWeakly => "isolated_too_weakly",
            Self::Surge => "surge",
            Self::InboxOld => "inbox_old",
            Self::EventsHeld => "events_held",
            Self::MissingRight => "missing_right",
        }
    }
}

/// Writes an alarm down; says whether it is news. What is news is logged and counted too, so a transaction that rolls back
/// may tell it twice, and never not at all.
pub(super) async fn raise(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    alarm: &Alarm<'_>,
) -> Result<bool, StoreError> {
    let is_news = sqlx::query!(
        "INSERT INTO quell.alarms (tenant_id, kind, subject, device_id, action_id, told) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        tenant.0,
        alarm.kind.as_str(),
        alarm.subject,
        alarm.device,
        alarm.action,
        alarm.told,
    )
    .execute(tx)
    .await?
    .rows_affected()
        == 1;
    if is_news {
        metrics::counter!("quell_alarms_total", "kind" => alarm.kind.as_str()).increment(1);
        if alarm.kind == AlarmKind::SeenAfterQuiescence {
            metrics::counter!("quell_action_seen_after_quiescence_total").increment(1);
        }
        tracing::error!(
            alarm = alarm.kind.as_str(),
            device.id = alarm.device,
            action.id = alarm.action.map(tracing::field::display),
            "{}: a person must look",
            alarm.told
        );
    }
    Ok(is_news)
}
