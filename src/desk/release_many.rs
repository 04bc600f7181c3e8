//! The release of a selection: shown first, with a token of what was shown; then begun, for exactly what was shown, and worked off in
//! batches by whichever daemon lives. Behind `quell release` with a selection, and `POST /v1/releases`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::queue::Held;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::action::ActionKind;
use crate::domain::approval::tag;
use crate::domain::person::By;
use crate::domain::verdict::Lane;
use crate::store::{Preview, RunView, Selection};

/// What a selection holds, and what its release takes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReleasePreview)]
pub struct Shown {
    /// The selection.
    pub selection: Selection,
    /// What it holds.
    #[serde(flatten)]
    pub preview: Preview,
    /// Calls that its release makes.
    pub calls: usize,
    /// When the last of them may have left, after what is queued before them; none: nothing is called, or it is held.
    pub done_at: Option<Timestamp>,
    /// What would hold them, whatever their turn and the budget.
    pub held: Option<Held>,
    /// What says that this was seen: the release is of these containments and no others.
    pub token: String,
    /// How long the calls take; nothing is called: none.
    #[serde(skip)]
    #[schema(ignore)]
    pub takes: Option<Duration>,
}

impl Desk {
    /// Shows what a selection holds, and changes nothing.
    ///
    /// # Errors
    /// Nothing that is open fits it, or Postgres is away.
    pub async fn release_shown(&self, selection: Selection) -> Result<Shown, DeskError> {
        let preview = self.store.release_preview(self.tenant, &selection).await?;
        if preview.containments.is_empty() {
            let why = "nothing that is open fits the selection: nothing to release";
            return Err(DeskError::Refused(Refused::NothingToEnd, why.to_owned()));
        }
        let (mut takes, mut done_at, mut held) = (None, None, None);
        if preview.released > 0 {
            let look = self.look().await?;
            held = look.held(Some(ActionKind::Release));
            if held.is_none() {
                takes = look.forecast_more(Lane::Release, preview.released, &self.terms.pacing);
            }
            done_at = takes.and_then(|takes| look.status.at.checked_add(takes).ok());
        }
        let mut ids: Vec<String> = preview.containments.iter().map(Uuid::to_string).collect();
        ids.sort_unstable();
        Ok(Shown {
            calls: preview.released,
            token: tag(ids),
            selection,
            preview,
            done_at,
            held,
            takes,
        })
    }

    /// Begins the release of what was shown: of the same containments, as far as they are open still.
    ///
    /// # Errors
    /// Postgres is away: nothing was begun.
    pub async fn release_begin(&self, shown: &Shown, by: &By) -> Result<RunView, DeskError> {
        let (selection, containments) = (&shown.selection, &shown.preview.containments);
        let store = self.store.acting(by);
        let begun = store
            .release_run_begin(self.tenant, selection, containments, &by.who, &by.reason)
            .await?;
        Ok(begun)
    }

    /// The same for whoever shows the token of what they saw; the answer is the run as it begins.
    ///
    /// # Errors
    /// The selection holds something else by now, or Postgres is away.
    pub async fn release_many(
        &self,
        selection: Selection,
        token: &str,
        by: &By,
    ) -> Result<RunView, DeskError> {
        let shown = self.release_shown(selection).await?;
        if shown.token != token {
            let why = format!(
                "the selection holds something else than what was shown, {} devices now: look again",
                shown.preview.devices
            );
            return Err(DeskError::Refused(Refused::Stale, why));
        }
        self.release_begin(&shown, by).await
    }

    /// How far a run is: by the beginning of its id, or `last`.
    ///
    /// # Errors
    /// There is no single run that is meant, or Postgres is away.
    pub async fn release_run(&self, id: &str) -> Result<RunView, DeskError> {
        let named = Some(id).filter(|id| *id != "last");
        let view = self.store.release_run(self.tenant, named).await?;
        view.ok_or_else(|| {
            let why = format!("no single release run has an id that begins with `{id}`");
            DeskError::Refused(Refused::NoSuchRun, why)
        })
    }
}
