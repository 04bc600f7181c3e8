//! Which page a path is, and how it is read: the one place that asks the desk for what a page shows. [`show`] answers whoever looks;
//! [`again`] shows a page anew after a form on it was refused.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::parts::of_path;
use super::shell::{Frame, Notice, Page, Visit};
use super::{action, approval, approvals, audit, device, devices, event, overview, playbooks, queue, system};
use crate::desk::actions::ActionsAsked;
use crate::desk::devices::DevicesAsked;
use crate::desk::disk::Look;
use crate::desk::{Desk, DeskError};
use crate::domain::approval::RequestNumber;
use crate::store::views::Show;
use crate::web::answer::Problem;
use crate::web::api::AtDesk;
use crate::web::may::{May, See};

/// So many rows stand in a list.
const ROWS: usize = 100;

/// A page of the console.
pub(super) async fn show(see: May<See>, AtDesk(desk): AtDesk, visit: Visit) -> Result<Response, Problem> {
    let frame = visit.frame(&desk, see.identity).await?;
    let page = read(&desk, &frame).await?;
    Ok(frame.around(&page).into_response())
}

/// The page that a form was on, with why it was refused; nothing that was typed is lost. Where that page cannot be shown, the refusal
/// alone.
pub(super) async fn again(desk: &Desk, mut frame: Frame, problem: Problem) -> Response {
    frame.notice = Some(Notice::Refused(problem.detail.clone()));
    match read(desk, &frame).await {
        Ok(page) => (problem.status(), frame.around(&page)).into_response(),
        Err(_) => problem.into_response(),
    }
}

/// The page of the path that the frame has.
async fn read(desk: &Desk, frame: &Frame) -> Result<Page, Problem> {
    let path = frame.visit.path.trim_start_matches('/');
    let parts: Vec<String> = path.split('/').map(of_path).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let query = |name| frame.visit.query.get(name);
    Ok(match parts.as_slice() {
        [""] => overview::page(frame, &*desk.overview().await?),
        ["approvals"] => approvals::page(frame, &desk.approvals(true, None, ROWS).await?.items),
        ["approvals", number] => approval::page(frame, &desk.approval(request(number)?).await?),
        ["devices"] => listed(desk, frame).await?,
        ["devices", id] => {
            let mut report = desk.device(id).await?;
            if let Some(after) = query("after") {
                report.timeline = desk
                    .timeline_of(&report.device.device, Some(&after), ROWS)
                    .await?;
            }
            device::page(frame, &report)
        }
        ["actions", id] => action::page(frame, &desk.action(uuid(id)?).await?),
        ["queue"] => {
            let asked = ActionsAsked {
                after: query("older"),
                limit: ROWS / 4,
                ..ActionsAsked::default()
            };
            let after = query("after");
            let look = desk.look().await?;
            let (waiting, actions, budget) = tokio::try_join!(
                desk.queue_at(&look, after.as_deref(), ROWS),
                desk.actions(&asked),
                desk.budget_at(&look)
            )?;
            queue::page(frame, &waiting, &actions, &budget)
        }
        ["playbooks"] => {
            let report = match desk.playbooks().await {
                Ok(report) => Some(report),
                Err(DeskError::NotFound(_)) => None,
                Err(error) => return Err(error.into()),
            };
            playbooks::page(frame, report.as_ref(), &desk.activations(ROWS / 5).await?)
        }
        ["playbooks", id] => {
            let report = desk.playbook(id).await?;
            let revision = match query("revision") {
                Some(beginning) => Some(desk.revision(id, Some(&beginning)).await?),
                None => None,
            };
            let look = match frame.visit.is_refresh {
                true => Look::AsFound,
                false => Look::Now,
            };
            let compared = desk.playbook_compared(id, revision.as_ref(), look).await?;
            playbooks::one(frame, id, &report, revision.as_ref(), &compared)
        }
        ["events", id] => {
            let explained = desk.event(uuid(id)?).await?;
            let remarks = [explained.waiting, explained.refused, explained.outlived].concat();
            event::page(frame, id, &explained.explanations, &remarks)
        }
        ["audit"] => {
            let rows = desk.audit(None, query("after").as_deref(), ROWS).await?;
            audit::page(frame, &rows)
        }
        ["system"] => {
            let (system, status) = tokio::try_join!(desk.system(), desk.status(0))?;
            system::page(frame, &system, &status)
        }
        _ => return Err(missing("there is no such page")),
    })
}

async fn listed(desk: &Desk, frame: &Frame) -> Result<Page, Problem> {
    let query = |name| frame.visit.query.get(name);
    let named = query("q");
    let by_name = |name: &str| devices::SHOWS.iter().find(|(given, ..)| *given == name);
    let show = match query("show").as_deref().and_then(by_name) {
        Some((.., show)) => *show,
        // Whoever looks for one looks among all.
        None if named.is_some() => Show::All,
        None => Show::Concerned,
    };
    let asked = DevicesAsked {
        show,
        named,
        after: query("after"),
        limit: ROWS,
    };
    Ok(devices::page(frame, &desk.devices(&asked).await?, show))
}

/// The number of a request.
pub(super) fn request(text: &str) -> Result<RequestNumber, Problem> {
    RequestNumber::parse(text).ok_or_else(|| missing("a request is called by its number: A-1042"))
}

fn uuid(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| missing("that is no id"))
}

fn missing(detail: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
}
