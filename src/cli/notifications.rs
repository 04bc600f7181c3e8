//! `quell notifications`: the messages to receivers, what became of them, and sending one again; and trying a receiver out.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use uuid::Uuid;

use super::operator::release::{operator, said, typed};
use super::operator::table::{Paint, Table, Tone, cell};
use super::operator::{Common, Session, configuration, nothing_done};
use crate::app;
use crate::clock;
use crate::desk::DeskError;
use crate::desk::notifications::{Looked, STATES};
use crate::desk::page::Page;
use crate::desk::words::{ago, ahead, plain};
use crate::domain::telling::{Kind, Message, Thing};
use crate::store::outbox::views::{NotificationDetail, NotificationView};

/// What to do with messages.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the messages to receivers, the newest first
    List(ListArgs),
    /// Show a message with what it tells
    Show(ShowArgs),
    /// Send a message again, whatever became of it; the receiver sees the same id
    Resend(ResendArgs),
    /// Send a receiver a test message, now and from here
    Test(TestArgs),
}

/// Which messages.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    common: Common,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = STATES)]
    state: Option<String>,
    /// Only those to this receiver
    #[arg(long, value_name = "NAME")]
    receiver: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    /// Those behind this place: `next` of the page before
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
}

/// Which message.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    common: Common,
    /// Its id
    #[arg(value_name = "ID")]
    id: Uuid,
}

/// Who sends which message again, and why.
#[derive(Debug, clap::Args)]
pub struct ResendArgs {
    #[command(flatten)]
    common: Common,
    /// Its id
    #[arg(value_name = "ID")]
    id: Uuid,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Which receiver.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// Its name in the configuration
    #[arg(value_name = "RECEIVER")]
    receiver: String,
}

/// Does it: exit code 1 when the answer is no.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list(args).await,
        Command::Show(args) => show(args).await,
        Command::Resend(args) => resend(args).await,
        Command::Test(args) => test(args).await,
    }
}

async fn list(args: ListArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let looked = Looked {
        state: args.state,
        receiver: args.receiver,
        after: args.after,
        limit: usize::from(args.limit),
    };
    let page = session.desk().notifications(&looked).await?;
    let now = session.store.now().await?;
    session.answer(&page, |paint| rows(&page, now, paint))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(args: ShowArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let found = match session.desk().notification(args.id).await {
        Err(DeskError::NotFound(why)) => return Ok(nothing_done(&why)),
        found => found?,
    };
    let now = session.store.now().await?;
    session.answer(&found, |paint| detail(&found, &session.tenant.name, now, paint))?;
    Ok(ExitCode::SUCCESS)
}

async fn resend(args: ResendArgs) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        return Ok(nothing_done(
            "`--reason` is empty: say in a few words why it is sent again",
        ));
    }
    let by = typed(operator(args.by.as_deref())?, reason);
    let session = Session::open(&args.common).await?;
    let done = match session.desk().notification_resend(args.id, &by).await {
        Err(DeskError::NotFound(why)) => return Ok(nothing_done(&why)),
        done => done?,
    };
    session.answer(&done, |_| {
        format!("message {} is sent again (it was {})\n", done.id, done.was)
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn test(args: TestArgs) -> anyhow::Result<ExitCode> {
    let (config, _) = configuration(args.config.as_deref())?;
    let Some(receiver) = config
        .receivers
        .iter()
        .find(|receiver| receiver.name == args.receiver)
    else {
        let names: Vec<String> = config
            .receivers
            .iter()
            .map(|one| format!("`{}`", one.name))
            .collect();
        let known = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        anyhow::bail!(
            "the configuration has no receiver `{}`; it has {known}",
            args.receiver
        );
    };
    let now = clock::now();
    let tenant = config
        .tenants
        .iter()
        .find(|tenant| receiver.tenants.is_empty() || receiver.tenants.contains(&tenant.name));
    let message = Message {
        id: Uuid::now_v7(),
        tenant: tenant.map(|tenant| tenant.name.clone()).unwrap_or_default(),
        receiver: receiver.name.clone(),
        kind: Kind::Test,
        playbook: None,
        created_at: now,
        things: 1,
        items: vec![Thing {
            at: Some(now),
            reason: "somebody tries this receiver out, nothing has happened".to_owned(),
            ..Thing::default()
        }],
        counts: std::collections::BTreeMap::new(),
    };
    let kind = receiver.kind.as_str();
    let sent = match app::tell::receiver_of(&config, receiver) {
        Ok(receiver) => receiver
            .send(&message, now)
            .await
            .map_err(|undelivered| undelivered.why),
        Err(error) => Err(format!("it cannot be used: {error:#}")),
    };
    match sent {
        Ok(()) => {
            let mut out = std::io::stdout();
            writeln!(
                out,
                "receiver `{}` ({kind}) has taken test message {}",
                receiver.name, message.id
            )
            .context("cannot write to standard output")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => Ok(nothing_done(&format!(
            "receiver `{}` ({kind}) has not taken it: {why}",
            receiver.name
        ))),
    }
}

fn rows(page: &Page<NotificationView>, now: Timestamp, paint: Paint) -> String {
    if page.items.is_empty() {
        return "there are no messages\n".to_owned();
    }
    let mut table = Table::new(&[
        "ID", "RECEIVER", "ABOUT", "PLAYBOOK", "THINGS", "STATE", "TRIES", "WHEN", "WHY",
    ])
    .spare(&["THINGS", "TRIES", "PLAYBOOK", "ABOUT"])
    .whole(&["ID"]);
    for one in &page.items {
        table.row([
            cell(one.id.to_string()),
            cell(plain(&one.receiver)),
            cell(one.kind.clone()),
            cell(one.playbook.as_deref().map_or_else(|| "-".to_owned(), plain)),
            cell(one.things.to_string()),
            state(one),
            cell(one.tries.to_string()),
            cell(when(one, now)),
            cell(one.last_error.as_deref().map_or_else(|| "-".to_owned(), plain)),
        ]);
    }
    let more = page.next.as_deref().map(|next| format!("more: --after {next}\n"));
    table.render(paint, "") + &more.unwrap_or_default()
}

fn state(one: &NotificationView) -> (Tone, String) {
    match (one.state.as_str(), one.failing_since) {
        ("failed", _) | ("waiting", Some(_)) => (Tone::Warn, one.state.clone()),
        _ => cell(one.state.clone()),
    }
}

fn when(one: &NotificationView, now: Timestamp) -> String {
    match (one.ended_at, one.due_at) {
        (Some(at), _) => ago(now, at),
        (None, Some(at)) if at > now => ahead(now, at),
        _ => "now".to_owned(),
    }
}

fn detail(found: &NotificationDetail, tenant: &str, now: Timestamp, paint: Paint) -> String {
    let one = &found.notification;
    let message = Message {
        id: one.id,
        tenant: tenant.to_owned(),
        receiver: one.receiver.clone(),
        kind: Kind::parse(&one.kind).unwrap_or(Kind::Digest),
        playbook: one.playbook.clone(),
        created_at: one.created_at,
        things: u32::try_from(one.things).unwrap_or_default(),
        items: found.items.clone(),
        counts: found.counts.clone(),
    };
    let mut text = format!(
        "{}\nto {}, {}, {} ({} tries)\n",
        paint.tone(Tone::Head, &plain(&message.title())),
        plain(&one.receiver),
        one.state,
        when(one, now),
        one.tries
    );
    if let Some(why) = &one.last_error {
        text += &format!("last try: {}\n", plain(why));
    }
    if let (Some(by), Some(at)) = (&one.resent_by, one.resent_at) {
        text += &format!("sent again by {}, {}\n", plain(by), ago(now, at));
    }
    for before in &found.earlier {
        let ended = before.ended_at.map(|at| format!(" {}", ago(now, at)));
        let why = before
            .last_error
            .as_deref()
            .map(|why| format!(": {}", plain(why)));
        text += &format!(
            "before that: {}{} after {} tries{}\n",
            plain(&before.was),
            ended.unwrap_or_default(),
            before.tries,
            why.unwrap_or_default()
        );
    }
    for line in message.lines() {
        text += &format!("  {}\n", plain(&line));
    }
    text
}
