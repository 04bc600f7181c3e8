//! A person gives a containment another end. Behind `quell extend` and `POST /v1/containments/{id}/extend`.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::find::called;
use crate::desk::words::ahead;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::person::By;
use crate::store::views::ContainmentView;
use crate::store::{Extend, Extended, NewEnd};

/// The new end.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExtendReport)]
pub struct Report {
    /// `done`.
    pub outcome: &'static str,
    /// The containment.
    pub containment: Uuid,
    /// Its device.
    pub device: String,
    /// When it was to end.
    pub before: Timestamp,
    /// When it ends now.
    pub until: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The active containments of a device, which are too many or too few to mean one.
#[derive(Clone, Debug)]
pub struct NotOne {
    /// The device in words.
    pub device: String,
    /// They.
    pub active: Vec<ContainmentView>,
}

impl Desk {
    /// The one active containment of a device.
    ///
    /// # Errors
    /// No single device is called so, or Postgres is away.
    pub async fn active_containment(&self, wanted: &str) -> Result<Result<Uuid, NotOne>, DeskError> {
        let device = self.device_called(wanted).await?;
        let what = called(&device.device, device.name.as_deref());
        let mut active = device.containments;
        active.retain(|containment| containment.state == "active");
        Ok(match active.as_slice() {
            [one] => Ok(one.id),
            _ => Err(NotOne { device: what, active }),
        })
    }

    /// Gives an active containment another end.
    ///
    /// # Errors
    /// There is none, that end cannot be, or Postgres is away.
    pub async fn extend(
        &self,
        containment: Uuid,
        end: NewEnd,
        may_shorten: bool,
        by: &By,
    ) -> Result<Report, DeskError> {
        let extend = Extend {
            containment,
            end,
            may_shorten,
            by: &by.who,
            reason: &by.reason,
        };
        let store = self.store.acting(by);
        let extended = store.containment_extend(self.tenant, &extend).await?;
        let no = |why: Refused, told: &str| Err(DeskError::Refused(why, told.to_owned()));
        match extended {
            Extended::Done {
                containment,
                device,
                before,
                until,
            } => Ok(Report {
                outcome: "done",
                containment,
                device,
                before,
                until,
                by: by.who.clone(),
                reason: by.reason.clone(),
            }),
            Extended::NotActive => no(
                Refused::NoSuchContainment,
                "no active containment has that id: nothing to extend",
            ),
            Extended::Never => no(
                Refused::NeverEnds,
                "it never ends by itself: there is nothing to extend; `quell release` ends it",
            ),
            Extended::Past => no(
                Refused::BadEnd,
                "that end has passed already: `quell release` ends it now",
            ),
            Extended::TooFar => no(
                Refused::BadEnd,
                "that is more than a year from now: name an earlier end",
            ),
            Extended::Approved => no(
                Refused::SecondPerson,
                "a second person passed a protection of this device for the time that was approved: to restrict it longer, begin it \
                 anew with `quell restrict --accept-risk`, which asks a second person again",
            ),
            Extended::Shorter { before } => {
                let planned = ahead(self.store.now().await?, before);
                let told = format!(
                    "that is earlier than planned, it ends {planned}: say `--shorten` if that is meant"
                );
                no(Refused::BadEnd, &told)
            }
        }
    }
}
