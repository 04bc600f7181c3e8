//! Which page a path is, and how it is read: the one place that asks the desk for what a page shows. [`show`] answers who looks;
//! [`again`] shows a page anew after a form on it was refused.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::shell::{Frame, Notice, Page, Visit};
use super::{approvals, overview};
use crate::desk::Desk;
use crate::web::answer::Problem;
use crate::web::api::AtDesk;
use crate::web::may::{May, See};

/// So many rows stand in a list.
const ROWS: i64 = 100;

/// A page of the console.
pub(super) async fn show(see: May<See>, AtDesk(desk): AtDesk, visit: Visit) -> Result<Response, Problem> {
    let frame = visit.frame(&desk, see.identity).await?;
    let page = read(&desk, &frame).await?;
    Ok(frame.around(&page).into_response())
}

/// The page of the path that the frame has.
async fn read(desk: &Desk, frame: &Frame) -> Result<Page, Problem> {
    let path = frame.visit.path.trim_start_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    Ok(match parts.as_slice() {
        [""] => overview::page(frame, &desk.status(10).await?),
        ["approvals"] => approvals::page(frame, &desk.store.requests(desk.tenant, true, ROWS).await?),
        _ => {
            return Err(Problem::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "there is no such page",
            ));
        }
    })
}
