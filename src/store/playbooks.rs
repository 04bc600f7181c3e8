//! The active playbook set: one row a tenant, changed by one compare-and-swap; the revisions' texts are rows, and so is
//! every activation, so that the set of any day can be read again.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::failpoint;
use crate::store::{Because, Store, StoreError, Wake, wake};

/// One playbook of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionText {
    /// The playbook's id.
    pub playbook: String,
    /// Its revision.
    pub revision: String,
    /// Its mode.
    pub mode: Mode,
    /// Its text.
    pub text: String,
}

/// Who puts a set in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The files of a replica.
    Files,
    /// An operator, by hand.
    Operator,
}

impl Origin {
    /// As in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Operator => "operator",
        }
    }

    fn parse(text: &str) -> Self {
        // Whatever a newer version calls it, it was not our files: those may be left alone, never a person's act.
        if text == Self::Files.as_str() {
            Self::Files
        } else {
            Self::Operator
        }
    }
}

/// A set that is or was active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSet {
    /// The hash over the revisions.
    pub hash: String,
    /// Grows by one with each activation.
    pub version: i64,
    /// The playbooks, in the order of their ids.
    pub playbooks: Vec<RevisionText>,
}

/// Which set is active, without its playbooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetHead {
    /// The hash over the revisions.
    pub hash: String,
    /// Grows by one with each activation.
    pub version: i64,
    /// Since when.
    pub activated_at: Timestamp,
    /// Who put it in force.
    pub origin: Origin,
}

/// A set to be put in force.
#[derive(Clone, Copy, Debug)]
pub struct Activation<'a> {
    /// The hash over the revisions.
    pub hash: &'a str,
    /// The playbooks.
    pub playbooks: &'a [RevisionText],
    /// The version that must still be the active one; `None`: no set may be active.
    pub expected: Option<i64>,
    /// What does it.
    pub origin: Origin,
    /// Who, and why.
    pub because: Because<'a>,
}

impl Store {
    /// The active set with its playbooks, if one was ever activated.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_read(&self, tenant: TenantId) -> Result<Option<ActiveSet>, StoreError> {
        let Some(SetHead { hash, version, .. }) = self.set_active(tenant).await? else {
            return Ok(None);
        };
        let playbooks = self.set_playbooks(tenant, &hash).await?;
        Ok(Some(ActiveSet {
            hash,
            version,
            playbooks,
        }))
    }

    /// The set that was activated under that version, whether it is still active or not. `None`: there is no record of
    /// such an activation.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_of_version(
        &self,
        tenant: TenantId,
        version: i64,
    ) -> Result<Option<ActiveSet>, StoreError> {
        let hash = sqlx::query_scalar!(
            "SELECT set_hash FROM quell.set_activations WHERE tenant_id = $1 AND version = $2",
            tenant.0,
            version,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(hash) = hash else { return Ok(None) };
        let playbooks = self.set_playbooks(tenant, &hash).await?;
        Ok(Some(ActiveSet {
            hash,
            version,
            playbooks,
        }))
    }

    /// Which set is active, if one was ever activated.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_active(&self, tenant: TenantId) -> Result<Option<SetHead>, StoreError> {
        let row = sqlx::query!(
            "SELECT set_hash, version, activated_at, origin FROM quell.active_sets WHERE tenant_id = $1",
            tenant.0
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| SetHead {
            hash: row.set_hash,
            version: row.version,
            activated_at: row.activated_at.to_jiff(),
            origin: Origin::parse(&row.origin),
        }))
    }

    /// The playbooks of a set that is or was active, in the order of their ids. Sets never change, so this needs no lock.
    ///
    /// # Errors
    /// Postgres is not available, or a row cannot be read.
    pub async fn set_playbooks(&self, tenant: TenantId, hash: &str) -> Result<Vec<RevisionText>, StoreError> {
        let rows = sqlx::query!(
            "SELECT s.playbook, s.revision, s.mode, r.text
             FROM quell.playbook_sets s JOIN quell.playbook_revisions r USING (tenant_id, playbook, revision)
             WHERE s.tenant_id = $1 AND s.set_hash = $2 ORDER BY s.playbook",
            tenant.0,
            hash,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|r| {
                let mode = Mode::parse(&r.mode).ok_or_else(|| StoreError::Corrupt {
                    table: "playbook_sets",
                    column: "mode",
                    row: r.playbook.clone(),
                    value: r.mode.clone(),
                })?;
                Ok(RevisionText {
                    playbook: r.playbook,
                    revision: r.revision,
                    mode,
                    text: r.text,
                })
            })
            .collect()
    }

    /// Activates a set if the active version is still the expected one, and writes down by whom and why. Returns the new
    /// version; `None` when somebody else was faster.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_activate(
        &self,
        tenant: TenantId,
        activation: &Activation<'_>,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        keep(&mut tx, tenant, activation).await?;
        super::containments::mode::end_observed(&mut tx, tenant, activation.hash, activation.because).await?;
        let version = sqlx::query_scalar!(
            "INSERT INTO quell.active_sets AS a (tenant_id, set_hash, version, origin) VALUES ($1, $2, 1, $4)
             ON CONFLICT (tenant_id) DO UPDATE
             SET set_hash = $2, version = a.version + 1, origin = $4, activated_at = quell.now()
             WHERE a.version = $3 RETURNING version",
            tenant.0,
            activation.hash,
            activation.expected,
            activation.origin.as_str(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        // An expected version and no row: the set that was to be replaced has never been.
        let version = version.filter(|version| activation.expected.map_or(1, |v| v + 1) == *version);
        if let Some(version) = version {
            sqlx::query!(
                "INSERT INTO quell.set_activations (tenant_id, version, set_hash, activated_by, reason)
                 VALUES ($1, $2, $3, $4, $5)",
                tenant.0,
                version,
                activation.hash,
                activation.because.by,
                activation.because.reason,
            )
            .execute(&mut *tx)
            .await?;
            wake(&mut tx, tenant, Wake::Inbox).await?;
            wake(&mut tx, tenant, Wake::Playbooks).await?;
            tx.commit().await?;
            failpoint::reach!(PlaybookSwap);
        }
        Ok(version)
    }
}

/// Keeps the revisions and the set: whatever was once in force stays readable. Thousands of playbooks take three
/// statements, and only the texts that are new are sent.
async fn keep(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    activation: &Activation<'_>,
) -> Result<(), StoreError> {
    let of = |what: fn(&RevisionText) -> &str| -> Vec<String> {
        activation.playbooks.iter().map(|p| what(p).to_owned()).collect()
    };
    let (ids, revisions) = (of(|p| &p.playbook), of(|p| &p.revision));
    let unknown = sqlx::query_scalar!(
        r#"SELECT t.at - 1 AS "at!" FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (playbook, revision, at)
           WHERE NOT EXISTS (SELECT 1 FROM quell.playbook_revisions r
                             WHERE r.tenant_id = $1 AND r.playbook = t.playbook AND r.revision = t.revision)"#,
        tenant.0,
        &ids,
        &revisions,
    )
    .fetch_all(&mut *tx)
    .await?;
    let new: Vec<&RevisionText> = unknown
        .into_iter()
        .filter_map(|at| activation.playbooks.get(usize::try_from(at).ok()?))
        .collect();
    if !new.is_empty() {
        let of = |what: fn(&RevisionText) -> &str| -> Vec<String> {
            new.iter().map(|p| what(p).to_owned()).collect()
        };
        sqlx::query!(
            "INSERT INTO quell.playbook_revisions (tenant_id, playbook, revision, text)
             SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING",
            tenant.0,
            &of(|p| &p.playbook),
            &of(|p| &p.revision),
            &of(|p| &p.text),
        )
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query!(
        "INSERT INTO quell.playbook_sets (tenant_id, set_hash, playbook, revision, mode)
         SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING",
        tenant.0,
        activation.hash,
        &ids,
        &revisions,
        &of(|p| p.mode.as_str()),
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}
