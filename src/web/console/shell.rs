//! What every page has: the head, the way to the other pages, the stop switch, what is in force, and what was just done or refused.
//! [`Visit`] is what a request asks for, [`Frame`] what stands around its answer.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::fields::Fields;
use super::parts::{exact, in_path, time};
use super::{assets, forms};
use crate::desk::{Desk, words};
use crate::domain::identity::{Identity, Proven, Right};
use crate::domain::verdict::Mode;
use crate::store::StopView;
use crate::store::approvals::Waiting;
use crate::web::answer::Problem;
use crate::web::{Web, access};

/// What a request asks for.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    /// The path.
    pub path: String,
    /// The query.
    pub query: Fields,
    /// The tenants of this installation, the first one first.
    pub tenants: Vec<String>,
    /// Nobody asks: an open page brings itself up to date.
    pub is_refresh: bool,
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let super::fields::Query(query) = super::fields::Query::from_request_parts(parts, web).await?;
        // Whoever is one tenant's alone hears of no other.
        let only = access::identify(parts, web).await?.only;
        let names = web.0.options.desks.iter().map(|desk| &desk.name);
        let tenants = names.filter(|name| only.as_ref().is_none_or(|only| only == *name));
        Ok(Self {
            path: parts.uri.path().to_owned(),
            query,
            tenants: tenants.cloned().collect(),
            is_refresh: parts.headers.contains_key(access::REFRESH),
        })
    }
}

impl Visit {
    /// The same of another address of the console.
    pub(super) fn back(self, uri: &Uri) -> Self {
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
        Self {
            path: uri.path().to_owned(),
            query: query
                .map(|axum::extract::Query(pairs)| Fields::from(pairs))
                .unwrap_or_default(),
            ..self
        }
    }

    /// What stands around the answer.
    ///
    /// # Errors
    /// Postgres is away.
    pub(super) async fn frame(self, desk: &Desk, identity: Identity) -> Result<Frame, Problem> {
        let store = &desk.store;
        let (now, stops, waiting) = tokio::try_join!(
            store.now(),
            store.stops(Some(desk.tenant), None),
            store.requests_waiting(desk.tenant),
        )?;
        Ok(Frame {
            tenant: desk.name.clone(),
            now,
            stops,
            waiting,
            mode: desk.terms.mode,
            identity,
            notice: Notice::of(&self.query),
            kept: Fields::default(),
            visit: self,
        })
    }
}

/// What was done, or why it was not.
#[derive(Clone, Debug)]
pub(super) enum Notice {
    /// It was done.
    Done(String),
    /// It was refused: what was wanted, and why not.
    Refused(String),
}

impl Notice {
    /// What the page that leads here says it did, by its code.
    fn of(query: &Fields) -> Option<Self> {
        let code = query.get("done")?;
        let n = query.get("n").and_then(|n| n.parse().ok()).unwrap_or(1);
        forms::told(&code, n).map(Self::Done)
    }
}

/// What stands around a page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Whose page.
    pub tenant: String,
    /// The moment that the page tells.
    pub now: Timestamp,
    /// The stops in force.
    pub stops: Vec<StopView>,
    /// What waits for an answer.
    pub waiting: Waiting,
    /// The installation's mode.
    pub mode: Mode,
    /// Who looks.
    pub identity: Identity,
    /// What was just done or refused.
    pub notice: Option<Notice>,
    /// What a refused form said, so that nobody types it again.
    pub kept: Fields,
    /// What is asked for.
    pub visit: Visit,
}

/// A page's own part.
pub(super) struct Page {
    /// Its heading, and the window's title.
    pub title: String,
    /// What stands beside the heading.
    pub beside: Markup,
    /// Where it stands among the others: the heading's way back.
    pub above: Option<(&'static str, &'static str)>,
    /// The rest.
    pub content: Markup,
}

impl Page {
    /// A page.
    pub(super) fn new(title: impl Into<String>, content: Markup) -> Self {
        Self {
            title: title.into(),
            beside: html! {},
            above: None,
            content,
        }
    }

    /// With that beside its heading.
    pub(super) fn beside(self, beside: Markup) -> Self {
        Self { beside, ..self }
    }

    /// With a way back to the list it is of.
    pub(super) fn above(self, path: &'static str, name: &'static str) -> Self {
        Self {
            above: Some((path, name)),
            ..self
        }
    }
}

/// The pages that everyone finds at once.
const PLACES: [(&str, &str); 7] = [
    ("/", "Overview"),
    ("/approvals", "Approvals"),
    ("/devices", "Devices"),
    ("/queue", "Queue"),
    ("/playbooks", "Playbooks"),
    ("/audit", "Audit"),
    ("/system", "System"),
];

impl Frame {
    /// Whether whoever looks has that right.
    pub(super) fn may(&self, right: Right) -> bool {
        self.identity.may(right)
    }

    /// A path of the console, for this tenant.
    pub(super) fn link(&self, path: &str) -> String {
        if self
            .visit
            .tenants
            .first()
            .is_none_or(|first| *first == self.tenant)
        {
            return path.to_owned();
        }
        let glue = if path.contains('?') { '&' } else { '?' };
        format!("{path}{glue}tenant={}", in_path(&self.tenant))
    }

    /// This page, without what it said once.
    pub(super) fn here(&self) -> String {
        let mut here = self.visit.path.clone();
        for name in [
            "q", "show", "state", "after", "older", "of", "revision", "against", "tenant",
        ] {
            if let Some(value) = self.visit.query.get(name) {
                let glue = if here.contains('?') { '&' } else { '?' };
                here += &format!("{glue}{name}={}", in_path(&value));
            }
        }
        here
    }

    /// The whole page.
    pub(super) fn around(&self, page: &Page) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (page.title) " · Quell" }
                    link rel="icon" href=(assets::address("icon.svg")) type="image/svg+xml";
                    link rel="stylesheet" href=(assets::address("console.css"));
                    script src=(assets::address("console.js")) defer {}
                }
                body data-here=(self.here()) data-live=(self.link("/live")) data-say=(self.say()) {
                    a.skip href="#main" { "Skip to the content" }
                    (self.top())
                    div.frame {
                        (self.side())
                        main #main tabindex="-1" {
                            div #stopped data-live { (self.stopped()) }
                            (self.notice())
                            div #title data-live {
                                @if let Some((path, name)) = page.above {
                                    p.crumb { a href=(self.link(path)) { (name) } }
                                }
                                div.title {
                                    h1 { (page.title) }
                                    span.sub { (page.beside) }
                                }
                            }
                            div.stack #content data-live { (page.content) }
                        }
                        (self.foot())
                    }
                    p.hidden #said role="status" aria-live="polite" {}
                }
            }
        }
    }

    /// What is told, in a line, to those who do not see the page change.
    fn say(&self) -> String {
        let stopped = if self.stops.is_empty() { "" } else { "stopped; " };
        format!(
            "{stopped}{} for an answer",
            words::waits(self.waiting.devices, "device")
        )
    }

    fn top(&self) -> Markup {
        html! {
            header.top {
                a.brand href=(self.link("/")) {
                    svg viewBox="0 0 24 24" aria-hidden="true" {
                        path fill="currentColor" d="M12 1 3 4.6v6.6c0 5.3 3.7 9.7 9 11.8 5.3-2.1 9-6.5 9-11.8V4.6zM7.5 10.5h9v3h-9z" fill-rule="evenodd" {}
                    }
                    "Quell"
                }
                span.tenant { (self.tenant) @if self.mode != Mode::Enforce { " · mode " (self.mode.as_str()) } }
                form.search role="search" action="/devices" method="get" {
                    label.hidden for="search" { "Search devices by name or id" }
                    input #search type="search" name="q" placeholder="Device name or id  ( / )" autocomplete="off" maxlength="200";
                    @if let Some(tenant) = self.visit.query.get("tenant") { input type="hidden" name="tenant" value=(tenant); }
                    button type="submit" { "Search" }
                }
                @if self.may(Right::Operate) { (forms::stop(self)) }
            }
        }
    }

    fn side(&self) -> Markup {
        let is_here = |path: &str| match path {
            "/" => self.visit.path == "/",
            path => self.visit.path == path || self.visit.path.starts_with(&format!("{path}/")),
        };
        html! {
            nav.side #side aria-label="Pages" data-live {
                ul {
                    @for (path, name) in PLACES {
                        li {
                            a href=(self.link(path)) aria-current=[is_here(path).then_some("page")] {
                                (name)
                                @if path == "/approvals" && self.waiting.requests > 0 {
                                    span.count { (self.waiting.requests) span.hidden { " waiting" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// That something is stopped, and the way to go on.
    fn stopped(&self) -> Markup {
        html! {
            @for stop in &self.stops {
                section.notice.bad id={ "stop-" (stop.id) } aria-label="Stopped" {
                    strong { "Stopped: " (stop.scope.means()) }
                    p {
                        (words::plain(&stop.by)) " stopped "
                        (if stop.everywhere { "all tenants" } else { "this tenant" }) " "
                        (time(stop.begun_at, &words::ago(self.now, stop.begun_at)))
                        ", by " (stop.via) ": " (words::plain(&stop.reason))
                    }
                }
            }
            @if !self.stops.is_empty() && self.may(Right::Operate) { (forms::resume(self)) }
        }
    }

    fn notice(&self) -> Markup {
        html! {
            @match &self.notice {
                None => {},
                Some(Notice::Done(told)) => { div.notice.good role="status" { (told) } },
                Some(Notice::Refused(told)) => {
                    div.notice.bad role="alert" { strong { "Nothing was done" } (words::plain(told)) }
                },
            }
        }
    }

    fn foot(&self) -> Markup {
        let who = match (&self.identity.name, self.identity.proven) {
            (Some(name), _) => format!("you are {name}"),
            (None, Proven::Here) => "you are on this machine".to_owned(),
            (None, _) => "you use the operators' token".to_owned(),
        };
        let others = self.visit.tenants.iter().filter(|name| **name != self.tenant);
        html! {
            footer.foot {
                span #as-of data-live { "As of " (time(self.now, &exact(self.now))) }
                span { span #live-state { "not live" } " · " a href=(self.here()) { "load again" } }
                span { (who) }
                @if self.identity.proven == Proven::SignedIn {
                    form method="post" action="/logout" { button type="submit" { "Sign out" } }
                }
                @for other in others { a href={ "/?tenant=" (in_path(other)) } { "to " (other) } }
                a href="/runbooks" { "Runbooks" }
                span { "Quell " (env!("CARGO_PKG_VERSION")) }
            }
        }
    }
}
