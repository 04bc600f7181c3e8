//! `POST /do/…`: what a form of the console does, by the desk's functions that the commands and the API call too. What was done is told
//! by the page that the form was on, asked for anew; what was refused, by that page with the form as it was filled in. Who may is said
//! by each handler; that a form comes from a page of this console is seen to where it is asked who somebody is.

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts as _, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::fields::{self, Fields};
use super::shell::Visit;
use super::{forms, pages};
use crate::desk::answer::Said;
use crate::desk::contain::Wanted;
use crate::desk::stop::{self, Order};
use crate::desk::{Desk, Refused};
use crate::domain::measure::{Isolation, Measure};
use crate::domain::person::By;
use crate::domain::stop::StopScope;
use crate::domain::verdict::Lane;
use crate::store::ResumeOrder;
use crate::web::Web;
use crate::web::answer::Problem;
use crate::web::api::AtDesk;
use crate::web::may::{Approve, May, Needs, Operate};

/// The way it came, in the audit.
const VIA: &str = "console";

/// For how long a person may contain a device by hand, by the name in the form.
const SPANS: [(&str, u64); 5] = [("1h", 1), ("4h", 4), ("12h", 12), ("1d", 24), ("7d", 168)];

/// What was done: its code in [`forms::told`], and of how many things.
type Done = (&'static str, usize);

/// A form that was sent, and who sent it, who has the right `R`.
pub(super) struct Sent<R> {
    may: May<R>,
    desk: Desk,
    visit: Visit,
    fields: Fields,
}

impl<R: Needs> FromRequest<Web> for Sent<R> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        // Who may comes first: nobody else hears of a tenant or has a form read.
        let may = May::from_request_parts(&mut parts, web).await?;
        let AtDesk(desk) = AtDesk::from_request_parts(&mut parts, web).await?;
        let visit = Visit::from_request_parts(&mut parts, web).await?;
        let fields = Fields::from_request(Request::from_parts(parts, body), web).await?;
        Ok(Self {
            may,
            desk,
            visit,
            fields,
        })
    }
}

impl<R> Sent<R> {
    fn by(&self) -> Result<By, Problem> {
        let reason = self.fields.get("reason").unwrap_or_default();
        self.may.by(self.fields.get("by").as_deref(), &reason, VIA)
    }

    /// What must be typed was typed.
    fn confirmed(&self, word: &str) -> Result<(), Problem> {
        let typed = self.fields.get("confirm").unwrap_or_default();
        if typed.eq_ignore_ascii_case(word) {
            return Ok(());
        }
        Err(bad(format!("type the word `{word}` to confirm")))
    }

    /// Back to the page that the form was on: with what was done, or with why it was not.
    async fn answer(self, done: Result<Done, Problem>) -> Result<Response, Problem> {
        let back = fields::back(self.fields.get("back").as_deref());
        match done {
            Ok((code, n)) => {
                let glue = if back.contains('?') { '&' } else { '?' };
                Ok(Redirect::to(&format!("{back}{glue}done={code}&n={n}")).into_response())
            }
            Err(problem) => {
                let visit = self.visit.back(&back.parse::<Uri>().unwrap_or_default());
                let mut frame = visit.frame(&self.desk, self.may.identity).await?;
                frame.kept = self.fields;
                Ok(pages::again(&self.desk, frame, problem).await)
            }
        }
    }
}

/// Stops everything, or this tenant.
pub(super) async fn stop(sent: Sent<Operate>) -> Result<Response, Problem> {
    let stopped = async {
        let by = sent.by()?;
        sent.confirmed(forms::STOP)?;
        let scope = sent
            .fields
            .get("scope")
            .unwrap_or_else(|| StopScope::New.as_str().to_owned());
        let scope = StopScope::parse(&scope).filter(|scope| *scope != StopScope::ReleaseAll);
        let is_everywhere = sent.fields.has("everywhere", "yes");
        if is_everywhere {
            sent.may.of_all()?;
        }
        // Whoever is one tenant's alone means that one, however many there are.
        let of_all = is_everywhere || (sent.visit.tenants.len() <= 1 && sent.may.of_all().is_ok());
        let order = Order {
            tenant: (!of_all).then_some(sent.desk.tenant),
            scope: scope.ok_or_else(|| bad("there is no such scope of a stop"))?,
            since: None,
        };
        let stops = stop::give(&sent.desk.store, &order, &by).await?;
        Ok(("stopped", stops.len()))
    };
    let stopped = stopped.await;
    sent.answer(stopped).await
}

/// Ends the stops that the page showed: those of this tenant, and those that were given for all. What began since stays, and is told.
pub(super) async fn resume(State(web): State<Web>, sent: Sent<Operate>) -> Result<Response, Problem> {
    let resumed = async {
        let by = sent.by()?;
        sent.confirmed(forms::RESUME)?;
        let desk = &sent.desk;
        let shown = stops_shown(&sent.fields)?;
        // Those of this tenant: an id of another's names nothing here.
        let in_force = desk.store.stops(Some(desk.tenant), None).await?;
        let named = || in_force.iter().filter(|stop| shown.contains(&stop.id));
        let of_all = named().any(|stop| stop.everywhere);
        if of_all {
            sent.may.of_all()?;
        }
        let ids: Vec<Uuid> = named().map(|stop| stop.id).collect();
        let which = ResumeOrder {
            tenant: (!of_all).then_some(desk.tenant),
            scope: None,
            stops: Some(&ids),
            own_only: !of_all,
        };
        let file = web.0.options.stop_file.as_deref();
        let resumed = stop::end(&desk.store, file, which, &by).await?;
        let left = resumed
            .left
            .iter()
            .filter(|stop| stop.tenant == desk.name)
            .count();
        match (resumed.ended.is_empty(), left) {
            (true, 0) => Err(Problem::refused(
                Refused::Overtaken,
                "no stop is in force any more",
            )),
            (true, _) => Err(Problem::refused(
                Refused::Overtaken,
                "the stops that the page showed had ended, and others began since: look at those first",
            )),
            (false, 0) => Ok(("resumed", resumed.ended.len())),
            (false, left) => Ok(("resumed-some", left)),
        }
    };
    let resumed = resumed.await;
    sent.answer(resumed).await
}

/// Approves the devices of a request that are ticked.
pub(super) async fn approve(sent: Sent<Approve>) -> Result<Response, Problem> {
    let said = say(&sent, true).await;
    sent.answer(said).await
}

/// Rejects the devices of a request that are ticked.
pub(super) async fn reject(sent: Sent<Approve>) -> Result<Response, Problem> {
    let said = say(&sent, false).await;
    sent.answer(said).await
}

async fn say(sent: &Sent<Approve>, is_yes: bool) -> Result<Done, Problem> {
    let (desk, by) = (&sent.desk, sent.by()?);
    let request = pages::request(&sent.fields.get("request").unwrap_or_default())?;
    let only = sent.fields.all("device");
    if only.is_empty() {
        return Err(bad("no device is ticked: tick those that you mean"));
    }
    let reviewed = sent.fields.get("reviewed");
    if is_yes && reviewed.is_none() {
        return Err(bad(
            "the form does not say what was looked at: load the page again",
        ));
    }
    let said = Said {
        only: Some(&only),
        except: &[],
        reviewed: reviewed.as_deref(),
    };
    let report = match is_yes {
        true => desk.approve(request, &said, &by).await?,
        false => desk.reject(request, &said, &by).await?,
    };
    if let Some(refusal) = report.refused {
        let called =
            |told: &crate::store::approvals::Told| told.name.clone().unwrap_or_else(|| told.device.clone());
        let told = report.devices.iter().map(|told| match called(told) {
            name if name.is_empty() => told.told.clone(),
            name => format!("{name}: {}", told.told),
        });
        let told: Vec<String> = told.collect();
        return Err(Problem::refused(Refused::from(refusal), told.join("; ")));
    }
    let is_active = report.devices.iter().any(|told| told.what == "activated");
    let code = match (is_yes, is_active) {
        (true, true) => "approved",
        (true, false) => "counted",
        (false, _) => "rejected",
    };
    Ok((code, report.devices.len()))
}

/// Ends what holds a device.
pub(super) async fn release(sent: Sent<Operate>) -> Result<Response, Problem> {
    let released = async {
        let by = sent.by()?;
        let device = sent
            .fields
            .get("device")
            .ok_or_else(|| bad("no device is named"))?;
        let only = match sent.fields.get("only") {
            Some(name) => Some(Measure::parse(&name).ok_or_else(|| bad("there is no such measure"))?),
            None => None,
        };
        let is_false_positive = sent.fields.has("false_positive", "yes");
        let report = sent.desk.release(&device, only, is_false_positive, &by).await?;
        Ok(match report.ended.len() {
            0 => ("declined", report.declined.len()),
            n => ("released", n),
        })
    };
    let released = released.await;
    sent.answer(released).await
}

/// Contains a device by hand, under the guards that hold for playbooks.
pub(super) async fn restrict(sent: Sent<Operate>) -> Result<Response, Problem> {
    let restricted = async {
        let by = sent.by()?;
        let device = sent
            .fields
            .get("device")
            .ok_or_else(|| bad("no device is named"))?;
        let (measure, isolation) = match sent.fields.get("measure").as_deref() {
            Some("restriction") => (Measure::Restriction, None),
            Some("full") => (Measure::Isolation, Some(Isolation::Full)),
            Some("selective") => (Measure::Isolation, Some(Isolation::Selective)),
            _ => return Err(bad("there is no such measure")),
        };
        let wanted = sent.fields.get("for").unwrap_or_default();
        let hours = SPANS
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, hours)| *hours);
        let hours = hours.ok_or_else(|| bad("say for how long"))?;
        let wanted = Wanted {
            device: &device,
            measure,
            isolation,
            after: Duration::from_secs(hours * 3_600),
            lane: Lane::High,
            accepts: &[],
        };
        let report = sent.desk.contain(&wanted, &by).await?;
        match report.outcome {
            "refused" => Err(Problem::refused(Refused::Guard, report.next)),
            outcome => Ok((outcome, 1)),
        }
    };
    let restricted = restricted.await;
    sent.answer(restricted).await
}

/// The stops that the page showed to whoever ends them.
fn stops_shown(fields: &Fields) -> Result<Vec<Uuid>, Problem> {
    let shown: Option<Vec<Uuid>> = fields.all("stop").iter().map(|id| id.parse().ok()).collect();
    shown
        .filter(|shown| !shown.is_empty())
        .ok_or_else(|| bad("the form does not say which stops it showed: load the page again"))
}

fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_form", detail)
}
