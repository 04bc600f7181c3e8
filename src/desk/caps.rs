//! The caps of the installation with their use, the act that lifts one for a while, and its early end. Behind `quell caps`,
//! `GET /v1/caps`, `POST /v1/caps/{cap}/lift` and `/v1/caps/lifts/{lift}/end`.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::words::plain;
use crate::desk::{Desk, DeskError, Refused};
use crate::domain::limit::cap_of;
use crate::domain::person::By;
use crate::store::cap_lifts::{CapView, LiftDone, LiftOrder, LiftView, Lifting, caps_tag};

/// A cap is lifted for at least and at most so long.
pub const SPANS: RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);

/// So much of a lift's id is shown, and needed.
pub const LIFT_CHARS: usize = 8;

/// Every cap.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Caps {
    /// When this was so.
    pub at: Timestamp,
    /// The caps, in the order of the configuration.
    pub caps: Vec<CapView>,
}

/// What a lift did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Lifted {
    /// The cap.
    pub cap: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// For so many more; `null`: any number.
    pub devices: Option<u32>,
    /// What came of it.
    #[serde(flatten)]
    pub done: LiftDone,
}

/// A lift that was ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ended {
    /// The cap, which holds again.
    pub cap: String,
    /// The lift.
    pub lift: Uuid,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// How far a cap is lifted, and for how long.
#[derive(Clone, Debug)]
pub struct Lift<'a> {
    /// Which cap: `caps[0]`.
    pub cap: &'a str,
    /// For how long, in real time.
    pub span: Duration,
    /// For so many more devices; `None`: any number.
    pub devices: Option<u32>,
}

impl Caps {
    /// What of it changes by what people do, as a tag: who looked at it can say so.
    pub fn tag(&self) -> String {
        caps_tag(&self.caps)
    }
}

impl Desk {
    /// Every cap with its use, and its lifts.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn caps(&self) -> Result<Caps, DeskError> {
        let gate = &self.terms.gate;
        Ok(Caps {
            at: self.store.now().await?,
            caps: self.store.caps_now(self.tenant, &gate.caps, gate.fleet).await?,
        })
    }

    /// Lifts a cap for a while; what it held goes on at once. With `expected` only if the caps are what was looked at.
    ///
    /// # Errors
    /// There is no such cap, restrictions are stopped, others acted in between, or Postgres is away.
    pub async fn cap_lift(
        &self,
        lift: &Lift<'_>,
        expected: Option<&str>,
        by: &By,
    ) -> Result<Lifted, DeskError> {
        let named = cap_of(lift.cap).filter(|index| format!("caps[{index}]") == lift.cap);
        let Some(index) = named else {
            let why = format!(
                "`{}` is not the name of a cap; write it as `quell caps` does: `caps[0]`",
                plain(lift.cap)
            );
            return Err(DeskError::Refused(Refused::NoSuchCap, why));
        };
        if !self.store.stops(Some(self.tenant), None).await?.is_empty() {
            let why = "refused: restrictions are stopped, so nothing would go on; `quell resume` first, see `quell status`";
            return Err(DeskError::Refused(Refused::Guard, why.to_owned()));
        }
        let gate = &self.terms.gate;
        let order = LiftOrder {
            index,
            devices: lift.devices,
            span: lift.span,
            by: &by.who,
            reason: &by.reason,
            expected,
        };
        let store = self.store.acting(by);
        let lifting = store.cap_lift(self.tenant, &gate.caps, &gate.surge, gate.fleet, &order);
        let done = match lifting.await? {
            Lifting::Done(done) => done,
            Lifting::NoSuchCap => {
                let why = format!(
                    "the configuration has no `{}`; it has {}",
                    lift.cap,
                    match gate.caps.len() {
                        0 => "no caps".to_owned(),
                        n => format!("caps[0] to caps[{}]", n - 1),
                    }
                );
                return Err(DeskError::Refused(Refused::NoSuchCap, why));
            }
            Lifting::Changed => {
                let why = "the caps are not what was looked at: another lift began or ended meanwhile";
                return Err(DeskError::Refused(Refused::Stale, why.to_owned()));
            }
        };
        Ok(Lifted {
            cap: lift.cap.to_owned(),
            by: by.who.clone(),
            reason: by.reason.clone(),
            devices: lift.devices,
            done,
        })
    }

    /// Ends a lift before its time: by 8 characters or more of its id, from its end.
    ///
    /// # Errors
    /// No single lift in force is named, or Postgres is away.
    pub async fn cap_lift_end(&self, lift: &str, by: &By) -> Result<Ended, DeskError> {
        let caps = self.caps().await?.caps;
        let wanted = lift.trim().to_ascii_lowercase();
        let fits = |lift: &&LiftView| named(lift.id).starts_with(&wanted) || lift.id.to_string() == wanted;
        let fitting: Vec<&LiftView> = caps.iter().flat_map(|cap| &cap.lifts).filter(fits).collect();
        let [one] = fitting.as_slice() else {
            return Err(no_lift(lift));
        };
        if wanted.len() < LIFT_CHARS {
            return Err(no_lift(lift));
        }
        let store = self.store.acting(by);
        let cap = store
            .cap_lift_end(self.tenant, one.id, &by.who, &by.reason)
            .await?;
        let cap =
            cap.ok_or_else(|| DeskError::Refused(Refused::Overtaken, "the lift ended meanwhile".to_owned()))?;
        Ok(Ended {
            cap,
            lift: one.id,
            by: by.who.clone(),
            reason: by.reason.clone(),
        })
    }
}

fn no_lift(lift: &str) -> DeskError {
    let why = format!(
        "`{}` names no one lift in force: give {LIFT_CHARS} characters or more of its id, as `quell caps` shows it",
        plain(lift)
    );
    DeskError::Refused(Refused::NoSuchCap, why)
}

/// A lift's id from its end, which tells lifts of one day apart: its beginning is the time.
pub fn named(lift: Uuid) -> String {
    lift.simple().to_string().chars().skip(16).collect()
}
