//! An operator's release of one device: what it ends, of both measures or of one, and what follows for each. Called by `quell
//! release`; many devices at once are `store::release_runs`.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::action::ActionKind;
use crate::domain::containment::EndReason;
use crate::domain::converge::Known;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::containments::{Released, Word, forget_failures, release, time};
use crate::store::{Because, Store, StoreError, Wake, fallbacks, wake};

/// What an operator's release did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OperatorRelease {
    /// Containments ended.
    pub ended: Vec<Uuid>,
    /// Asks declined.
    pub declined: Vec<Uuid>,
    /// What follows of each measure that was to be released.
    pub measures: Vec<MeasureRelease>,
}

impl OperatorRelease {
    /// What it did to the measure, if that was to be released.
    pub fn of(&self, measure: Measure) -> Option<&MeasureRelease> {
        self.measures.iter().find(|one| one.measure == measure)
    }
}

/// What an operator's release did to one measure.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MeasureRelease {
    /// The measure.
    pub measure: Measure,
    /// What is known of it now: `free`, `restricted`, `isolated_by_other`, ….
    pub known: String,
    /// The action about it that is open at Defender, if any: its kind and state.
    pub open: Option<(String, String)>,
    /// The kind of the queued action about it, if any, and when it may be called.
    pub queued: Option<(String, Timestamp)>,
    /// Whether what begins it was withdrawn before it had been sent.
    pub withdrawn: bool,
}

impl Store {
    /// Ends every containment on a device by an operator's word, who may say that it was a false positive.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn device_release(
        &self,
        tenant: TenantId,
        device: &DeviceId,
        operator: &str,
        reason: &str,
        is_false_positive: bool,
    ) -> Result<Option<OperatorRelease>, StoreError> {
        self.measures_release(
            tenant,
            (device, &Measure::ALL),
            operator,
            reason,
            is_false_positive,
        )
        .await
    }

    /// The same of these measures only: the other stays as it is.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn measures_release(
        &self,
        tenant: TenantId,
        (device, measures): (&DeviceId, &[Measure]),
        operator: &str,
        reason: &str,
        is_false_positive: bool,
    ) -> Result<Option<OperatorRelease>, StoreError> {
        let mut tx = self.begin().await?;
        crate::store::devices::lock(&mut tx, tenant, &[device.to_string()]).await?;
        let word = Word {
            reason: EndReason::Operator,
            by: operator,
            why: reason,
        };
        let Released { ended, declined, .. } = release(&mut tx, tenant, (device, measures), word).await?;
        let fallen = match is_false_positive {
            true => fallbacks::fall_back_for_false_positives(&mut tx, tenant, &ended).await?,
            false => Vec::new(),
        };
        // A person's word begins anew: the delays that earlier failures earned do not hold up the release.
        let names: Vec<String> = measures
            .iter()
            .map(|measure| measure.as_str().to_owned())
            .collect();
        for measure in measures {
            forget_failures(&mut tx, tenant, device, *measure).await?;
        }
        sqlx::query!(
            "UPDATE quell.actions SET not_before = quell.now(), lane = least(lane, $3)
             WHERE tenant_id = $1 AND device_id = $2 AND state = 'queued' AND subject = ANY($4)
               AND kind IN ('release', 'release_isolation')",
            tenant.0,
            device.as_str(),
            Lane::Release.rank(),
            &names,
        )
        .execute(&mut *tx)
        .await?;
        wake(&mut tx, tenant, Wake::Queue).await?;
        let before = standing(&mut tx, tenant, device).await?;
        if before.is_empty() {
            return Ok(None);
        }
        self.converge_device(&mut tx, tenant, device, Because { by: operator, reason })
            .await?;
        let after = standing(&mut tx, tenant, device).await?;
        tx.commit().await?;
        fallbacks::say(&fallen);
        let begins = |of: &[Standing], measure: Measure| {
            let its = of.iter().find(|one| one.measure == measure);
            let queued = its.and_then(|its| its.queued.as_ref());
            queued.is_some_and(|(kind, _)| *kind == ActionKind::to_begin(measure).as_str())
        };
        let measures = after
            .iter()
            .filter(|one| measures.contains(&one.measure))
            .map(|one| MeasureRelease {
                measure: one.measure,
                known: one.known.clone(),
                open: one.open.clone(),
                queued: one.queued.clone(),
                withdrawn: begins(&before, one.measure) && !begins(&after, one.measure),
            });
        Ok(Some(OperatorRelease {
            ended,
            declined,
            measures: measures.collect(),
        }))
    }
}

/// How a measure stands on a device, with what is under way for it.
pub(in crate::store) struct Standing {
    pub(in crate::store) measure: Measure,
    /// `free`, `restricted`, `isolated_by_other`, …
    pub(in crate::store) known: String,
    pub(in crate::store) open: Option<(String, String)>,
    pub(in crate::store) queued: Option<(String, Timestamp)>,
}

/// How each measure stands on a device; nothing: there is no such device.
pub(in crate::store) async fn standing(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
) -> Result<Vec<Standing>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.measure AS "measure!", m.known AS "known!", open.kind AS "open?", open.state AS "state?",
             queued.kind AS "queued?", queued.not_before AS "not_before?"
           FROM quell.measures m
           LEFT JOIN quell.actions open ON open.tenant_id = m.tenant_id AND open.device_id = m.device_id
             AND open.subject = m.measure AND open.state IN ('submitting', 'in_doubt', 'submitted')
           LEFT JOIN quell.actions queued ON queued.tenant_id = m.tenant_id AND queued.device_id = m.device_id
             AND queued.subject = m.measure AND queued.state = 'queued'
           WHERE m.tenant_id = $1 AND m.device_id = $2 ORDER BY m.measure DESC"#,
        tenant.0,
        device.as_str(),
    )
    .fetch_all(tx)
    .await?;
    let corrupt = |column, value: &str| StoreError::Corrupt {
        table: "devices",
        column,
        row: device.to_string(),
        value: value.to_owned(),
    };
    rows.into_iter()
        .map(|row| {
            let measure = Measure::parse(&row.measure).ok_or_else(|| corrupt("measure", &row.measure))?;
            let known = Known::parse(&row.known).ok_or_else(|| corrupt("known", &row.known))?;
            Ok(Standing {
                measure,
                known: known.word(measure).to_owned(),
                open: row.open.zip(row.state),
                queued: row.queued.zip(time(row.not_before)),
            })
        })
        .collect()
}
