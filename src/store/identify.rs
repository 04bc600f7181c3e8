//! Which device of the inventory bears a name that a record gave: Entra's id, or a DNS name. Asked between the reading of a
//! delivery and its storing, for the records alone that name devices so; [`DeviceHint::identify`] judges what is found.

use std::collections::{HashMap, HashSet};

use crate::domain::device::DeviceId;
use crate::domain::device::hint::{Candidate, DeviceHint, Standing};
use crate::domain::incoming::{DeadLetter, Incoming};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// The most devices that are looked at for the names of one delivery. More share a first name than can be told apart.
const MOST: i64 = 100_000;

/// Under what an event is kept for another try whose devices could not be looked for.
pub const INVENTORY_UNKNOWN: &str = "inventory_unknown";

/// Why nothing is identified.
const NOT_KNOWN: &str =
    "the inventory is not known: no whole reading of it is younger than `facts.inventory.max_age`";

/// Why a device was not identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unidentified {
    /// The inventory could not be asked: another time it may be.
    ForNow(String),
    /// It was asked, and none is certain.
    Judged(String),
}

impl Unidentified {
    fn into_reason(self) -> String {
        match self {
            Self::ForNow(why) | Self::Judged(why) => why,
        }
    }
}

impl Store {
    /// The one live device that bears each of the names, in their order; or why there is none that is certain.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn devices_identify(
        &self,
        tenant: TenantId,
        hints: &[&DeviceHint],
    ) -> Result<Vec<Result<DeviceId, Unidentified>>, StoreError> {
        if hints.is_empty() {
            return Ok(Vec::new());
        }
        let known_since = sqlx::query_scalar!(
            r#"SELECT CASE WHEN known_until > quell.now() THEN begun_at END FROM quell.inventory_sweeps
               WHERE tenant_id = $1 AND outcome = 'complete' ORDER BY begun_at DESC LIMIT 1"#,
            tenant.0,
        )
        .fetch_optional(&self.pool)
        .await?
        .flatten();
        let Some(known_since) = known_since else {
            return Ok(for_now(hints, NOT_KNOWN));
        };
        let entra_ids = distinct(hints.iter().filter_map(|hint| hint.entra_id.as_deref()));
        let names = distinct(hints.iter().filter_map(|hint| hint.dns_name.as_deref()));
        let bare = distinct(hints.iter().filter_map(|hint| hint.bare_name()));
        let first = distinct(names.iter().filter_map(|name| name.split('.').next()));
        let rows = sqlx::query!(
            r#"SELECT device_id, entra_id, dns_name,
                      CASE WHEN facts_fetched_at >= $2::timestamptz THEN standing ELSE 'gone' END AS "standing!"
               FROM quell.devices
               WHERE tenant_id = $1 AND (entra_id = ANY($3)
                   OR (dns_name IS NOT NULL AND split_part(dns_name, '.', 1) = ANY($4)
                       AND (dns_name = ANY($5) OR split_part(dns_name, '.', 1) = ANY($6))))
               LIMIT $7"#,
            tenant.0,
            known_since as jiff_sqlx::Timestamp,
            &entra_ids,
            &first,
            &names,
            &bare,
            MOST,
        )
        .fetch_all(&self.pool)
        .await?;
        if rows.len() as i64 == MOST {
            return Ok(for_now(
                hints,
                "too many devices of the inventory share its first name",
            ));
        }
        let mut by_entra_id: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        let mut candidates = Vec::with_capacity(rows.len());
        for (at, row) in rows.into_iter().enumerate() {
            if let Some(id) = &row.entra_id {
                by_entra_id.entry(id.clone()).or_default().push(at);
            }
            if let Some(first) = row.dns_name.as_deref().and_then(|name| name.split('.').next()) {
                by_first.entry(first.to_owned()).or_default().push(at);
            }
            candidates.push(Candidate {
                id: DeviceId::from_stored(row.device_id),
                entra_id: row.entra_id,
                dns_name: row.dns_name,
                standing: match row.standing.as_str() {
                    "live" => Standing::Live,
                    "gone" => Standing::Gone,
                    _ => Standing::Unclear,
                },
            });
        }
        let found = hints.iter().map(|hint| {
            let first = hint.dns_name.as_deref().and_then(|name| name.split('.').next());
            let by_id = hint.entra_id.as_deref().and_then(|id| by_entra_id.get(id));
            let by_name = first.and_then(|first| by_first.get(first));
            let places: HashSet<usize> = [by_id, by_name]
                .into_iter()
                .flatten()
                .flatten()
                .copied()
                .collect();
            let its: Vec<Candidate> = places.into_iter().map(|at| candidates[at].clone()).collect();
            hint.identify(&its).map_err(Unidentified::Judged)
        });
        Ok(found.collect())
    }

    /// Puts the devices that the inventory tells in the place of the names of these events. Costs nothing when they have none.
    /// Says which of them, by place, have no device only because the inventory could not be asked.
    ///
    /// # Errors
    /// Postgres is not available.
    pub(super) async fn incoming_identify(
        &self,
        tenant: TenantId,
        incoming: &mut [Incoming],
    ) -> Result<Vec<usize>, StoreError> {
        let hints: HashSet<DeviceHint> = incoming
            .iter()
            .flat_map(|one| one.event.hints.iter().cloned())
            .collect();
        if hints.is_empty() {
            return Ok(Vec::new());
        }
        let hints: Vec<&DeviceHint> = hints.iter().collect();
        let found = self.devices_identify(tenant, &hints).await?;
        let found: HashMap<&DeviceHint, _> = hints.into_iter().zip(found).collect();
        let mut unasked = Vec::new();
        for (at, one) in incoming.iter_mut().enumerate() {
            let mut is_for_now = false;
            one.event.identify(|hint| {
                let found = found.get(hint).cloned();
                let found =
                    found.unwrap_or_else(|| Err(Unidentified::ForNow("it was not looked for".to_owned())));
                is_for_now |= matches!(found, Err(Unidentified::ForNow(_)));
                found.map_err(Unidentified::into_reason)
            });
            if is_for_now && one.event.devices.is_empty() {
                unasked.push(at);
            }
        }
        Ok(unasked)
    }

    /// Whether one of these events has no device, and names one that the inventory cannot be asked for now.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn identifies_nothing_yet(
        &self,
        tenant: TenantId,
        incoming: &[Incoming],
    ) -> Result<bool, StoreError> {
        let without = incoming.iter().filter(|one| one.event.devices.is_empty());
        let hints: Vec<&DeviceHint> = without.flat_map(|one| &one.event.hints).collect();
        let found = self.devices_identify(tenant, &hints).await?;
        Ok(found
            .iter()
            .any(|found| matches!(found, Err(Unidentified::ForNow(_)))))
    }
}

/// What is kept of an event whose devices could not be looked for: `quell events dead retry` looks for them again.
pub(super) fn letter(incoming: &Incoming) -> DeadLetter {
    let why = incoming.event.no_device_reason().unwrap_or_default();
    DeadLetter::new(INVENTORY_UNKNOWN, &why, &incoming.payload)
}

fn for_now(hints: &[&DeviceHint], why: &str) -> Vec<Result<DeviceId, Unidentified>> {
    let refused = || Err(Unidentified::ForNow(why.to_owned()));
    hints.iter().map(|_| refused()).collect()
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: HashSet<&str> = names.collect();
    names.into_iter().map(str::to_owned).collect()
}
