//! `quell probe`: answers, against a live tenant, what the documentation of the API leaves open. Dry by default.
//!
//! It makes no call itself that changes anything. What needs one is a containment by hand with a short life: the daemon
//! makes the calls, under its gate and every guard, and releases the device, whatever becomes of this process. What `--also` asks is
//! called by the daemon too, and taken back by it.

mod act;
mod also;
mod questions;
mod report;

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};

use super::operator::release::{operator, said};
use super::operator::table::plain;
use super::operator::{Common, Session, not_one, nothing_done};
use super::reads::Aside;
use crate::app;
use crate::desk::words::span;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::probe::ProbeQuestion;
use crate::domain::verdict::Lane;
use crate::store::views::DeviceView;
use crate::store::{ByHand, ByHandOutcome};
use crate::yaml::duration;
use act::{Act, Begun, Interrupts};
use report::{Answer, Beside, QUESTIONS, Report, called, plan, render, unwanted};

/// Ask a live tenant what the API's documentation leaves open; dry unless told to go
///
/// Takes a device of your own that nobody works on. With `--go` it is restricted for a short time, by the daemon and under
/// every guard, and released again, on Ctrl-C too. Exit code 0: done, and the device is free; 1: it is not known to be free, or
/// nothing was done; 5: a guard refuses.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The device: its name, or at least 6 characters of the beginning of its id
    #[arg(long, value_name = "DEVICE")]
    device: String,
    /// Do it: without this only what would be done is said
    #[arg(long)]
    go: bool,
    /// Only what reads can answer; nothing is restricted
    #[arg(long)]
    reads_only: bool,
    /// Why, for the audit and for Defender's comment
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Do not ask for the device's name to be typed
    #[arg(long, requires = "reason")]
    yes: bool,
    /// Lengthen the comment to 1,000 characters, to see whether Defender takes it whole
    #[arg(long)]
    long_comment: bool,
    /// The containment ends by itself after this, should nothing else end it; at most 1h
    #[arg(long = "for", value_name = "SPAN", value_parser = life_of, default_value = "15m")]
    ttl: Duration,
    /// How long the restriction, and then the release, are waited for
    #[arg(long, value_name = "SPAN", value_parser = span_of, default_value = "5m")]
    wait: Duration,
    /// Ask this too, by calls that nothing wants: `restrict_twice`, `release_free`, `cancel_final`, with commas between them
    #[arg(long, value_name = "QUESTIONS", value_delimiter = ',', value_parser = also_of, conflicts_with = "reads_only")]
    also: Vec<ProbeQuestion>,
    /// How long each of those is waited for before it is taken back; at most 30m
    #[arg(long, value_name = "SPAN", value_parser = also_wait_of, default_value = "1m")]
    also_wait: Duration,
    /// Write the report here too, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// No containment of a probe lasts longer.
const LONGEST_LIFE: Duration = Duration::from_secs(3_600);
/// The exit code when a guard stands against it.
const REFUSED: u8 = 5;
/// The end of each comment, by which a cut is seen.
pub(super) const COMMENT_END: &str = "(end)";
/// The longest comment that is ever sent, and the room of the marker before it.
const LONGEST: usize = 1_000;
const MARKER: usize = 40;

fn span_of(text: &str) -> Result<Duration, String> {
    duration::parse(text)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| "expected a span such as `15m`".to_owned())
}

/// A probe that nobody ends lets its device go before long.
fn life_of(text: &str) -> Result<Duration, String> {
    let span = span_of(text)?;
    if span > LONGEST_LIFE {
        return Err("a probe's containment lasts 1h at most".to_owned());
    }
    Ok(span)
}

/// A question that only a call answers.
fn also_of(text: &str) -> Result<ProbeQuestion, String> {
    ProbeQuestion::parse(text).ok_or_else(|| {
        let names = ProbeQuestion::ALL.map(|question| format!("`{}`", question.as_str()));
        format!("expected one of {}", names.join(", "))
    })
}

/// What stays pending is not left so for long.
fn also_wait_of(text: &str) -> Result<Duration, String> {
    let span = span_of(text)?;
    if span > LONGEST_LIFE / 2 {
        return Err("what a probe asks is waited for 30m at most".to_owned());
    }
    Ok(span)
}

/// Says what would be done, or does it.
///
/// # Errors
/// The configuration cannot be used, Postgres is away, or there is no token.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let found = session.desk().candidates(&args.device).await?;
    let now = session.store.now().await?;
    let [view] = found.as_slice() else {
        return Ok(nothing_done(&not_one(&args.device, &found, now)));
    };
    let device = DeviceId::from_stored(view.device.clone());
    if !args.go {
        return dry(&args, &session, view, &device, now);
    }
    let by = operator(args.by.as_deref())?;
    let reason = said(args.reason.as_deref().unwrap_or_default(), 300);
    if !args.reads_only && reason.is_empty() {
        let why = "`--go` restricts a device for some minutes: say why with `--reason TEXT`, or ask only what reads answer with `--reads-only`";
        return Ok(nothing_done(why));
    }
    let clients = app::clients(&session.config)?;
    let client = clients
        .get(&session.tenant.name)
        .context("every tenant has a client")?;
    client
        .ready()
        .await
        .context("no token can be had: `quell doctor` says why")?;
    let gate = session.gate();
    let aside = Aside::new(&session.store, session.id, &gate, client)?;
    let mut report = Report {
        tenant: session.tenant.name.clone(),
        device: view.device.clone(),
        name: view.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        at: now,
        by: None,
        reason: None,
        reads: 0,
        acted: false,
        released: None,
        trouble: None,
        also: Vec::new(),
        answers: Vec::new(),
    };
    if !args.reads_only {
        if let Some(why) = not_ready(&session, view).await? {
            return Ok(nothing_done(&format!("nothing was done: {why}")));
        }
        report.reads += 1;
        let look = aside.ask(&questions::newest(&device)).await;
        let why = match &look {
            Ok(look) => questions::not_free(look),
            Err(error) => Some(format!("Defender could not be asked about it: {error:?}")),
        };
        if let Some(why) = why {
            return Ok(nothing_done(&format!("nothing was done: {why}")));
        }
        if !args.yes && !confirmed(view)? {
            return Ok(nothing_done("nothing was done"));
        }
    }
    let mut throttled = read_all(&aside, &device, now, &mut report).await;
    let mut code = ExitCode::SUCCESS;
    if args.reads_only {
        report
            .answers
            .extend(unasked(&args.also, &report.answers, "`--reads-only` was given"));
    } else {
        (report.by, report.reason) = (Some(by.clone()), Some(reason.clone()));
        match restrict(&args, &session, &device, (&by, &reason)).await? {
            Err(refused) => {
                eprintln!("{refused}");
                report.trouble = Some(refused);
                report.answers.extend(unasked(
                    &args.also,
                    &report.answers,
                    "a guard refused the restriction",
                ));
                code = ExitCode::from(REFUSED);
            }
            Ok((begun, mut interrupts)) => {
                let act = Act {
                    session: &session,
                    aside: &aside,
                    device: &device,
                    by: &by,
                    patience: args.wait,
                    external_id: session.tenant.external_id,
                    reason: &reason,
                    also: &args.also,
                    also_wait: args.also_wait,
                };
                let done = act.run(&begun, &mut interrupts).await;
                (report.acted, report.released) = (true, Some(done.released));
                report.reads += done.reads;
                report.also = done.asked;
                report.answers.extend(done.answers);
                report.answers.extend(unasked(
                    &args.also,
                    &report.answers,
                    "the probe did not come so far",
                ));
                if !done.released || done.trouble.is_some() {
                    code = ExitCode::FAILURE;
                }
                report.trouble = done.trouble;
            }
        }
    }
    throttled.get_or_insert_with(|| Answer::not_asked("retry_after", "no 429 came, and none is provoked"));
    report.answers.retain(|answer| answer.question != "retry_after");
    report.answers.extend(throttled);
    report.answers.sort_by_key(|answer| place(answer.question));
    session.answer(&report, |paint| render(&report, paint))?;
    if let Some(path) = &args.report {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")
            .with_context(|| format!("the report cannot be written to `{}`", path.display()))?;
    }
    Ok(code)
}

fn place(question: &str) -> usize {
    let place = QUESTIONS.iter().position(|(name, _)| *name == question);
    place.unwrap_or(QUESTIONS.len())
}

fn dry(
    args: &Args,
    session: &Session,
    view: &DeviceView,
    device: &DeviceId,
    now: Timestamp,
) -> anyhow::Result<ExitCode> {
    let mut reads: Vec<String> = questions::all(device, now)
        .iter()
        .map(|asked| asked.question.path())
        .collect();
    if !args.reads_only {
        reads.insert(0, questions::newest(device).path());
    }
    let json = serde_json::json!({
        "dry": true,
        "device": view.device,
        "reads": reads,
        "calls": if args.reads_only { 0 } else { 2 + args.also.len() },
        "also": args.also.iter().map(|question| question.as_str()).collect::<Vec<_>>(),
        "not_asked": unwanted(&args.also),
    });
    session.answer(&json, |_| {
        let ttl = span(SignedDuration::try_from(args.ttl).unwrap_or_default());
        let called = called(&view.device, view.name.as_deref());
        let also_wait = span(SignedDuration::try_from(args.also_wait).unwrap_or_default());
        let beside = Beside {
            reads: &reads,
            external_id: session.tenant.external_id,
            ttl: &ttl,
            also: &args.also,
            also_wait: &also_wait,
        };
        plan(&called, args.reads_only, &beside)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What keeps a device from being probed, as far as the database knows.
async fn not_ready(session: &Session, view: &DeviceView) -> anyhow::Result<Option<String>> {
    let stops = session.store.stops(Some(session.id), None).await?;
    if let Some(stop) = stops.first() {
        return Ok(Some(format!(
            "a stop is in force ({}): end it first, `quell resume --reason TEXT`",
            plain(&stop.reason)
        )));
    }
    let status = session.store.status(session.id, &session.gate()).await?;
    if !status.lease.is_some_and(|lease| lease.is_held) {
        let why =
            "no daemon dispatches, so nobody would release the device: start one, and see `quell doctor`";
        return Ok(Some(why.to_owned()));
    }
    let is_quiet = view.containments.is_empty() && view.actions.is_empty();
    Ok((view.restriction != "free" || !is_quiet).then(|| {
        "the device is restricted, contained, asked about or being worked on (`quell devices`): take one that is free".to_owned()
    }))
}

/// The person types which device it is.
fn confirmed(view: &DeviceView) -> anyhow::Result<bool> {
    let wanted = view.name.as_deref().unwrap_or(&view.device);
    if !io::stdin().is_terminal() {
        eprintln!("nobody can be asked here: add `--yes`, with `--reason TEXT`");
        return Ok(false);
    }
    eprintln!(
        "{} will be restricted for some minutes: only programs signed by Microsoft start there meanwhile",
        called(&view.device, view.name.as_deref())
    );
    eprint!("type `{}` to go on: ", plain(wanted));
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().eq_ignore_ascii_case(wanted.trim()))
}

/// Asks everything that a read answers; gives the answer about `Retry-After`, if a 429 came.
async fn read_all(
    aside: &Aside<'_>,
    device: &DeviceId,
    now: Timestamp,
    report: &mut Report,
) -> Option<Answer> {
    let mut throttled = None;
    for asked in questions::all(device, now) {
        report.reads += 1;
        let reply = aside.ask(&asked.question).await;
        if let Ok(look) = &reply
            && look.status == 429
        {
            throttled = Some(match &look.retry_after {
                Some(value) => Answer::of("retry_after", format!("yes: `{value}`")),
                None => Answer::of("retry_after", "no"),
            });
        }
        report.answers.extend(asked.judge(&reply, now));
    }
    throttled
}

/// A line for every question that has no answer yet.
fn unasked(also: &[ProbeQuestion], answers: &[Answer], why: &str) -> Vec<Answer> {
    let never = unwanted(also);
    let is_new = |name: &str| {
        !answers.iter().any(|answer| answer.question == name)
            && !never.iter().any(|answer| answer.question == name)
    };
    let rest: Vec<Answer> = QUESTIONS
        .iter()
        .filter(|(name, _)| is_new(name))
        .map(|(name, _)| Answer::not_asked(name, why))
        .collect();
    rest.into_iter().chain(never).collect()
}

/// The text of the comment, with an end by which a cut is seen.
fn comment(reason: &str, is_long: bool) -> String {
    let text = format!("probe: {reason} {COMMENT_END}");
    let room = (LONGEST - MARKER).saturating_sub(text.chars().count());
    match is_long {
        false => text,
        true => {
            let filler: String = "0123456789"
                .chars()
                .cycle()
                .take(room.saturating_sub(1))
                .collect();
            format!("probe: {reason} {filler} {COMMENT_END}")
        }
    }
}

/// Begins the containment; the words of the guard that refuses it. From here on no interrupt ends the process by itself.
async fn restrict(
    args: &Args,
    session: &Session,
    device: &DeviceId,
    (by, reason): (&str, &str),
) -> anyhow::Result<Result<(Begun, Interrupts), String>> {
    let config = &session.config;
    let facts_max_age = config.scaled(config.facts.max_age);
    session.desk().await_facts(device).await?;
    let rules = config.rules();
    let comment = comment(reason, args.long_comment);
    let wanted = ByHand {
        device,
        measure: Measure::Restriction,
        isolation: None,
        after: args.ttl,
        lane: Lane::High,
        by,
        reason: &comment,
        // No risk is ever accepted here: a protected device is never probed.
        accepts: &[],
        ask: &rules.default_ask,
        facts_max_age,
        fleet: session.desk().fleet().await?,
    };
    let at = session.store.now().await?;
    let interrupts = Interrupts::catch().context("cannot listen to signals")?;
    let outcome = session
        .store
        .contain_by_hand(session.id, &session.gate(), &wanted)
        .await
        .context("whether the containment was begun is not known: look with `quell devices`; if it was, it ends by its time")?;
    Ok(match outcome {
        ByHandOutcome::Begun(begun) => Ok((
            Begun {
                containment: begun.containment,
                at,
                until: begun.until,
            },
            interrupts,
        )),
        ByHandOutcome::Refused(refusal) => Err(format!(
            "a guard refuses the restriction: {}: {}; take another device",
            refusal.guard(),
            refusal.says()
        )),
        // Only where a risk is accepted; none is.
        ByHandOutcome::Asked { request, .. } => Err(format!(
            "a second person would have to approve it: reject {request} and take another device"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_comment_fills_what_is_ever_sent_and_has_an_end() {
        let short = comment("new tenant", false);
        assert_eq!(short, "probe: new tenant (end)");
        let long = comment("new tenant", true);
        assert_eq!(long.chars().count(), LONGEST - MARKER);
        assert!(long.starts_with("probe: new tenant 0123") && long.ends_with(" (end)"));
    }

    #[test]
    fn no_probe_restricts_for_longer_than_an_hour() {
        assert_eq!(life_of("1h"), Ok(Duration::from_secs(3_600)));
        for wrong in ["61m", "30d", "0s", "soon"] {
            assert!(life_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_asked_by_calls_is_named_and_not_waited_for_long() {
        assert_eq!(also_of("release_free"), Ok(ProbeQuestion::ReleaseFree));
        assert!(also_of("release_twice").is_err_and(|why| why.contains("`restrict_twice`, `release_free`")));
        assert_eq!(also_wait_of("30m"), Ok(Duration::from_secs(1_800)));
        assert!(also_wait_of("31m").is_err());
    }

    #[test]
    fn every_question_has_a_line_in_the_end() {
        let answers = vec![Answer::of("count", "yes")];
        let mut all: Vec<&str> = unasked(&[ProbeQuestion::RestrictTwice], &answers, "x")
            .iter()
            .map(|answer| answer.question)
            .collect();
        all.push("count");
        all.sort_by_key(|name| place(name));
        let expected: Vec<&str> = QUESTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(all, expected);
    }
}
