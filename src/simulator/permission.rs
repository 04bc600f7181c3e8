//! Which permission a call needs (facts sheet 5.8), and whether its token carries one. Asked before the device is looked
//! up: a caller without permission never learns which devices exist.
//!
//! Called by the pipeline once the token is known to have been issued here, so its claims can be taken as they are read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use axum::http::StatusCode;

use crate::simulator::action::Kind;
use crate::simulator::reply::Reply;
use crate::simulator::route::{Call, OfMachine};

const READ_MACHINES: &[&str] = &["Machine.Read.All", "Machine.ReadWrite.All"];
const READ_ALERTS: &[&str] = &["Alert.Read.All", "Alert.ReadWrite.All"];
/// Any of these calls an action back (facts sheet 2.5).
const CANCEL: &[&str] = &[
    "Machine.CollectForensics",
    "Machine.Isolate",
    "Machine.RestrictExecution",
    "Machine.Scan",
    "Machine.Offboard",
    "Machine.StopAndQuarantine",
    "Machine.LiveResponse",
];

/// The application permissions of which a call needs one.
pub fn needed(call: &Call) -> &'static [&'static str] {
    match call {
        Call::Act { kind, .. } => match kind {
            Kind::Restrict | Kind::Release => &["Machine.RestrictExecution"],
            Kind::Isolate | Kind::ReleaseIsolation => &["Machine.Isolate"],
            Kind::Scan => &["Machine.Scan"],
            Kind::CollectPackage => &["Machine.CollectForensics"],
            Kind::QuarantineFile => &["Machine.StopAndQuarantine"],
            Kind::Offboard => &["Machine.Offboard"],
            Kind::LiveResponse => &["Machine.LiveResponse"],
        },
        Call::Cancel { .. } => CANCEL,
        Call::PackageUri { .. } => &["Machine.CollectForensics"],
        Call::LiveResponseResult { .. } => &["Machine.LiveResponse"],
        Call::Machine {
            what: OfMachine::Alerts,
            ..
        }
        | Call::Alerts
        | Call::Alert { .. } => READ_ALERTS,
        _ => READ_MACHINES,
    }
}

/// Whether the token behind an `Authorization` header carries one of the permissions that a call needs: as an application
/// (`roles`), or on behalf of a user (`scp`, where `.All` is left out).
///
/// # Errors
/// The recorded 403.
pub fn check(authorization: Option<&str>, call: &Call) -> Result<(), Reply> {
    let any_of = needed(call);
    let claims = authorization.and_then(claims).unwrap_or_default();
    let roles = claims["roles"].as_array().into_iter().flatten();
    let mut roles = roles.filter_map(Value::as_str);
    let mut scopes = claims["scp"].as_str().unwrap_or_default().split(' ');
    let delegated = |needed: &str| needed.strip_suffix(".All").unwrap_or(needed).to_owned();
    let held = roles.any(|role| any_of.contains(&role))
        || scopes.any(|scope| any_of.iter().any(|needed| delegated(needed) == scope));
    if held {
        return Ok(());
    }
    let message = format!(
        "The application does not have any of the required application permissions ({}) to access the resource.",
        any_of.join(", ")
    );
    Err(Reply::error(StatusCode::FORBIDDEN, "Forbidden", message))
}

fn claims(authorization: &str) -> Option<Value> {
    let body = authorization.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bearer(claims: &Value) -> String {
        format!("Bearer e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn act(kind: Kind) -> Call {
        Call::Act {
            kind,
            device: "d".to_owned(),
        }
    }

    #[test]
    fn each_action_needs_its_own_permission_and_any_of_them_cancels() {
        let isolating = bearer(&json!({ "roles": ["Machine.Isolate"] }));
        let cancel = Call::Cancel {
            action: "a".to_owned(),
        };
        for kind in Kind::ALL {
            let allowed = check(Some(&isolating), &act(kind)).is_ok();
            assert_eq!(
                allowed,
                matches!(kind, Kind::Isolate | Kind::ReleaseIsolation),
                "{kind:?}"
            );
            let own = bearer(&json!({ "roles": needed(&act(kind)) }));
            check(Some(&own), &act(kind)).expect("it is what is needed");
            check(Some(&own), &cancel).expect("any action role cancels");
        }
        let refused = check(Some(&isolating), &Call::Alerts).expect_err("alerts have their own");
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.body.contains("(Alert.Read.All, Alert.ReadWrite.All)"));
    }

    #[test]
    fn the_names_of_one_kind_of_token_mean_nothing_in_the_other() {
        let app = bearer(&json!({ "roles": ["Machine.Read", "Alert.Read"] }));
        check(Some(&app), &Call::Machines).expect_err("an application's permission ends with .All");
        check(Some(&app), &Call::Alerts).expect_err("and so does this one");
        let user = bearer(&json!({ "scp": "Machine.Read.All" }));
        check(Some(&user), &Call::Machines).expect_err("a user's does not");
    }

    #[test]
    fn on_behalf_of_a_user_permissions_stand_in_scp_without_all() {
        let user = bearer(&json!({ "scp": "Machine.RestrictExecution Machine.Read" }));
        check(Some(&user), &act(Kind::Restrict)).expect("it is in scp");
        check(Some(&user), &Call::Machines).expect("so is this");
        check(Some(&user), &act(Kind::Scan)).expect_err("this is not");
        check(Some("Bearer made.up"), &Call::Machines).expect_err("no claims");
        check(None, &Call::Machines).expect_err("no token");
    }
}
