//! `quell budget`: both windows with what is used, free and kept for critical calls; the queue by lane, and when it may have left.

use std::process::ExitCode;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::table::{Paint, Table, Tone, cell, plain};
use super::{Common, told};
use crate::cli::exit::Exit;
use crate::cli::progress::bar;
use crate::cli::watch::{self, Watch};
use crate::desk::budget::{BudgetReport, WindowReport};
use crate::desk::status::calls::sentence;
use crate::desk::words::{ago, ahead, counted, slowed, span};

/// Show both windows of the budget: what is used, what is kept for critical calls, and when the queue may have left
///
/// Only calls that restrict, isolate, release or cancel count; reads have windows of their own. What is kept is the reserve: bulk calls
/// leave so many slots of the longest window for critical ones that are yet to come.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    watch: Watch,
}

/// Prints the budget.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    watch::looks(&args.common, args.watch, "budget", async |session| {
        let report = match told(session.desk().budget().await)? {
            Ok(report) => report,
            Err(no) => return Ok(no),
        };
        let banner = session.banner().await?;
        session.answer(&report, |paint| banner(paint) + &render(&report, paint))?;
        Ok(Exit::Yes.into())
    })
    .await
}

fn render(report: &BudgetReport, paint: Paint) -> String {
    let now = report.at;
    let gate = match report.closed_until {
        None => match &report.slowed {
            None => "open".to_owned(),
            Some(slow) => paint.tone(Tone::Warn, &format!("open, calls {}", slowed(now, slow))),
        },
        Some(until) => {
            let why = report
                .closed_reason
                .as_deref()
                .unwrap_or("no reason was recorded");
            paint.tone(
                Tone::Warn,
                &format!("closed, opens {}: {}", ahead(now, until), plain(why)),
            )
        }
    };
    let mut out = format!("gate        {gate}\n\n");
    let mut windows = Table::new(&["WINDOW", "USED", "FREE", "RESERVE", "", "NEXT SLOT"]).spare(&[""]);
    for window in &report.windows {
        windows.row(row(window, now));
    }
    out += &windows.render(paint, "");
    out += "\n";
    if report.queue.is_empty() {
        return out + "nothing is queued\n";
    }
    let mut lanes = Table::new(&[
        "LANE",
        "QUEUED",
        "TRIED AGAIN",
        "BEHIND OPEN",
        "OLDEST",
        "MAY HAVE LEFT",
        "HELD",
    ])
    .spare(&["BEHIND OPEN", "TRIED AGAIN"]);
    for lane in &report.queue {
        let name = lane.lane.as_str();
        let leaves = report.lanes_empty_at.get(name);
        lanes.row([
            cell(name),
            cell(lane.actions.to_string()),
            cell(lane.delayed.to_string()),
            cell(lane.behind_open.to_string()),
            cell(ago(now, lane.oldest_at)),
            cell(leaves.map_or("-".to_owned(), |at| when(now, *at))),
            held(report, name, leaves.is_some()),
        ]);
    }
    out += &lanes.render(paint, "");
    let forecast = sentence(
        now,
        report.held_queue.as_ref(),
        report.next_call_at,
        report.queue_empty_at,
    );
    out += &format!("\nforecast    {forecast}\n");
    if let Ok(late @ 1..) = i64::try_from(report.expected_late) {
        let late = format!(
            "{} may come too late: their validity ends before",
            counted(late, "queued restriction")
        );
        out += &format!("late        {}\n", paint.tone(Tone::Bad, &late));
    }
    out
}

/// What holds a lane: a stop or the want of a daemon, and where anything of it may leave, the budget.
fn held(report: &BudgetReport, lane: &str, leaves: bool) -> (Tone, String) {
    let stopped = report.lanes_held.get(lane);
    let stopped = stopped.map(|held| format!("{} held: {}", held.actions, held.why));
    let full = report.held.get(lane).filter(|_| leaves);
    let full = full.map(|held| {
        format!(
            "opens {}: {}",
            ahead(report.at, held.until),
            held.why.replace('_', " ")
        )
    });
    let all: Vec<String> = stopped.into_iter().chain(full).collect();
    match all.is_empty() {
        true => cell("-"),
        false => (Tone::Warn, all.join("; ")),
    }
}

fn row(window: &WindowReport, now: Timestamp) -> [(Tone, String); 6] {
    let per = SignedDuration::try_from(Duration::from_secs_f64(window.per_seconds)).unwrap_or_default();
    let used = window.used.unsigned_abs();
    let tone = match (window.free, window.free <= i64::from(window.reserve)) {
        (0, _) => Tone::Bad,
        (_, true) if window.reserve > 0 => Tone::Warn,
        _ => Tone::Good,
    };
    [
        cell(format!("{} in {}", window.limit, span(per))),
        cell(window.used.to_string()),
        (tone, window.free.to_string()),
        cell(match window.reserve {
            0 => "-".to_owned(),
            kept => kept.to_string(),
        }),
        cell(bar(used, u64::from(window.limit))),
        cell(window.opens_at.map_or("now".to_owned(), |at| when(now, at))),
    ]
}

fn when(now: Timestamp, at: Timestamp) -> String {
    match at.duration_since(now) < SignedDuration::from_secs(1) {
        true => "now".to_owned(),
        false => ahead(now, at),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::desk::budget::HeldLane;
    use crate::desk::queue::WaitsFor;
    use crate::desk::status::calls::HeldQueue;
    use crate::domain::verdict::Lane;
    use crate::store::views::LaneView;

    #[test]
    fn both_windows_the_lanes_and_the_forecast_stand_in_one_look() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let after = |seconds| now + SignedDuration::from_secs(seconds);
        let report = BudgetReport {
            at: now,
            windows: vec![
                WindowReport {
                    per_seconds: 60.0,
                    limit: 100,
                    used: 40,
                    free: 60,
                    reserve: 0,
                    opens_at: None,
                },
                WindowReport {
                    per_seconds: 3_600.0,
                    limit: 1_500,
                    used: 1_500,
                    free: 0,
                    reserve: 75,
                    opens_at: Some(after(90)),
                },
            ],
            closed_until: None,
            closed_reason: None,
            slowed: None,
            held_queue: None,
            lanes_held: BTreeMap::new(),
            held: BTreeMap::from([(
                "normal".to_owned(),
                HeldLane {
                    until: after(600),
                    why: "reserve".to_owned(),
                },
            )]),
            queue: vec![LaneView {
                lane: Lane::Normal,
                actions: 12,
                delayed: 1,
                behind_open: 0,
                oldest_at: after(-30),
            }],
            next_call_at: Some(after(600)),
            queue_empty_at: Some(after(3_700)),
            lanes_empty_at: BTreeMap::from([("normal".to_owned(), after(3_700))]),
            expected_late: 1,
            minutes: Vec::new(),
            contained: Vec::new(),
        };
        insta::assert_snapshot!(render(&report, Paint::Plain), @"
        gate        open

        WINDOW        USED  FREE  RESERVE                                  NEXT SLOT
        100 in 1 min  40    60    -        ████████████░░░░░░░░░░░░░░░░░░  now
        1500 in 1 h   1500  0     75       ██████████████████████████████  in 1 min 30 s

        LANE    QUEUED  TRIED AGAIN  BEHIND OPEN  OLDEST    MAY HAVE LEFT  HELD
        normal  12      1            0            30 s ago  in 1 h 1 min   opens in 10 min: reserve

        forecast    the next call may leave in 10 min, the last of the queue in 1 h 1 min
        late        1 queued restriction may come too late: their validity ends before
        ");
        let narrow = Paint::Fitted {
            columns: 80,
            is_coloured: false,
        };
        // Sentences are broken by whoever prints them; the tables fit by themselves.
        let shown = crate::cli::operator::table::fold(&render(&report, narrow), 80);
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        let stopped = |actions| HeldQueue {
            waits_for: WaitsFor::Resume,
            actions,
            why: "a stop is in force".to_owned(),
        };
        let all = BudgetReport {
            held_queue: Some(stopped(12)),
            lanes_held: BTreeMap::from([("normal".to_owned(), stopped(12))]),
            next_call_at: None,
            queue_empty_at: None,
            lanes_empty_at: BTreeMap::new(),
            ..report.clone()
        };
        let shown = render(&all, Paint::Plain);
        assert!(
            shown.contains("  30 s ago  -              12 held: a stop is in force\n"),
            "{shown}"
        );
        assert!(
            shown.contains("\nforecast    held: a stop is in force\n"),
            "{shown}"
        );
        let some = BudgetReport {
            held_queue: Some(stopped(5)),
            lanes_held: BTreeMap::from([("normal".to_owned(), stopped(5))]),
            ..report.clone()
        };
        let shown = render(&some, Paint::Plain);
        for said in [
            "  in 1 h 1 min   5 held: a stop is in force; opens in 10 min: reserve\n",
            "\nforecast    5 held: a stop is in force; the next call may leave in 10 min, the last of the others in 1 h 1 min\n",
        ] {
            assert!(shown.contains(said), "{said}\n{shown}");
        }
        let empty = BudgetReport {
            queue: Vec::new(),
            ..report
        };
        assert!(render(&empty, Paint::Plain).ends_with("nothing is queued\n"));
    }
}
