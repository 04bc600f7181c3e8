//! What has happened becomes messages: one transaction that takes some of it, in its order, puts it into messages
//! ([`crate::domain::telling::Gathering`]) and marks it as taken. One process does it for a tenant at a time; the others look later.
//!
//! A row that this version cannot read holds nothing up: it is left to a later one, which runs beside it perhaps, until it is too old to be
//! told.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Row;
use crate::domain::notify::Notify;
use crate::domain::telling::{Gathered, Gathering, Kind, Spans, Thing, Topic, Wants};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// Rows that are taken at once of each of the two lists.
const BATCH: i64 = 1_000;

/// Whom there is to tell, and how.
#[derive(Clone, Debug)]
pub struct TellTerms {
    /// All receivers of the configuration.
    pub receivers: Vec<Wants>,
    /// How messages are gathered.
    pub spans: Spans,
    /// The tenants' names in the order of the configuration.
    pub tenants: Vec<String>,
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// So many things were taken.
    pub taken: usize,
    /// So many messages are new or have grown.
    pub messages: usize,
    /// There may be more to take.
    pub more: bool,
}

/// What was found.
#[derive(Default)]
struct Taken {
    found: Vec<Found>,
    /// What cannot be read.
    unread: Vec<Unread>,
}

/// A row that cannot be read.
struct Unread {
    is_news: bool,
    id: i64,
    at: Timestamp,
}

/// One thing as it was found.
struct Found {
    is_news: bool,
    id: i64,
    /// Whom a playbook names.
    receiver: Option<String>,
    topic: Topic,
    happened: String,
    at: Timestamp,
    /// Whom the playbook of a containment names at all: they are told by that.
    notify: Vec<Notify>,
    is_everywhere: bool,
    event: Option<Uuid>,
    thing: Thing,
}

impl Store {
    /// One round for a tenant.
    ///
    /// # Errors
    /// Postgres is not available, or a row cannot be read.
    pub async fn tell_gather(
        &self,
        tenant: TenantId,
        name: &str,
        terms: &TellTerms,
    ) -> Result<Told, StoreError> {
        let mut tx = self.pool.begin().await?;
        let is_mine = sqlx::query_scalar!(
            r#"SELECT pg_try_advisory_xact_lock(hashtextextended('quell.tell', $1::integer)) AS "mine!""#,
            tenant.0,
        )
        .fetch_one(&mut *tx)
        .await?;
        if !is_mine {
            return Ok(Told::default());
        }
        let Taken { mut found, unread } = take(&mut tx, tenant).await?;
        if found.is_empty() && unread.is_empty() {
            return Ok(Told::default());
        }
        severities(&mut tx, &mut found).await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let too_old = now
            .saturating_sub(terms.spans.give_up_after)
            .unwrap_or(Timestamp::MIN);
        let open = open(&mut tx, tenant).await?;
        let late = late(&mut tx, tenant, &terms.spans).await?;
        let mut gathering = Gathering::new(terms.spans, now, open, late);
        let mut into: Vec<(i64, Option<Uuid>)> = Vec::new();
        let mut gone: Vec<i64> = Vec::new();
        for one in &found {
            let kind = Kind::of(one.topic, &one.happened);
            let told: Vec<Uuid> = terms
                .receivers
                .iter()
                .filter(|wants| one.at >= too_old && one.is_for(wants, name, &terms.tenants))
                .map(|wants| gathering.add(wants, kind, &one.thing, Uuid::now_v7))
                .collect();
            match one.is_news {
                true => gone.push(one.id),
                false => into.push((one.id, told.first().copied())),
            }
        }
        for old in unread.iter().filter(|unread| unread.at < too_old) {
            tracing::warn!(
                row = old.id,
                "something that happened was told to nobody because it cannot be read"
            );
            match old.is_news {
                true => gone.push(old.id),
                false => into.push((old.id, None)),
            }
        }
        let messages = gathering.finish();
        for message in &messages {
            write(&mut tx, tenant, message).await?;
        }
        mark(&mut tx, &gone, &into).await?;
        tx.commit().await?;
        let of = |news: bool| found.iter().filter(|one| one.is_news == news).count();
        let full = usize::try_from(BATCH).unwrap_or(usize::MAX);
        Ok(Told {
            taken: found.len(),
            messages: messages.len(),
            more: of(true) >= full || of(false) >= full,
        })
    }
}

impl Found {
    fn is_for(&self, wants: &Wants, tenant: &str, tenants: &[String]) -> bool {
        if !self.is_news {
            return self.receiver.as_deref() == Some(wants.name.as_str()) && wants.is_for(tenant);
        }
        let topic = self.topic.as_str();
        let is_named = self.notify.iter().any(|notify| {
            notify.to == wants.name && notify.on.iter().any(|on| Topic::from(*on).as_str() == topic)
        });
        // A stop of all tenants is told once.
        let first = tenants.iter().find(|tenant| wants.is_for(tenant));
        let is_again = self.is_everywhere && first.is_some_and(|first| first != tenant);
        !is_named && !is_again && wants.takes(tenant, self.topic, &self.thing)
    }
}

async fn take(tx: &mut PgConnection, tenant: TenantId) -> Result<Taken, StoreError> {
    let rows = sqlx::query!(
        r#"WITH fed AS (
               (SELECT false AS is_news, id, receiver, occasion AS topic, occasion AS happened, containment_id AS subject, device_id,
                       reason, created_at AS at
                FROM quell.notifications WHERE tenant_id = $1 AND taken_at IS NULL ORDER BY id LIMIT $2)
               UNION ALL
               (SELECT true, id, NULL, topic, happened, subject, device_id, reason, at
                FROM quell.news WHERE tenant_id = $1 ORDER BY id LIMIT $2))
           SELECT fed.is_news AS "is_news!", fed.id AS "id!", fed.receiver, fed.topic AS "topic!", fed.happened AS "happened!",
                  fed.device_id, fed.reason AS "reason!", fed.at AS "at!", fed.subject,
                  d.facts -> 'name' ->> 'is' AS device_name,
                  coalesce(c.playbook, a.playbook) AS playbook, coalesce(c.revision, a.revision) AS revision,
                  c.alert_id AS "alert_id?", c.id AS "containment_id?", c.event_id AS "event_id?", c.measure AS "measure?",
                  CASE fed.topic WHEN 'asked' THEN c.ask_until WHEN 'acted' THEN c.until END AS until,
                  c.request AS "request?", c.notify AS "notify?",
                  a.id AS "action_id?", a.kind AS "action_kind?", a.defender_id AS "defender_id?",
                  s.id AS "stop_id?", s.scope AS "scope?", coalesce(s.everywhere AND fed.happened = 'begun', false) AS "everywhere!",
                  CASE fed.topic WHEN 'actions' THEN a.wanted_by
                                 WHEN 'stops' THEN CASE fed.happened WHEN 'ended' THEN s.ended_by ELSE s.begun_by END
                                 ELSE c.state_by END AS by
           FROM fed
           LEFT JOIN quell.actions a ON fed.topic = 'actions' AND a.id = fed.subject
           LEFT JOIN quell.containments c ON c.id = CASE WHEN fed.topic = 'actions' THEN a.containment_id
                                                         WHEN fed.topic IN ('asked', 'acted', 'failed', 'released') THEN fed.subject END
           LEFT JOIN quell.stops s ON fed.topic = 'stops' AND s.id = fed.subject
           LEFT JOIN quell.devices d ON d.tenant_id = $1 AND d.device_id = fed.device_id
           ORDER BY fed.at, fed.id"#,
        tenant.0,
        BATCH,
    )
    .fetch_all(tx)
    .await?;
    let mut taken = Taken::default();
    for row in rows {
        let notify: Result<Option<Vec<Notify>>, _> = row.notify.map(serde_json::from_value).transpose();
        let (Some(topic), Ok(notify)) = (Topic::parse(&row.topic), notify) else {
            taken.unread.push(Unread {
                is_news: row.is_news,
                id: row.id,
                at: row.at.to_jiff(),
            });
            continue;
        };
        let is_decision = topic == Topic::Decisions;
        let event = if is_decision { row.subject } else { row.event_id };
        let what = match topic {
            Topic::Actions | Topic::Decisions | Topic::Alarms => Some(row.happened.clone()),
            Topic::Stops => row.scope,
            _ => None,
        };
        taken.found.push(Found {
            is_news: row.is_news,
            id: row.id,
            receiver: row.receiver,
            topic,
            happened: row.happened,
            at: row.at.to_jiff(),
            notify: notify.unwrap_or_default(),
            is_everywhere: row.everywhere,
            event,
            thing: Thing {
                at: Some(row.at.to_jiff()),
                what,
                device_id: row.device_id,
                device_name: row.device_name,
                playbook: row.playbook,
                revision: row.revision,
                alert_id: row.alert_id,
                severity: None,
                reason: row.reason,
                by: row.by,
                measure: row.measure,
                until: row.until.map(|until| until.to_jiff()),
                containment_id: row.containment_id,
                action_id: row.action_id,
                action: row.action_kind,
                defender_id: row.defender_id,
                event_id: is_decision.then_some(row.subject).flatten(),
                stop_id: row.stop_id,
                request: row.request.filter(|_| topic == Topic::Asked),
            },
        });
    }
    Ok(taken)
}

/// Fills in what is told of the alert behind each thing: its severity, and its id where that is not known yet.
async fn severities(tx: &mut PgConnection, found: &mut [Found]) -> Result<(), StoreError> {
    let mut ids: Vec<Uuid> = found.iter().filter_map(|one| one.event).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        "SELECT id, severity, alert_id FROM quell.events WHERE id = ANY($1)",
        &ids
    )
    .fetch_all(tx)
    .await?;
    let known: HashMap<Uuid, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    for one in found {
        let Some(row) = one.event.and_then(|event| known.get(&event)) else {
            continue;
        };
        one.thing.severity.clone_from(&row.severity);
        one.thing.alert_id.get_or_insert_with(|| row.alert_id.clone());
    }
    Ok(())
}

/// The messages that may take more. They are locked: whoever claims one meanwhile has closed it before, or waits. One that cannot be read
/// takes no more: it is sent, or given up, as it is.
async fn open(tx: &mut PgConnection, tenant: TenantId) -> Result<Vec<Gathered>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, receiver, kind, playbook, created_at, due_at, until, things, items, counts FROM quell.outbox
         WHERE tenant_id = $1 AND state = 'gathering' ORDER BY id FOR UPDATE",
        tenant.0,
    )
    .fetch_all(&mut *tx)
    .await?;
    let (mut open, mut closed) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let id = row.id;
        let gathered = || -> Result<Gathered, StoreError> {
            let message = Row {
                id: row.id,
                receiver: row.receiver,
                kind: row.kind,
                playbook: row.playbook,
                created_at: row.created_at.to_jiff(),
                things: row.things,
                items: row.items,
                counts: row.counts,
            };
            Ok(Gathered {
                id: message.id,
                kind: message.kind()?,
                receiver: message.receiver,
                playbook: message.playbook,
                created_at: message.created_at,
                due_at: row.due_at.to_jiff(),
                until: row.until.to_jiff(),
                things: u32::try_from(message.things).unwrap_or_default(),
                items: serde_json::from_value(message.items)?,
                counts: serde_json::from_value(message.counts)?,
                is_full: false,
            })
        };
        match gathered() {
            Ok(gathered) => open.push(gathered),
            Err(error) => {
                tracing::warn!(notification.id = %id, error = %error, "a message cannot be read by this version");
                closed.push(id);
            }
        }
    }
    if !closed.is_empty() {
        sqlx::query!(
            "UPDATE quell.outbox SET state = 'waiting' WHERE id = ANY($1)",
            &closed
        )
        .execute(tx)
        .await?;
    }
    Ok(open)
}

async fn late(
    tx: &mut PgConnection,
    tenant: TenantId,
    spans: &Spans,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT receiver, count(*) AS "messages!" FROM quell.outbox
           WHERE tenant_id = $1 AND kind <> 'test' AND created_at > (SELECT quell.now()) - make_interval(secs => $2)
           GROUP BY receiver"#,
        tenant.0,
        spans.digest_every.as_secs_f64(),
    )
    .fetch_all(tx)
    .await?;
    let late = rows.into_iter();
    Ok(late
        .map(|row| (row.receiver, u32::try_from(row.messages).unwrap_or(u32::MAX)))
        .collect())
}

async fn write(tx: &mut PgConnection, tenant: TenantId, message: &Gathered) -> Result<(), StoreError> {
    let time = |at: Timestamp| jiff_sqlx::ToSqlx::to_sqlx(at);
    sqlx::query!(
        "INSERT INTO quell.outbox (id, tenant_id, receiver, kind, playbook, state, created_at, due_at, until, things, items, counts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, things = excluded.things,
                                        items = excluded.items, counts = excluded.counts",
        message.id,
        tenant.0,
        message.receiver,
        message.kind.as_str(),
        message.playbook,
        if message.is_full { "waiting" } else { "gathering" },
        time(message.created_at) as jiff_sqlx::Timestamp,
        time(message.due_at) as jiff_sqlx::Timestamp,
        time(message.until) as jiff_sqlx::Timestamp,
        i32::try_from(message.things).unwrap_or(i32::MAX),
        serde_json::to_value(&message.items)?,
        serde_json::to_value(&message.counts)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn mark(tx: &mut PgConnection, news: &[i64], into: &[(i64, Option<Uuid>)]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM quell.news WHERE id = ANY($1)", news)
        .execute(&mut *tx)
        .await?;
    let (ids, messages): (Vec<i64>, Vec<Option<Uuid>>) = into.iter().copied().unzip();
    sqlx::query!(
        "UPDATE quell.notifications n SET taken_at = quell.now(), message_id = taken.message
         FROM unnest($1::bigint[], $2::uuid[]) AS taken (id, message) WHERE n.id = taken.id",
        &ids,
        &messages as &[Option<Uuid>],
    )
    .execute(tx)
    .await?;
    Ok(())
}
