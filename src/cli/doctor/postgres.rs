//! Postgres: whether it answers, what it is, and whether it fits this version and this configuration. [`look`] asks; what is
//! made of the answers is pure.

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use super::{LIMIT, within};
use crate::clock;
use crate::desk::words::{ahead, span};
use crate::domain::tenant::TenantId;
use crate::store::views::{IdentityView, MigrationsView, RightsView, ServerView};
use crate::store::{Store, StoreError, chain};

/// The oldest version that is tested.
const TESTED: i32 = 150_000;
/// Clocks that differ by less are alike; by more than the second, something that hangs on the time goes wrong.
const ALIKE: SignedDuration = SignedDuration::from_secs(2);
const APART: SignedDuration = SignedDuration::from_secs(60);

/// What was found, and whether the rest can be asked of it.
pub struct Looked {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Postgres answers and has this version's tables, and the role may read them.
    pub is_usable: bool,
    /// The role may write too.
    pub may_work: bool,
}

/// Looks at the server, one question after the other, none for longer than [`LIMIT`].
pub async fn look(store: &Store, connections: u32, tenant: &str) -> Looked {
    let mut looked = Looked {
        findings: Vec::new(),
        is_usable: false,
        may_work: false,
    };
    if let Err(error) = store.reach(LIMIT / 2).await {
        let remedy = "start Postgres, or correct `database` in the configuration; a refused password: see the file that `database.url_file` names";
        looked
            .findings
            .push(Finding::wrong("postgres.reach", chain(&error), remedy));
        return looked;
    }
    let before = clock::now();
    match within(store.server()).await {
        Some(Ok(server)) => {
            let here = middle(before, clock::now());
            looked
                .findings
                .extend(server_findings(&server, here, connections));
        }
        failed => looked
            .findings
            .push(failure("postgres.reach", failed.map(drop_ok))),
    }
    let migrations = match within(store.migrations()).await {
        Some(Ok(migrations)) => migrations,
        failed => {
            looked
                .findings
                .push(failure("postgres.migrations", failed.map(drop_ok)));
            return looked;
        }
    };
    let has_tables = migrations.applied.is_some();
    let is_current = migrations.applied == migrations.newest;
    looked.findings.push(migrations_finding(&migrations));
    if !has_tables {
        return looked;
    }
    match within(store.rights()).await {
        Some(Ok(rights)) => {
            looked.findings.push(rights_finding(&rights));
            looked.is_usable = rights.may_read && is_current;
            looked.may_work = rights.may_work && is_current;
        }
        failed => looked
            .findings
            .push(failure("postgres.role", failed.map(drop_ok))),
    }
    if looked.is_usable {
        let asked = async {
            let id = store.tenant_find(tenant).await?;
            Ok((id, store.identity(id).await?))
        };
        match within(asked).await {
            Some(Ok((id, identity))) => {
                looked
                    .findings
                    .push(identity_finding(&identity, id, tenant, clock::now()))
            }
            failed => looked
                .findings
                .push(failure("postgres.identity", failed.map(drop_ok))),
        }
    }
    let disk = Finding::not_asked(
        "postgres.disk",
        "Postgres does not tell how much room its disk has",
    );
    looked
        .findings
        .push(disk.look("look on its machine, and let something else watch it: without room nothing is recorded, so nothing is called"));
    looked
}

fn drop_ok<T>(answer: Result<T, StoreError>) -> StoreError {
    match answer {
        Err(error) => error,
        Ok(_) => StoreError::silent(),
    }
}

/// An answer that did not come.
pub fn failure(check: &str, error: Option<StoreError>) -> Finding {
    let why = error.map_or_else(
        || format!("postgres did not answer within {} s", LIMIT.as_secs()),
        |error| chain(&error),
    );
    Finding::unknown(check, why, "see what Postgres logs at this moment, and ask again")
}

fn middle(before: Timestamp, after: Timestamp) -> Timestamp {
    let took = after.duration_since(before);
    before.checked_add(took / 2).unwrap_or(before)
}

fn server_findings(server: &ServerView, here: Timestamp, connections: u32) -> Vec<Finding> {
    let address = format!(
        "`{}` as role `{}` on Postgres {}",
        server.database, server.role, server.version
    );
    let reach = if server.is_standby {
        let remedy =
            "lead `database` to the primary: a standby takes no writes, so nothing can be recorded or called";
        Finding::wrong("postgres.reach", format!("{address}, which is a standby"), remedy)
    } else if server.version_number < TESTED {
        let remedy = "quell is tested with Postgres 15 and newer: plan an upgrade";
        Finding::warning("postgres.reach", address, remedy)
    } else {
        Finding::ok("postgres.reach", address)
    };
    let tls = match (server.is_tls, server.is_local) {
        (true, _) => Finding::ok("postgres.tls", "the connection is encrypted"),
        (false, true) => Finding::ok(
            "postgres.tls",
            "the connection is not encrypted, and does not leave this machine",
        ),
        (false, false) => Finding::warning(
            "postgres.tls",
            "the connection goes over a network and is not encrypted",
            "add `?sslmode=verify-full` (with `sslrootcert=…`) to the database's URL, and let the server offer TLS",
        ),
    };
    vec![
        reach,
        tls,
        clock_finding(
            "postgres.clock",
            "Postgres",
            server.at,
            here,
            SignedDuration::ZERO,
        ),
        connections_finding(server, connections),
    ]
}

/// How far another clock is from this machine's; `grain` is how coarsely it tells the time.
pub fn clock_finding(
    check: &str,
    whose: &str,
    there: Timestamp,
    here: Timestamp,
    grain: SignedDuration,
) -> Finding {
    let apart = there.duration_since(here);
    let so_much = apart.abs().saturating_sub(grain).max(SignedDuration::ZERO);
    let side = if apart.is_negative() { "behind" } else { "ahead of" };
    let found = match so_much <= SignedDuration::from_millis(100) {
        true => format!("the clock of {whose} and this machine's agree"),
        false => format!("the clock of {whose} is {} {side} this machine's", span(so_much)),
    };
    let remedy =
        "let both be set by NTP (chrony, systemd-timesyncd), and look at `timedatectl` here and there";
    if so_much > APART {
        Finding::wrong(check, found, remedy)
    } else if so_much > ALIKE {
        Finding::warning(check, found, remedy)
    } else {
        Finding::ok(check, found)
    }
}

fn connections_finding(server: &ServerView, wanted: u32) -> Finding {
    // The listener's stands beside the pools.
    let wanted = i64::from(wanted) + 1;
    let left = (server.connections - server.taken).max(0);
    let found = format!(
        "{left} of {} connections are free; a daemon takes up to {wanted}",
        server.connections
    );
    match left >= wanted {
        true => Finding::ok("postgres.connections", found),
        false => Finding::warning(
            "postgres.connections",
            format!("{found} (those of one that runs already are among the taken)"),
            "raise `max_connections` of Postgres, or lower `database.max_connections` of each daemon",
        ),
    }
}

fn migrations_finding(migrations: &MigrationsView) -> Finding {
    let check = "postgres.migrations";
    match (migrations.applied, migrations.due, migrations.unknown) {
        (None, ..) => Finding::wrong(
            check,
            "the database has no table of quell's",
            "make them: `quell db migrate --config FILE`, as the owner of the database",
        ),
        (Some(applied), 0, 0) => Finding::ok(check, format!("all are applied, up to {applied}")),
        (Some(applied), due, 0) => Finding::wrong(
            check,
            format!("{due} of this version are not applied; the newest that is: {applied}"),
            "stop the daemons of the older version, then `quell db migrate --config FILE`, or start with `--migrate`",
        ),
        (Some(applied), _, unknown) => Finding::wrong(
            check,
            format!(
                "{unknown} are applied that this version does not know, up to {applied}: a newer one was here"
            ),
            "run that version, or a newer one; an older one does not start on this database",
        ),
    }
}

fn rights_finding(rights: &RightsView) -> Finding {
    let check = "postgres.role";
    let remedy = "log in as a role that is a member of `quell_app`: `quell db roles --config FILE` makes it, then GRANT quell_app TO yours";
    match rights {
        RightsView { may_read: false, .. } => {
            Finding::wrong(check, "the role may not read quell's tables", remedy)
        }
        RightsView { may_work: false, .. } => Finding::wrong(
            check,
            "the role may only look: it cannot record a call, so nothing can be called",
            remedy,
        ),
        RightsView {
            is_superuser: true, ..
        } => Finding::warning(
            check,
            "the role may do everything on this server; quell needs far less",
            remedy,
        ),
        RightsView { is_owner: true, .. } => Finding::warning(
            check,
            "the role owns quell's tables, so it could change the audit; only migrations need that",
            remedy,
        ),
        RightsView { is_app: true, .. } => Finding::ok(
            check,
            "the role works as a member of `quell_app`, and may do nothing else",
        ),
        _ => Finding::ok(check, "the role may read and write what the daemon needs"),
    }
}

fn identity_finding(
    identity: &IdentityView,
    tenant: Option<TenantId>,
    name: &str,
    now: Timestamp,
) -> Finding {
    let check = "postgres.identity";
    if let Some(until) = identity.held_until {
        return Finding::warning(
            check,
            format!(
                "the database was restored: nothing is called until Defender's list has been read, at the latest {}",
                ahead(now, until)
            ),
            "wait; `quell status` shows when calls go on. See docs/call-protocol.md",
        );
    }
    if !identity.is_same() {
        return Finding::warning(
            check,
            "this is another cluster, or another timeline of it, than a daemon last worked on",
            "if it is a restored backup or a promoted standby, start a daemon: it notices, and reads Defender's list before it calls",
        );
    }
    match (tenant, identity.installation) {
        (Some(_), Some(number)) => Finding::ok(
            check,
            format!(
                "the database is the one that daemons know; installation {:08x}",
                number.cast_unsigned()
            ),
        ),
        _ => Finding::not_asked(
            check,
            format!("no daemon has run with tenant `{name}` on this database yet"),
        ),
    }
}

#[cfg(test)]
#[path = "postgres_tests.rs"]
mod tests;
