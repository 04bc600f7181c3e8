//! A drill's last words: what happened, for an operator, or as one JSON object. Pure text.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::drill::outcome::Outcome;
use crate::cli::simulate::promises;
use crate::simulator::Kind;

/// What was played.
#[derive(Clone, Debug)]
pub struct Played {
    /// The scenario's title.
    pub title: String,
    /// How many times faster than Defender's time passed.
    pub scale: u32,
    /// How long it took, in real time.
    pub took: Duration,
    /// The keys of the configuration that were left out.
    pub left_out: Vec<String>,
}

/// The one object of `-o json`.
pub fn object(outcome: &Outcome, played: &Played) -> Value {
    let invariants = outcome.invariants();
    json!({
        "scenario": played.title,
        "scale": played.scale,
        "seconds": (played.took.as_secs_f64() * 10.0).round() / 10.0,
        "left_out": played.left_out,
        "invariants_held": invariants.iter().all(|one| one.held),
        "invariants": invariants,
        "delivered": outcome.delivered,
        "alerted_devices": outcome.alerted.len(),
        "restricted": outcome.contained(Kind::Restrict).len(),
        "isolated": outcome.contained(Kind::Isolate).len(),
        "releases": outcome.releases(),
        "restricted_now": outcome.defender.restricted_now,
        "isolated_now": outcome.defender.isolated_now,
        "effects_of_others": outcome.by_others(),
        "alert_to_contained": outcome.latency(),
        "decided": outcome.decided,
        "actions": outcome.accounts.actions,
        "windows": outcome.defender.most_in_window,
        "answered_429": outcome.defender.rejected_429,
        "faults": outcome.defender.faults,
        "needs_a_person": outcome.asked,
        "alarms": outcome.alarms,
        "silent_playbooks": outcome.silent,
        "timeline_refused": outcome.defender.timeline_refused,
        "violations": outcome.defender.violations,
    })
}

/// The same for people.
pub fn text(outcome: &Outcome, played: &Played) -> String {
    let mut lines = vec![played.title.clone(), String::new()];
    let mut part = |title: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            lines.push(title.to_owned());
            lines.extend(rows.into_iter().map(|row| format!("  {row}")));
            lines.push(String::new());
        }
    };
    part("What happened", happened(outcome));
    for (kind, title) in [
        ("act", "Acted"),
        ("ask", "Asked a person"),
        ("hold", "Held"),
        ("observe", "Only observed"),
        ("skip", "Left alone"),
    ] {
        let reasons = outcome.decided.get(kind).into_iter().flatten();
        part(
            title,
            reasons
                .map(|(reason, devices)| format!("{devices:>6}  {}: {reason}", plural(*devices, "device")))
                .collect(),
        );
    }
    part(
        "Needed a person",
        outcome
            .asked
            .iter()
            .map(|asked| {
                format!(
                    "{}  {} waiting, {} ran out unanswered: {}",
                    asked.request, asked.waiting, asked.expired, asked.why
                )
            })
            .chain(
                outcome
                    .alarms
                    .iter()
                    .map(|(kind, n)| format!("{n} paged: {kind}")),
            )
            .collect(),
    );
    part(
        "Calls",
        outcome
            .defender
            .most_in_window
            .iter()
            .map(|window| {
                format!(
                    "{:>6}  most {} in any {} s, of {}",
                    window.most, window.scope, window.per_seconds, window.limit
                )
            })
            .chain([
                format!("{:>6}  answered 429", outcome.defender.rejected_429),
                format!("{:>6}  answered wrongly on purpose", outcome.defender.faults),
            ])
            .collect(),
    );
    part("Playbooks that stayed silent", outcome.silent.clone());
    part("Not taken over from the configuration", played.left_out.clone());
    part(
        "The scenario could not go on as written",
        outcome.defender.timeline_refused.clone(),
    );
    let invariants = outcome.invariants();
    lines.push(promises(&invariants));
    lines.extend(
        outcome
            .defender
            .violations
            .iter()
            .map(|violation| format!("  Defender saw: {violation}")),
    );
    let verdict = if invariants.iter().all(|one| one.held) {
        "All of it held"
    } else {
        "NOT all of it held"
    };
    lines.push(String::new());
    lines.push(format!(
        "{verdict}. {} s here, {} min of Defender's time.",
        played.took.as_secs(),
        played.took.as_secs() * u64::from(played.scale) / 60
    ));
    lines.join("\n")
}

fn happened(outcome: &Outcome) -> Vec<String> {
    let mut rows = vec![format!(
        "{:>6}  alerts delivered, on {} devices",
        outcome.delivered.records,
        outcome.alerted.len()
    )];
    for (kind, word) in [(Kind::Restrict, "restricted"), (Kind::Isolate, "isolated")] {
        let devices = outcome.contained(kind).len();
        if devices > 0 {
            rows.push(format!("{devices:>6}  {} {word}", plural(devices, "device")));
        }
    }
    if let Some(latency) = outcome.latency() {
        rows.push(format!(
            "{:>6}  from alert to contained: half within this, 99 of 100 within {}",
            span(latency.p50_seconds),
            span(latency.p99_seconds)
        ));
    } else {
        rows.push(format!("{:>6}  devices contained", 0));
    }
    let releases = outcome.releases();
    rows.push(format!("{releases:>6}  {}", plural(releases, "release")));
    let (restricted, isolated) = (outcome.defender.restricted_now, outcome.defender.isolated_now);
    rows.push(format!(
        "{:>6}  still contained at the end",
        restricted + isolated
    ));
    if outcome.by_others() > 0 {
        rows.push(format!(
            "{:>6}  done by others in the portal",
            outcome.by_others()
        ));
    }
    rows
}

fn plural(n: usize, word: &str) -> String {
    if n == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

/// Seconds as people say them: `42s`, `3m`, `2h`.
fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds.div_ceil(60)),
        _ => format!("{}h", seconds.div_ceil(3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::drill::outcome::tests::sample;

    #[tokio::test]
    async fn an_operator_reads_what_was_contained_asked_and_left_to_a_person() {
        let simulator = crate::simulator::Simulator::start(Default::default())
            .await
            .expect("a loopback port is free");
        let outcome = sample(simulator.report());
        let played = Played {
            title: "A try".to_owned(),
            scale: 60,
            took: Duration::from_secs(30),
            left_out: vec!["stop_file".to_owned()],
        };
        let text = text(&outcome, &played);
        for part in [
            "A try",
            "4  alerts delivered, on 4 devices",
            "2  devices restricted",
            "1  device isolated",
            "20s  from alert to contained: half within this, 99 of 100 within 100s",
            "1  device: matched (x)",
            "A-7  1 waiting, 2 ran out unanswered: surge",
            "quiet",
            "stop_file",
            "All of it held. 30 s here, 30 min of Defender's time.",
        ] {
            assert!(text.contains(part), "{part}\n\n{text}");
        }
        let object = object(&outcome, &played);
        assert_eq!(object["alert_to_contained"]["p99_seconds"], 100);
        assert_eq!(object["needs_a_person"][0]["request"], "A-7");
        assert_eq!(object["invariants_held"], true);
    }
}
