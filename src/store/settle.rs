//! A release that Defender goes on refusing after an action that was never seen in force: it is not tried for ever. Called
//! with every refused release, in its transaction, with the device locked.

use crate::domain::action::ulid;
use crate::domain::kind::ActionKind;
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::{ActionRow, Store, StoreError};

/// Refusals in a row before the device is taken for free.
const REFUSALS: usize = 3;

impl Store {
    /// Takes the device for free if Defender has refused to release it again and again and nothing of ours was seen in
    /// force since it was last released. A person is told: what is unknown is not known because it was refused.
    pub(super) async fn release_settle(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        (row, measure): (&ActionRow, Measure),
        failures: i16,
    ) -> Result<(), StoreError> {
        // The first lasting refusal counts as all retries at once (`after_final`), each later one as one.
        let first = self.retry_delays.len() + 2;
        if usize::try_from(failures).unwrap_or(0) + 1 < first + REFUSALS {
            return Ok(());
        }
        let settled = sqlx::query_scalar!(
            "UPDATE quell.measures d SET known = 'free', known_at = quell.now(), failures = 0
             WHERE d.tenant_id = $1 AND d.device_id = $2 AND d.measure = $3 AND d.known = 'unknown'
               -- Since the last release that was carried out, nothing that begins the measure was.
               AND NOT EXISTS (SELECT 1 FROM quell.actions r WHERE r.tenant_id = $1 AND r.device_id = $2
                     AND r.kind = $4 AND r.state = 'succeeded' AND NOT EXISTS (
                       SELECT 1 FROM quell.actions l WHERE l.tenant_id = $1 AND l.device_id = $2 AND l.kind = $5
                         AND l.state = 'succeeded' AND l.final_at > r.final_at))
               AND NOT EXISTS (SELECT 1 FROM quell.alarms a WHERE a.tenant_id = $1 AND a.device_id = $2
                     AND a.kind IN ('late_restrict', 'seen_after_quiescence', 'orphan'))
             RETURNING d.device_id",
            tenant.0,
            row.device.as_str(),
            measure.as_str(),
            ActionKind::to_begin(measure).as_str(),
            ActionKind::to_release(measure).as_str(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        if settled.is_none() {
            return Ok(());
        }
        let alarm = Alarm {
            kind: AlarmKind::ReleaseSettled,
            subject: &row.id.to_string(),
            device: Some(row.device.as_str()),
            action: Some(row.id),
            told: format!(
                "defender goes on refusing release {}, and no {} was seen in force: taken for free",
                ulid(row.id),
                measure.as_str()
            ),
        };
        raise(tx, tenant, &alarm).await?;
        Ok(())
    }
}
