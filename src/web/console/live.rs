//! `GET /live`: says that something changed, as server-sent events, so that an open page can fetch itself again. What changed is not
//! told; a page knows what it shows. Postgres is asked once a second for each tenant, however many pages are open, and not at all
//! while none is. Whoever may look no longer, as their session or token has ended, is told nothing more: the stream ends. It does after
//! some minutes anyway, and the browser opens the next, so that a stop of the process waits for nobody.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::clock::Monotonic;
use crate::desk::Desk;
use crate::domain::identity::Identity;
use crate::domain::tenant::TenantId;
use crate::store::views::News;
use crate::web::access::{Patience, Still};
use crate::web::answer::Problem;
use crate::web::api::AtDesk;
use crate::web::may::{May, See};
use crate::web::{Web, access};

/// So many pages are told, over all tenants; each holds a connection.
const MOST: usize = 64;
/// How often is looked.
const LOOK: Duration = Duration::from_secs(1);
/// What was looked at so recently is not looked at again.
const FRESH: Duration = Duration::from_millis(900);
/// Something is said at least so often, or proxies take the connection for dead.
const ALIVE: Duration = Duration::from_secs(15);
/// So often, and before anything is told, is asked whether whoever listens may still look.
const ASK: Duration = Duration::from_secs(5);
/// While people wait to be looked up, what was known of a listener is believed for so long; then it waits for its turn as they do.
const BELIEVED: Duration = Duration::from_secs(30);
/// A stream is so long.
const LASTS: Duration = Duration::from_secs(300);

/// What was seen last of a tenant, and when; whoever looks holds it meanwhile.
type Seen = Arc<Mutex<Option<(Monotonic, Option<News>)>>>;

/// Whoever is told, and what was seen last of each tenant.
#[derive(Debug)]
pub(in crate::web) struct Listeners {
    places: Arc<Semaphore>,
    seen: Mutex<HashMap<TenantId, Seen>>,
}

impl Default for Listeners {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MOST)),
            seen: Mutex::default(),
        }
    }
}

impl Listeners {
    /// The state of the tenant: asked for anew, or what another listener has just asked. `None`: Postgres does not answer.
    async fn look(&self, desk: &Desk) -> Option<News> {
        let of_tenant = Arc::clone(self.seen.lock().await.entry(desk.tenant).or_default());
        // Whoever comes while Postgres is being asked waits for that answer.
        let mut seen = of_tenant.lock().await;
        if let Some((at, news)) = &*seen
            && at.elapsed() < FRESH
        {
            return news.clone();
        }
        let news = desk.store.news(desk.tenant).await.ok();
        *seen = Some((Monotonic::now(), news.clone()));
        news
    }
}

/// Tells whoever may look that something changed.
pub(super) async fn live(
    may: May<See>,
    AtDesk(desk): AtDesk,
    State(web): State<Web>,
    parts: Parts,
) -> Result<Response, Problem> {
    let place = Arc::clone(&web.0.listeners.places).try_acquire_owned();
    let place = place.map_err(|_| {
        let detail = format!("{MOST} pages are told already: load this one again to see what changed");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_listeners", detail).retry_after_s(30)
    })?;
    let now = Monotonic::now();
    let listener = Listener {
        seen: web.0.listeners.look(&desk).await,
        desk,
        web,
        identity: may.identity,
        parts,
        began: now,
        said: now,
        asked: now,
        is_new: true,
        _place: place,
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    let stream = Stream(Box::pin(listener.next()));
    Ok((headers, Body::new(stream)).into_response())
}

/// One page that is told.
struct Listener {
    desk: Desk,
    web: Web,
    seen: Option<News>,
    identity: Identity,
    /// What was asked, to be judged again.
    parts: Parts,
    began: Monotonic,
    said: Monotonic,
    asked: Monotonic,
    is_new: bool,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// Waits until there is something to say, and says it; `None`: it has been told for long enough, or may look no longer.
    async fn next(mut self) -> Option<(Self, Bytes)> {
        if self.is_new {
            self.is_new = false;
            return Some((self, Bytes::from_static(b"retry: 3000\n: here\n\n")));
        }
        while self.began.elapsed() < LASTS {
            tokio::time::sleep(LOOK).await;
            let seen = self.web.0.listeners.look(&self.desk).await;
            let said: Option<&'static [u8]> = if seen.is_some() && seen != self.seen {
                self.seen = seen;
                Some(b"event: changed\ndata: {}\n\n")
            } else if self.said.elapsed() >= ALIVE {
                Some(b": here\n\n")
            } else {
                None
            };
            if said.is_some() || self.asked.elapsed() >= ASK {
                let patience = patience(self.asked.elapsed());
                match access::is_still(&self.identity, &self.parts, &self.web, patience).await {
                    Still::Yes => self.asked = Monotonic::now(),
                    Still::No => return None,
                    Still::Unasked => {}
                }
            }
            if let Some(said) = said {
                self.said = Monotonic::now();
                return Some((self, Bytes::from_static(said)));
            }
        }
        None
    }
}

/// Nobody who opens a page waits for one that is open, unless nothing was known of its listener for too long.
fn patience(unasked: Duration) -> Patience {
    match unasked < BELIEVED {
        true => Patience::StandsBack,
        false => Patience::Waits,
    }
}

/// What comes next.
type Next = Pin<Box<dyn Future<Output = Option<(Listener, Bytes)>> + Send>>;

/// A body without an end of its own: what a listener says, as it says it.
struct Stream(Next);

impl HttpBody for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.as_mut().poll(context).map(|next| {
            let (listener, said) = next?;
            self.0 = Box::pin(listener.next());
            Some(Ok(Frame::data(said)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_page_stands_back_for_people_for_a_while_and_not_for_ever() {
        assert_eq!(patience(ASK), Patience::StandsBack);
        assert_eq!(patience(BELIEVED), Patience::Waits);
    }
}
