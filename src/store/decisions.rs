//! Decisions as rows: how they are written, compactly and a batch at a time, at the end of T2. What many decisions were
//! judged by (a device's facts, the installation's rules) is stored once and referred to by its hash.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::recorded::facts_to_json;
use crate::store::{DecideTx, DecisionRow, StoreError};

/// What decisions were judged by, by its hash.
#[derive(Default)]
struct Inputs(BTreeMap<Uuid, Value>);

impl Inputs {
    fn add(&mut self, content: Value) -> Uuid {
        let digest = Sha256::digest(content.to_string());
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest[..16]);
        let hash = Uuid::from_bytes(hash);
        self.0.insert(hash, content);
        hash
    }
}

impl DecideTx {
    /// Inserts decisions and what they were judged by, and takes their rows out of the inbox.
    pub(super) async fn record(&mut self, decisions: &[DecisionRow]) -> Result<(), StoreError> {
        let mut inputs = Inputs::default();
        let rules = match &self.rules {
            Some(rules) => Some(inputs.add(serde_json::to_value(rules)?)),
            None => None,
        };
        let events: Vec<Uuid> = decisions.iter().map(|d| d.event_id).collect();
        let devices: Vec<String> = decisions.iter().map(|d| d.device.to_string()).collect();
        let kinds: Vec<String> = decisions.iter().map(|d| d.kind.as_str().to_owned()).collect();
        let reasons: Vec<String> = decisions.iter().map(|d| d.reason.clone()).collect();
        let happened: Vec<String> = decisions.iter().map(|d| d.event.as_str().to_owned()).collect();
        let mut rulings = Vec::with_capacity(decisions.len());
        let mut facts = Vec::with_capacity(decisions.len());
        let mut last_seen = Vec::with_capacity(decisions.len());
        let mut own = Vec::with_capacity(decisions.len());
        for decision in decisions {
            rulings.push(serde_json::to_value(&decision.rulings)?);
            facts.push(match &decision.facts {
                Some(facts) => Some(inputs.add(facts_to_json(facts)?)),
                None => None,
            });
            let seen = decision.facts.as_ref().and_then(|facts| facts.last_seen.value());
            last_seen.push(seen.map(ToString::to_string));
            own.push(match decision.own == Default::default() {
                true => None,
                false => Some(serde_json::to_value(&decision.own)?),
            });
        }
        let (hashes, contents): (Vec<Uuid>, Vec<Value>) = inputs.0.into_iter().unzip();
        let seqs: Vec<i64> = decisions.iter().map(|d| d.seq).collect();
        // The inputs in the order of the hashes, as the map gives them: two batches with the same facts must not wait for each
        // other.
        let settled = sqlx::query_scalar!(
            r#"WITH gone AS (DELETE FROM quell.inbox WHERE tenant_id = $1 AND seq = ANY($14) RETURNING seq),
                 inputs AS (
                   INSERT INTO quell.decision_inputs (tenant_id, hash, content)
                   SELECT $1, hash, content FROM unnest($15::uuid[], $16::jsonb[]) WITH ORDINALITY AS t (hash, content, n) ORDER BY n
                   ON CONFLICT DO NOTHING),
                 made AS (
                   INSERT INTO quell.decisions (tenant_id, event_id, device_id, kind, reason, set_version, rulings, decided_at,
                       event_kind, facts_hash, last_seen, own_facts, rules_hash)
                   SELECT $1, event_id, device_id, kind, reason, $2, rulings, $3, event_kind, facts_hash,
                          last_seen::timestamptz, own_facts, $4
                   FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::text[], $11::uuid[],
                               $12::text[], $13::jsonb[])
                        AS t (event_id, device_id, kind, reason, rulings, event_kind, facts_hash, last_seen, own_facts))
               SELECT count(*) AS "settled!" FROM gone"#,
            self.tenant.0,
            self.set_version,
            jiff_sqlx::ToSqlx::to_sqlx(self.now) as jiff_sqlx::Timestamp,
            rules,
            &events,
            &devices,
            &kinds,
            &reasons,
            &rulings,
            &happened,
            &facts as &[Option<Uuid>],
            &last_seen as &[Option<String>],
            &own as &[Option<Value>],
            &seqs,
            &hashes,
            &contents,
        )
        .fetch_one(&mut *self.tx)
        .await?;
        if usize::try_from(settled) != Ok(decisions.len()) {
            return Err(StoreError::Stale("the inbox"));
        }
        Ok(())
    }
}
