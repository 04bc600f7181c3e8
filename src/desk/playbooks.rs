//! Playbooks: those in force with what each does, one of them with its text, its hits and its revisions, and the activations of sets.
//! Reads only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::weighed::SaidNo;
use crate::desk::words::plain;
use crate::desk::{Desk, DeskError};
use crate::domain::verdict::Mode;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::views::{ActivationView, DayHits, LineHits, PlaybookDeeds, RevisionView};

/// Shorter beginnings of a revision fit too many by chance.
pub const SHORTEST_PREFIX: usize = 6;
/// So many candidates are looked at.
const CANDIDATES: i64 = 10;
/// So many revisions of a playbook are told, the newest ones.
const REVISIONS: i64 = 100;

/// The playbooks in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybooksReport {
    /// The version of the set: what a change of it takes as `If-Match`.
    pub version: i64,
    /// The hash over its revisions.
    pub hash: String,
    /// No playbook goes beyond it.
    pub ceiling: Mode,
    /// In the order of their ids.
    pub playbooks: Vec<PlaybookRow>,
}

/// One playbook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookRow {
    /// Its id.
    pub id: String,
    /// What it is for; absent when its text does not compile with this version of Quell.
    pub title: Option<String>,
    /// Its mode.
    pub mode: Mode,
    /// Its priority.
    pub priority: Option<&'static str>,
    /// Whether only a part of the devices is acted on.
    pub is_canary: bool,
    /// Why it only observes although it says `enforce`, when it does: `canary.limits[0]`, `revoked`, ….
    pub fallback: Option<String>,
    /// Its revision.
    pub revision: String,
    /// Since when it is in force as it is.
    pub since: Option<Timestamp>,
    /// What it does.
    #[serde(flatten)]
    pub deeds: PlaybookDeeds,
    /// Its hits on each of the last seven days, today the last; empty: it had none.
    pub days: Vec<DayHits>,
}

/// One playbook with its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookReport {
    /// The version of the set in force: what a change of it takes as `If-Match`.
    pub version: i64,
    /// How it stands; none: it is not in force any more.
    pub stands: Option<PlaybookRow>,
    /// Its text, of the revision in force or of the last one that was.
    pub text: String,
    /// How often it matched lately as it is shown, and how often a line of it kept it from that.
    pub lines: LineHits,
    /// Of what it plainly did not match lately: which line of `when` said no.
    pub said_no: SaidNo,
    /// Its revisions, the newest first, a hundred at most.
    pub revisions: Vec<RevisionRow>,
}

/// A revision that is or was in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionRow {
    /// The revision.
    pub revision: String,
    /// When it was in force for the first time.
    pub first_active_at: Timestamp,
    /// Whether it is in force now.
    pub is_active: bool,
}

impl Desk {
    /// The playbooks in force.
    ///
    /// # Errors
    /// None is in force yet, or Postgres is away.
    pub async fn playbooks(&self) -> Result<PlaybooksReport, DeskError> {
        let (store, tenant) = (&self.store, self.tenant);
        let Some(active) = store.set_read(tenant).await? else {
            return Err(DeskError::NotFound("no playbook set is in force yet".to_owned()));
        };
        let (since, deeds) = (
            store.set_since(tenant).await?,
            store.playbook_deeds(tenant).await?,
        );
        let fallbacks = store.set_fallbacks(tenant).await?;
        let mut days: BTreeMap<String, Vec<DayHits>> = store.hits_per_day(tenant).await?;
        let rows = active.playbooks.into_iter().map(|stored| {
            let file = SourceFile {
                name: format!("{}.yaml", stored.playbook),
                text: stored.text,
            };
            // Each by itself: one that this version cannot read does not hide the others.
            let set = PlaybookSet::compile_kept(std::slice::from_ref(&file)).ok();
            let compiled = set.as_ref().and_then(|(set, _)| set.get(&stored.playbook));
            PlaybookRow {
                title: compiled.map(|playbook| playbook.title.clone()),
                mode: stored.mode,
                priority: compiled.map(|playbook| playbook.lane.as_str()),
                is_canary: compiled.is_some_and(|playbook| playbook.canary.is_some()),
                fallback: fallbacks
                    .iter()
                    .find(|fallback| fallback.playbook == stored.playbook)
                    .map(|fallback| fallback.reason.clone()),
                revision: stored.revision,
                since: since.get(&stored.playbook).copied(),
                deeds: deeds.get(&stored.playbook).copied().unwrap_or_default(),
                days: days.remove(&stored.playbook).unwrap_or_default(),
                id: stored.playbook,
            }
        });
        Ok(PlaybooksReport {
            version: active.version,
            hash: active.hash,
            ceiling: self.terms.mode,
            playbooks: rows.collect(),
        })
    }

    /// One playbook, by its id: as it is in force, else as it last was.
    ///
    /// # Errors
    /// It never was in force, or Postgres is away.
    pub async fn playbook(&self, id: &str) -> Result<PlaybookReport, DeskError> {
        let revisions = self.revisions_of(id).await?;
        let shown = revisions.iter().find(|one| one.is_active).or(revisions.first());
        let text = shown.map(|one| one.text.clone()).unwrap_or_default();
        let set = self.playbooks().await?;
        let (lines, said_no) = match shown {
            Some(shown) => (
                self.store.hits_per_line(self.tenant, id, &shown.revision).await?,
                self.said_no(shown).await?,
            ),
            None => Default::default(),
        };
        let rows = revisions.into_iter().map(|one| RevisionRow {
            revision: one.revision,
            first_active_at: one.first_active_at,
            is_active: one.is_active,
        });
        Ok(PlaybookReport {
            version: set.version,
            stands: set.playbooks.into_iter().find(|row| row.id == id),
            text,
            lines,
            said_no,
            revisions: rows.collect(),
        })
    }

    /// The revisions of a playbook with their texts, the newest first, a hundred at most.
    ///
    /// # Errors
    /// It never was in force, or Postgres is away.
    pub async fn revisions_of(&self, id: &str) -> Result<Vec<RevisionView>, DeskError> {
        let revisions = self
            .store
            .revisions_find(self.tenant, Some(id), "", REVISIONS)
            .await?;
        if revisions.is_empty() {
            let why = format!("no playbook `{}` was ever in force", plain(id));
            return Err(DeskError::NotFound(why));
        }
        Ok(revisions)
    }

    /// A playbook's text as it is in force; with the beginning of a revision, as it was then.
    ///
    /// # Errors
    /// There is no such playbook or revision, several begin so, or Postgres is away.
    pub async fn revision(&self, id: &str, beginning: Option<&str>) -> Result<RevisionView, DeskError> {
        if let Some(beginning) = beginning {
            return self.revision_begun(Some(id), beginning).await;
        }
        let revisions = self.revisions_of(id).await?;
        revisions.into_iter().find(|one| one.is_active).ok_or_else(|| {
            let why = format!(
                "`{id}` is not in force any more: name an earlier one with `--revision`; \
                 `quell playbooks history` has the days"
            );
            DeskError::NotFound(why)
        })
    }

    /// The one revision that begins so, of a playbook or of any.
    ///
    /// # Errors
    /// The beginning is too short, none or several begin so, or Postgres is away.
    pub async fn revision_begun(
        &self,
        playbook: Option<&str>,
        beginning: &str,
    ) -> Result<RevisionView, DeskError> {
        let beginning = plain(beginning);
        if beginning.chars().count() < SHORTEST_PREFIX {
            let why = format!(
                "`{beginning}` is too short: give at least {SHORTEST_PREFIX} characters of a revision"
            );
            return Err(DeskError::Unusable(why));
        }
        let mut found = self
            .store
            .revisions_find(self.tenant, playbook, &beginning, CANDIDATES)
            .await?;
        let of = playbook.map_or(String::new(), |playbook| format!(" of `{playbook}`"));
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (None, _) => Err(DeskError::NotFound(format!(
                "no revision{of} that ever was in force begins with `{beginning}`"
            ))),
            (Some(last), false) => {
                let all = found.iter().chain(std::iter::once(&last));
                let all: Vec<String> = all
                    .map(|one| format!("{}@{}", one.playbook, one.revision))
                    .collect();
                Err(DeskError::Unusable(format!(
                    "several revisions begin with `{beginning}`: {}",
                    all.join(", ")
                )))
            }
        }
    }

    /// The activations of sets, the newest first.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn activations(&self, limit: usize) -> Result<Vec<ActivationView>, DeskError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(self.store.set_history(self.tenant, limit).await?)
    }
}
