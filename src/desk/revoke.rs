//! A person takes a revision of a playbook out of use for good. Behind `quell playbooks revoke` and
//! `POST /v1/playbooks/{name}/revoke`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::words::short;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::person::By;
use crate::store::views::RevisionView;

/// Shorter beginnings of a revision fit too many by chance.
const SHORTEST_PREFIX: usize = 6;
/// So many revisions are told where several fit.
const CANDIDATES: i64 = 10;
/// So much of a revision is shown.
const SHORT: usize = 12;

/// What was revoked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RevokeReport)]
pub struct Report {
    /// The playbook.
    pub playbook: String,
    /// Its revision.
    pub revision: String,
    /// Whether it is in the set in force, where it only observes from now on.
    pub is_active: bool,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Desk {
    /// Revokes a revision, which the beginning of it names.
    ///
    /// # Errors
    /// There is no single such revision, it was revoked already, or Postgres is away.
    pub async fn revoke(&self, playbook: &str, beginning: &str, by: &By) -> Result<Report, DeskError> {
        let found = self.revision_called(playbook, beginning).await?;
        let store = self.store.acting(by);
        let revoked = store
            .revision_revoke(self.tenant, &found.playbook, &found.revision, &by.who, &by.reason)
            .await?;
        if !revoked {
            let why = format!(
                "`{}@{}` was revoked already",
                found.playbook,
                short(&found.revision, SHORT)
            );
            return Err(DeskError::Refused(Refused::RevokedBefore, why));
        }
        Ok(Report {
            playbook: found.playbook,
            revision: found.revision,
            is_active: found.is_active,
            by: by.who.clone(),
            reason: by.reason.clone(),
        })
    }

    async fn revision_called(&self, playbook: &str, beginning: &str) -> Result<RevisionView, DeskError> {
        if beginning.chars().count() < SHORTEST_PREFIX {
            let why = format!(
                "`{beginning}` is too short: give at least {SHORTEST_PREFIX} characters of a revision"
            );
            return Err(DeskError::Unusable(why));
        }
        let mut found = self
            .store
            .revisions_find(self.tenant, Some(playbook), beginning, CANDIDATES)
            .await?;
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (None, _) => {
                let why =
                    format!("no revision of `{playbook}` that ever was in force begins with `{beginning}`");
                Err(DeskError::Refused(Refused::NoSuchRevision, why))
            }
            (Some(last), false) => {
                let all = found.iter().chain(std::iter::once(&last));
                let all: Vec<String> = all
                    .map(|one| format!("{}@{}", one.playbook, one.revision))
                    .collect();
                let why = format!("several revisions begin with `{beginning}`: {}", all.join(", "));
                Err(DeskError::Unusable(why))
            }
        }
    }
}
