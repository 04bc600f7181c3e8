//! The runbooks of the alerts, as pages: `docs/runbooks/NAME.md` of this version at `/runbooks/NAME`, which `runbook_url` of the shipped alerts
//! names. They tell nothing of anybody, so whoever is paged need not sign in first. Served without Postgres.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};

use super::refused::bare;
use crate::web::answer::Problem;

macro_rules! runbooks {
    ($($name:literal,)*) => {
        /// Name and text of each.
        const RUNBOOKS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../docs/runbooks/", $name, ".md")))),*];
    };
}

runbooks! {
    "action-seen-after-quiescence",
    "actions-expected-late",
    "approvals-expiring",
    "attention-needed",
    "audit-broken",
    "audit-seal-lagging",
    "budget-exhausted",
    "calls-not-accepted",
    "clock-frozen",
    "clock-jumped",
    "dead-letters-growing",
    "decider-panics",
    "down",
    "events-put-aside",
    "figures-stale",
    "files-running-out",
    "gate-closed",
    "heartbeat-missing",
    "heartbeat-slow",
    "inbox-full",
    "inbox-old",
    "lease-lost",
    "limiter-disagreement",
    "nothing-dispatches",
    "notifications-failing",
    "notifications-late",
    "postgres-down",
    "queue-old",
    "reconcile-failing",
    "releases-overdue",
    "reload-failed",
    "right-missing",
    "senders-refused",
    "source-behind",
    "source-down",
    "source-losing",
    "stopped-long",
    "throttled",
    "tls-handshakes-failing",
    "token-failing",
}

/// All of them.
pub(super) async fn all() -> Markup {
    let content = html! {
        p { "One for each alert that is shipped: what it means, how bad it is, what to look at first, what to do, and what not to do." }
        ul {
            @for (name, text) in RUNBOOKS {
                li { a href={ "/runbooks/" (name) } { (title(text)) } ": " (inline(said(text))) }
            }
        }
    };
    bare("Runbooks", &html! { div.runbook { (content) } })
}

/// One of them. The ending of its file may stand behind its name.
pub(super) async fn one(Path(name): Path<String>) -> Response {
    let name = name.strip_suffix(".md").unwrap_or(&name);
    let Some((_, text)) = RUNBOOKS.iter().find(|(its, _)| *its == name) else {
        let detail = "there is no such runbook: `/runbooks` lists those of this version";
        return Problem::new(StatusCode::NOT_FOUND, "not_found", detail).into_response();
    };
    let content = html! {
        div.runbook {
            (body(text))
            p { a href="/runbooks" { "All runbooks" } " · " a href="/" { "To the overview" } }
        }
    };
    bare(title(text), &content).into_response()
}

/// The alert.
fn title(text: &str) -> &str {
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches("# ")
}

/// The first paragraph.
fn said(text: &str) -> &str {
    let lines = text.lines().skip(1);
    lines
        .into_iter()
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

/// What stands below the title: headings, paragraphs, lists and blocks of commands, which is all that a runbook has.
fn body(text: &str) -> Markup {
    let mut out = String::new();
    let mut lines = text.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        let part = if let Some(heading) = line.strip_prefix("## ") {
            html! { h2 { (heading) } }
        } else if line.starts_with("```") {
            let mut block = Vec::new();
            block.extend(lines.by_ref().take_while(|line| !line.starts_with("```")));
            html! { pre { code { (block.join("\n")) } } }
        } else if line.starts_with("- ") {
            let mut items = vec![line];
            while let Some(next) = lines.next_if(|next| next.starts_with("- ")) {
                items.push(next);
            }
            html! { ul { @for item in items { li { (inline(item.trim_start_matches("- "))) } } } }
        } else if line.is_empty() {
            continue;
        } else {
            html! { p { (inline(line)) } }
        };
        out += &part.into_string();
    }
    PreEscaped(out)
}

/// A line with its code and its links. A link leads to another runbook; any other page is named.
fn inline(line: &str) -> Markup {
    html! {
        @for (place, part) in line.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (linked(part)) }
        }
    }
}

fn linked(text: &str) -> Markup {
    let link = text.split_once('[').and_then(|(before, rest)| {
        let (shown, rest) = rest.split_once("](")?;
        let (to, after) = rest.split_once(')')?;
        Some((before, shown, to, after))
    });
    let Some((before, shown, to, after)) = link else {
        return html! { (text) };
    };
    let its = to
        .strip_suffix(".md")
        .filter(|name| RUNBOOKS.iter().any(|(its, _)| its == name));
    html! {
        (before)
        @match its {
            Some(name) => { a href={ "/runbooks/" (name) } { (shown) } }
            None => { code { (to.replace("../", "docs/")) } }
        }
        (linked(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::TestServer;

    #[test]
    fn every_runbook_of_the_documentation_is_a_page() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/runbooks");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the runbooks are there")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| Some(name.strip_suffix(".md")?.to_owned()))
            .filter(|name| name != "README")
            .collect();
        files.sort();
        let names: Vec<&str> = RUNBOOKS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, files);
        for (name, text) in RUNBOOKS {
            let page = body(text).into_string();
            assert_eq!(page.matches("<h2>").count(), 5, "{name}: {page}");
            for left in ["```", "](", "\n- ", "<p># "] {
                assert!(!page.contains(left), "{name} has {left:?}: {page}");
            }
            assert_eq!(page.matches('`').count(), 0, "{name}: {page}");
        }
    }

    #[test]
    fn what_a_line_holds_is_code_or_a_link_and_never_markup() {
        let line = "Look <b> at [lease-lost](lease-lost.md), `a<b`, [x](../audit.md) and [gone](gone.md).";
        assert_eq!(
            inline(line).into_string(),
            "Look &lt;b&gt; at <a href=\"/runbooks/lease-lost\">lease-lost</a>, <code>a&lt;b</code>, \
             <code>docs/audit.md</code> and <code>gone.md</code>."
        );
    }

    #[tokio::test]
    async fn nobody_signs_in_to_read_one() {
        let server = TestServer::start(|_, _| ()).await;
        for path in ["/runbooks/down", "/runbooks/down.md"] {
            let got = server.get(path).await;
            assert_eq!(got.status, 200, "{}", got.body);
            assert!(got.body.contains("<h1>QuellDown</h1>"), "{}", got.body);
            assert!(
                got.head.to_lowercase().contains("content-security-policy"),
                "{}",
                got.head
            );
        }
        assert!(
            server
                .get("/runbooks")
                .await
                .body
                .contains("/runbooks/heartbeat-missing")
        );
        assert_eq!(server.get("/runbooks/README").await.status, 404);
        assert_eq!(server.get("/runbooks/..%2faudit").await.status, 404);
    }
}
