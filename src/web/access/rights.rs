//! Which right each route needs: the one table, which [`super::walk_tests`] holds against what is routed and what is answered, and from
//! which `docs/reference/access.md` is printed. Whoever adds a route adds its row.

use crate::domain::identity::Right;
use Needed::{Anybody, Role, Sender};
use Right::{Administer, Approve, Operate, See};

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needed {
    /// Nothing: it tells nothing of anybody, or is how people come in.
    Anybody,
    /// What the source of events asks of its senders; no role opens it.
    Sender,
    /// A role that gives this right.
    Role(Right),
}

/// Method, path and need of each route.
pub(super) const RIGHTS: &[(&str, &str, Needed)] = &[
    // Events, and whether the process is well.
    ("POST", "/v1/events", Sender),
    ("POST", "/v1/events/{source}", Sender),
    ("GET", "/livez", Anybody),
    ("GET", "/readyz", Anybody),
    ("GET", "/metrics", Anybody),
    ("GET", "/v1/openapi.json", Anybody),
    // How people come in.
    ("GET", "/login", Anybody),
    ("POST", "/login", Anybody),
    ("GET", "/login/issuer", Anybody),
    ("GET", "/login/callback", Anybody),
    ("POST", "/logout", Anybody),
    // What operators see.
    ("GET", "/v1/status", Role(See)),
    ("GET", "/v1/devices", Role(See)),
    ("GET", "/v1/devices/{device}", Role(See)),
    ("GET", "/v1/devices/{device}/timeline", Role(See)),
    ("GET", "/v1/actions", Role(See)),
    ("GET", "/v1/actions/{action}", Role(See)),
    ("GET", "/v1/queue", Role(See)),
    ("GET", "/v1/budget", Role(See)),
    ("GET", "/v1/events", Role(See)),
    ("GET", "/v1/events/{event}/explanation", Role(See)),
    ("GET", "/v1/approvals", Role(See)),
    ("GET", "/v1/approvals/{request}", Role(See)),
    ("GET", "/v1/playbooks", Role(See)),
    ("GET", "/v1/playbooks/{name}", Role(See)),
    ("GET", "/v1/playbooks/{name}/revisions", Role(See)),
    ("GET", "/v1/sources", Role(See)),
    ("GET", "/v1/alarms", Role(See)),
    ("GET", "/v1/audit", Role(See)),
    ("GET", "/v1/dead-letters", Role(See)),
    ("GET", "/v1/caps", Role(See)),
    ("GET", "/v1/notifications", Role(See)),
    ("GET", "/v1/notifications/{id}", Role(See)),
    ("GET", "/v1/activations", Role(See)),
    ("GET", "/v1/alerts/{alert}/explanation", Role(See)),
    ("GET", "/v1/dead-letters/{id}", Role(See)),
    ("GET", "/v1/releases/due", Role(See)),
    ("GET", "/v1/releases/{run}", Role(See)),
    ("GET", "/v1/restricted", Role(See)),
    ("GET", "/v1/system", Role(See)),
    // What approvers do.
    ("POST", "/v1/approvals/{request}/approve", Role(Approve)),
    ("POST", "/v1/approvals/{request}/reject", Role(Approve)),
    // What operators do.
    ("POST", "/v1/devices/{device}/restrict", Role(Operate)),
    ("POST", "/v1/devices/{device}/isolate", Role(Operate)),
    ("POST", "/v1/devices/{device}/release", Role(Operate)),
    ("POST", "/v1/containments/{id}/extend", Role(Operate)),
    ("POST", "/v1/releases", Role(Operate)),
    ("POST", "/v1/stop", Role(Operate)),
    ("POST", "/v1/resume", Role(Operate)),
    ("POST", "/v1/dead-letters/{id}/retry", Role(Operate)),
    ("POST", "/v1/dead-letters/{id}/drop", Role(Operate)),
    ("POST", "/v1/notifications/{id}/resend", Role(Operate)),
    // What admins do.
    ("POST", "/v1/caps/{cap}/lift", Role(Administer)),
    ("POST", "/v1/caps/lifts/{lift}/end", Role(Administer)),
    ("POST", "/v1/playbooks/activate", Role(Administer)),
    ("POST", "/v1/playbooks/{name}/revoke", Role(Administer)),
    ("POST", "/v1/reload", Role(Administer)),
    ("POST", "/-/reload", Role(Administer)),
    ("GET", "/v1/tokens", Role(Administer)),
    ("POST", "/v1/tokens", Role(Administer)),
    ("DELETE", "/v1/tokens/{id}", Role(Administer)),
    // The console.
    ("GET", "/", Role(See)),
    ("GET", "/approvals", Role(See)),
    ("GET", "/approvals/{request}", Role(See)),
    ("GET", "/devices", Role(See)),
    ("GET", "/devices/{device}", Role(See)),
    ("GET", "/actions/{action}", Role(See)),
    ("GET", "/queue", Role(See)),
    ("GET", "/playbooks", Role(See)),
    ("GET", "/playbooks/{name}", Role(See)),
    ("GET", "/events/{event}", Role(See)),
    ("GET", "/audit", Role(See)),
    ("GET", "/system", Role(See)),
    ("GET", "/live", Role(See)),
    ("GET", "/static/{file}", Anybody),
    ("GET", "/runbooks", Anybody),
    ("GET", "/runbooks/{name}", Anybody),
    // What the console's forms post.
    ("POST", "/do/approve", Role(Approve)),
    ("POST", "/do/reject", Role(Approve)),
    ("POST", "/do/restrict", Role(Operate)),
    ("POST", "/do/release", Role(Operate)),
    ("POST", "/do/stop", Role(Operate)),
    ("POST", "/do/resume", Role(Operate)),
];
