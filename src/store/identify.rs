//! Which device of the inventory bears a name that a record gave: Entra's id, or a DNS name. Asked between the reading of a
//! delivery and its storing, for the records alone that name devices so; [`DeviceHint::identify`] judges what is found.

use std::collections::{HashMap, HashSet};

use crate::domain::device::DeviceId;
use crate::domain::device::hint::{Candidate, DeviceHint, Standing};
use crate::domain::incoming::Incoming;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// The most devices that are looked at for the names of one delivery. More share a first name than can be told apart.
const MOST: i64 = 100_000;

/// Why nothing is identified.
const NOT_KNOWN: &str =
    "the inventory is not known: no whole reading of it is younger than `facts.inventory.max_age`";

impl Store {
    /// The one live device that bears each of the names, in their order; or why there is none that is certain.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn devices_identify(
        &self,
        tenant: TenantId,
        hints: &[&DeviceHint],
    ) -> Result<Vec<Result<DeviceId, String>>, StoreError> {
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
            return Ok(hints.iter().map(|_| Err(NOT_KNOWN.to_owned())).collect());
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
            let why = "too many devices of the inventory share its first name".to_owned();
            return Ok(hints.iter().map(|_| Err(why.clone())).collect());
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
            hint.identify(&its)
        });
        Ok(found.collect())
    }

    /// Puts the devices that the inventory tells in the place of the names of these events. Costs nothing when they have none.
    ///
    /// # Errors
    /// Postgres is not available.
    pub(super) async fn incoming_identify(
        &self,
        tenant: TenantId,
        incoming: &mut [Incoming],
    ) -> Result<(), StoreError> {
        let hints: HashSet<DeviceHint> = incoming
            .iter()
            .flat_map(|one| one.event.hints.iter().cloned())
            .collect();
        if hints.is_empty() {
            return Ok(());
        }
        let hints: Vec<&DeviceHint> = hints.iter().collect();
        let found = self.devices_identify(tenant, &hints).await?;
        let found: HashMap<&DeviceHint, Result<DeviceId, String>> = hints.into_iter().zip(found).collect();
        for one in incoming {
            one.event.identify(|hint| {
                let found = found.get(hint).cloned();
                found.unwrap_or_else(|| Err("it was not looked for".to_owned()))
            });
        }
        Ok(())
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: HashSet<&str> = names.collect();
    names.into_iter().map(str::to_owned).collect()
}
