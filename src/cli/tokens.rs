//! `quell tokens`: the tokens by which operators and programs show who they are to the API and the console. Works through Postgres, so
//! that the first one can be made while no daemon runs.

use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;

use super::operator::release::{operator, typed};
use super::operator::table::{Paint, Table, Tone, cell, plain};
use super::operator::{Common, Session, nothing_done, refuse};
use crate::desk::tokens;
use crate::desk::tokens::{SPANS, TokenMade, TokenOrder, Tokens};
use crate::desk::words::{ago, ahead};
use crate::domain::identity::Role;
use crate::domain::person::{By, said};
use crate::store::{AccessTokenView, TokenState};
use crate::yaml::duration;

/// See, make and revoke the tokens of operators and programs
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a token; it is shown this once
    Create(CreateArgs),
    /// List the tokens, the newest first; none of them can be found out from it
    List(ListArgs),
    /// Revoke a token, at once, with the sessions that were begun with it
    Revoke(RevokeArgs),
}

/// Who will hold it, and what they may.
#[derive(Debug, clap::Args)]
pub struct CreateArgs {
    #[command(flatten)]
    common: Common,
    /// Who or what will hold it: the name that the audit tells
    #[arg(value_name = "NAME")]
    name: String,
    /// What its holder may; may be repeated
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
    roles: Vec<Role>,
    /// A group in whose name its holder answers requests, with the role approver; may be repeated
    #[arg(long, value_name = "GROUP")]
    approves_for: Vec<String>,
    /// How long it is good for: 1m to 365d
    #[arg(long = "for", value_name = "SPAN", default_value = "90d", value_parser = span)]
    span: Duration,
    /// It opens the tenant of this command alone
    #[arg(long)]
    only_tenant: bool,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Which are listed.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    common: Common,
    /// Those too that open nothing any more
    #[arg(long)]
    all: bool,
}

/// Which is revoked, and why.
#[derive(Debug, clap::Args)]
pub struct RevokeArgs {
    #[command(flatten)]
    common: Common,
    /// Which one: its handle, as `quell tokens list` shows it
    #[arg(value_name = "TOKEN")]
    token: String,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be viewer, approver, operator or admin".to_owned())
}

fn span(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| SPANS.contains(span))
        .ok_or_else(|| "must be a duration from 1m to 365d, such as 90d or 12h".to_owned())
}

/// Does it. Exit code 1: there is no such token; 2: what was asked for makes no sense.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create(args) => create(args).await,
        Command::List(args) => list(args).await,
        Command::Revoke(args) => revoke(args).await,
    }
}

async fn create(args: CreateArgs) -> anyhow::Result<ExitCode> {
    let by = by(args.by.as_deref(), &args.reason)?;
    let Some(by) = by else { return Ok(without_reason()) };
    let order = TokenOrder {
        name: args.name,
        roles: args.roles,
        approves_for: args.approves_for,
        span: args.span,
        only_tenant: args.only_tenant,
    };
    let session = Session::open(&args.common).await?;
    let made = match session.desk().token_make(&order, &by).await {
        Ok(made) => made,
        Err(error) => return refuse(error),
    };
    let now = session.store.now().await?;
    session.answer(&made, |_| render_made(&made, now))?;
    Ok(ExitCode::SUCCESS)
}

async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let mut found = match session.desk().tokens(false).await {
        Ok(found) => found,
        Err(error) => return refuse(error),
    };
    found
        .items
        .retain(|token| args.all || token.state == TokenState::Good);
    let now = session.store.now().await?;
    session.answer(&found, |paint| render(&found, now, paint))?;
    Ok(ExitCode::SUCCESS)
}

async fn revoke(args: RevokeArgs) -> anyhow::Result<ExitCode> {
    let by = by(args.by.as_deref(), &args.reason)?;
    let Some(by) = by else { return Ok(without_reason()) };
    let session = Session::open(&args.common).await?;
    let revoked = match session.desk().token_revoke(&args.token, false, &by).await {
        Ok(revoked) => revoked,
        Err(error) => return refuse(error),
    };
    session.answer(&revoked, |_| {
        format!(
            "revoked qll_{} of {}: it opens nothing any more, nor do the sessions that were begun with it\n",
            revoked.handle,
            plain(&revoked.name)
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn by(name: Option<&str>, reason: &str) -> anyhow::Result<Option<By>> {
    let reason = said(reason, 500);
    if reason.is_empty() {
        return Ok(None);
    }
    Ok(Some(typed(operator(name)?, reason)))
}

fn without_reason() -> ExitCode {
    nothing_done("`--reason` is empty: say in a few words why")
}

fn render_made(made: &TokenMade, now: Timestamp) -> String {
    let kept = &made.kept;
    format!(
        "{}\n\nThis is the token of {}, shown this once: keep it where only they can read it.\nIt may: {}. Its time is over {}. \
         To end it: quell tokens revoke {} --reason TEXT\n",
        made.token,
        plain(&kept.name),
        what(kept),
        ahead(now, kept.expires_at),
        kept.handle,
    )
}

fn what(token: &AccessTokenView) -> String {
    let roles: Vec<&str> = token.roles.iter().map(|role| role.as_str()).collect();
    let mut what = roles.join(", ");
    if !token.groups.is_empty() {
        what.push_str(&format!("; answers for {}", plain(&token.groups.join(", "))));
    }
    if let Some(tenant) = &token.tenant {
        what.push_str(&format!("; only {}", plain(tenant)));
    }
    what
}

fn render(found: &Tokens, now: Timestamp, paint: Paint) -> String {
    if found.items.is_empty() {
        return "there is no token that opens anything: make one with `quell tokens create`\n".to_owned();
    }
    let mut table = Table::new(&["TOKEN", "NAME", "MAY", "STATE", "LAST USED"]);
    for token in &found.items {
        let (tone, state) = match token.state {
            TokenState::Good => (Tone::Usual, format!("ends {}", ahead(now, token.expires_at))),
            TokenState::Expired => (Tone::Warn, format!("ended {}", ago(now, token.expires_at))),
            TokenState::Revoked => (Tone::Warn, "revoked".to_owned()),
        };
        let used = token
            .last_used_at
            .map_or_else(|| "never".to_owned(), |at| ago(now, at));
        table.row([
            cell(format!("qll_{}", token.handle)),
            cell(plain(&token.name)),
            cell(what(token)),
            (tone, state),
            cell(used),
        ]);
    }
    table.render(paint, "")
}

/// The default of `--for` is what the API takes where nobody says.
const _: () = assert!(tokens::SPAN.as_secs() == 90 * 86_400);
