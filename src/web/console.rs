//! The console: what an operator sees and does, as pages for people. Server-rendered, and whole without the script, which only lets an
//! open page follow what changes. Called by [`crate::web`], which routes to it.
//!
//! Every page asks the [`crate::desk`], as the commands and the API do, and is a function from what the desk answered to markup. Forms
//! post to `/do/…`; what was done is told by the page that one is sent back to, what was refused by the page that one was on. Each
//! handler says by [`May`](crate::web::may::May) what right it needs. Nothing here decides, and no page has a script or a style in it:
//! the browser is told to take neither.

mod action;
mod acts;
mod approval;
mod approvals;
mod assets;
mod audit;
mod budget;
mod changes;
mod charts;
mod deeds;
mod device;
mod devices;
mod event;
mod fields;
mod forms;
mod live;
mod overview;
mod pages;
mod parts;
mod playbooks;
mod queue;
mod refused;
mod runbooks;
mod shell;
mod system;
#[cfg(test)]
mod tests;
mod timeline;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

use crate::web::Web;

pub(in crate::web) use live::Listeners;

/// All routes of the console.
pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/", get(pages::show))
        .route("/approvals", get(pages::show))
        .route("/approvals/{request}", get(pages::show))
        .route("/devices", get(pages::show))
        .route("/devices/{device}", get(pages::show))
        .route("/actions/{action}", get(pages::show))
        .route("/queue", get(pages::show))
        .route("/playbooks", get(pages::show))
        .route("/playbooks/{name}", get(pages::show))
        .route("/events/{event}", get(pages::show))
        .route("/audit", get(pages::show))
        .route("/system", get(pages::show))
        .route("/runbooks", get(runbooks::all))
        .route("/runbooks/{name}", get(runbooks::one))
        .route("/do/stop", post(acts::stop))
        .route("/do/resume", post(acts::resume))
        .route("/do/approve", post(acts::approve))
        .route("/do/reject", post(acts::reject))
        .route("/do/release", post(acts::release))
        .route("/do/restrict", post(acts::restrict))
        .layer(middleware::from_fn(refused::as_pages))
        .route("/live", get(live::live))
        .route("/static/{file}", get(assets::file))
}
