//! The inbox as its claimers see it: what is claimed next, how long the rest waits, and what is put aside. Used by
//! `store::decide`, whose transaction a claim opens; `quell.inbox_claim` tells how it chooses.

mod floors;
mod held;
mod meter;
mod suspects;

use std::time::Duration;

use uuid::Uuid;

use crate::domain::incoming::DeadLetter;
use crate::domain::tenant::TenantId;
use crate::store::packing::{self, Packer};
use crate::store::{DecideTx, Store, StoreError};

pub(super) use floors::Floors;
use floors::Seen;
pub use held::HeldEvent;
pub(super) use meter::Meters;
pub use meter::{InboxLook, Room};
pub(super) use suspects::CERTAIN;

/// Why a row is put aside over which the decider panics.
const PANICS: &str = "the decider panicked twice while it was deciding this event alone";

/// Which of the inbox's 64 shards a claimer tries: every `of`-th from `number` on. Two claimers of one process then share them
/// without meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 0.
    pub number: i32,
    /// How many parts there are, at least 1.
    pub of: i32,
}

impl Part {
    /// All shards.
    pub const WHOLE: Self = Self { number: 0, of: 1 };
}

impl Store {
    /// Claims up to `most` rows of the inbox that nobody else is deciding and that wait for nothing.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_begin(&self, tenant: TenantId, most: i64) -> Result<DecideTx, StoreError> {
        self.decide_begin_part(tenant, most, Part::WHOLE).await
    }

    /// The same of a part of its shards.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_begin_part(
        &self,
        tenant: TenantId,
        most: i64,
        part: Part,
    ) -> Result<DecideTx, StoreError> {
        let mut claimed = self.claim(tenant, most, part).await?;
        claimed.load(None).await?;
        Ok(claimed)
    }

    /// The same of all shards; the rows' numbers are in `seen` before anything of them is read, and stay there whatever fails after.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_begin_seen(
        &self,
        tenant: TenantId,
        most: i64,
        seen: &mut Vec<i64>,
    ) -> Result<DecideTx, StoreError> {
        let mut claimed = self.claim(tenant, most, Part::WHOLE).await?;
        seen.clone_from(&claimed.seqs);
        claimed.load(None).await?;
        Ok(claimed)
    }

    /// The rows' numbers, and the locks of their devices: from here nobody else changes either.
    async fn claim(&self, tenant: TenantId, most: i64, part: Part) -> Result<DecideTx, StoreError> {
        let mut tx = self.begin_swift().await?;
        let (known, floors) = self.floors.of(tenant);
        let claim = sqlx::query!(
            r#"SELECT claimed.moment AS "now!", claimed.seqs AS "seqs!", claimed.heads AS "heads!", claimed.oldest AS "oldest!",
                      claimed.more AS "more!", claimed.had_all AS "had_all!", fleet AS "fleet?", begun_at AS "as_of?",
                      -- Asked after the claim, which takes it with the devices' locks, when it has looked.
                      pg_current_xact_id_if_assigned()::text::bigint AS "by?",
                      pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "ended_below!"
               FROM quell.inbox_claim($1, $2, $3, $4, $5, $6) AS claimed
               LEFT JOIN (SELECT fleet, begun_at FROM quell.inventory_sweeps
                   WHERE tenant_id = $1 AND outcome = 'complete' ORDER BY begun_at DESC LIMIT 1) AS swept ON true"#,
            tenant.0,
            most,
            part.number,
            part.of.max(1),
            &known,
            &floors,
        )
        .fetch_one(&mut *tx)
        .await?;
        let oldest = claim.heads.into_iter().zip(claim.oldest).collect();
        let seen = Seen {
            oldest,
            by: claim.by,
            ended_below: claim.ended_below,
        };
        self.floors.saw(tenant, seen);
        let counted = super::Counted::of(claim.fleet, claim.as_of);
        Ok(DecideTx::claimed(
            (self.clone(), tenant, tx),
            (claim.now.to_jiff(), counted),
            (claim.seqs, claim.more, claim.had_all),
        ))
    }

    /// Puts a row aside that cannot be decided: it leaves a dead letter and frees its device.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_quarantine(&self, tenant: TenantId, seq: i64, why: &str) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        quarantine(&mut tx, tenant, seq, why).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a row aside over which the decider panics, unless `most` of the tenant's were put aside for that within the last hour, by whichever
    /// replica. Says whether it did. Two replicas that ask at once may pass the bound by one.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_quarantine_panicking(
        &self,
        tenant: TenantId,
        seq: i64,
        (words, most): (&str, i64),
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let lately = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM quell.dead_letters
               WHERE tenant_id = $1 AND received_at > (SELECT quell.now()) - interval '1 hour' AND source = 'inbox' AND starts_with(reason, $2)"#,
            tenant.0,
            reason(PANICS),
        )
        .fetch_one(&mut *tx)
        .await?;
        if lately >= most {
            return Ok(false);
        }
        quarantine(&mut tx, tenant, seq, &format!("{PANICS}: {words}")).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// How long until a waiting row of the inbox is due; `None` when none waits.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_next_due(&self, tenant: TenantId) -> Result<Option<Duration>, StoreError> {
        let wait = sqlx::query_scalar!(
            "SELECT extract(epoch FROM min(wait_until) - quell.now())::float8 FROM quell.inbox
             WHERE tenant_id = $1 AND wait_until IS NOT NULL",
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(wait.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }
}

/// Takes a row that cannot be decided out of the inbox: it leaves a dead letter and frees its device.
pub(super) async fn quarantine(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    seq: i64,
    why: &str,
) -> Result<(), StoreError> {
    tracing::error!(
        inbox.seq = seq,
        error = why,
        "an event cannot be decided and is put aside"
    );
    metrics::counter!("quell_events_put_aside_total").increment(1);
    let (codec, payload) = payload_of(tx, seq).await?;
    sqlx::query!(
        "WITH gone AS (DELETE FROM quell.inbox WHERE seq = $1 RETURNING event_id, device_id)
         INSERT INTO quell.dead_letters (id, tenant_id, source, event_id, device_id, reason, payload, codec)
         SELECT $2, $3, 'inbox', gone.event_id, gone.device_id, $4, $5, $6 FROM gone",
        seq,
        Uuid::now_v7(),
        tenant.0,
        reason(why),
        payload,
        codec,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What a dead letter of the inbox says.
fn reason(why: &str) -> String {
    format!("the event cannot be decided: {why}")
}

/// The payload of a row's event, as a dead letter keeps it. What cannot be unpacked is left where it is: the letter names the event.
async fn payload_of(tx: &mut sqlx::PgConnection, seq: i64) -> Result<(i16, Vec<u8>), StoreError> {
    let row = sqlx::query!(
        "SELECT e.id, e.codec, e.payload FROM quell.inbox i JOIN quell.events e ON e.id = i.event_id WHERE i.seq = $1",
        seq,
    )
    .fetch_optional(tx)
    .await?;
    let whole = row.and_then(|row| packing::payload(("events", row.id), row.codec, row.payload).ok());
    let whole = whole.unwrap_or_default();
    let kept = &whole[..whole.len().min(DeadLetter::CAP)];
    Ok((packing::CODEC, Packer::new()?.payload(kept)?))
}
