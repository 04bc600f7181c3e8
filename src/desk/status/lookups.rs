//! What `quell status` says of look-ups. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::desk::words::{ago, ahead, span};
use crate::store::views::LookupsView;

/// So long an answer may be waited for before a person should look: events wait far shorter, and go on without.
const PATIENCE: SignedDuration = SignedDuration::from_secs(600);

/// What a person should know of them, if anything: Defender does not answer them.
pub fn need(view: &LookupsView, now: Timestamp) -> Option<String> {
    let late = view.kinds.iter().find_map(|(name, kind)| {
        let since = kind.waiting_since?;
        (kind.failures > 0 && now.duration_since(since) > PATIENCE).then_some((name, since, kind.failures))
    });
    let (name, since, failures) = late?;
    Some(format!(
        "devices.lookups.{name} is not answered since {}, {failures} tries came to nothing: events are decided without it",
        ago(now, since)
    ))
}

/// The line of the table.
pub fn line(view: &LookupsView, now: Timestamp) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (name, kind) in &view.kinds {
        let mut part = format!("{} known of {}", name.replace('_', " "), devices(kind.known));
        if kind.barred > 0 {
            part += &format!(", {} cannot be restricted", kind.barred);
        }
        if kind.waiting > 0 {
            part += &format!(", {} wanted", kind.waiting);
        }
        parts.push(part);
    }
    let windows = view.windows.iter().map(|window| {
        let per = SignedDuration::try_from_secs_f64(window.per_seconds).unwrap_or_default();
        format!("{}/{} in {}", window.used, window.limit, span(per))
    });
    let windows: Vec<String> = windows.collect();
    if !windows.is_empty() {
        parts.push(windows.join(", "));
    }
    parts.extend(
        view.closed_until
            .map(|until| format!("opens {}", ahead(now, until))),
    );
    parts.join("; ")
}

fn devices(count: i64) -> String {
    match count {
        1 => "1 device".to_owned(),
        n => format!("{n} devices"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::store::views::{LookupView, WindowView};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).expect("in range")
    }

    #[test]
    fn the_line_says_what_is_known_what_it_bars_and_what_the_budget_holds() {
        let known = LookupView {
            known: 40,
            barred: 3,
            ..LookupView::default()
        };
        let late = LookupView {
            known: 1,
            waiting: 2,
            waiting_since: Some(at(-660)),
            failures: 4,
            ..LookupView::default()
        };
        let mut view = LookupsView {
            kinds: BTreeMap::from([("antivirus", known), ("available_actions", late)]),
            windows: vec![WindowView {
                per_seconds: 60.0,
                limit: 30,
                used: 3,
            }],
            closed_until: Some(at(20)),
        };
        assert_eq!(
            line(&view, at(0)),
            "antivirus known of 40 devices, 3 cannot be restricted; available actions known of 1 device, 2 wanted; \
             3/30 in 1 min; opens in 20 s"
        );
        let said = need(&view, at(0)).expect("nobody answers");
        assert!(said.contains("devices.lookups.available_actions"), "{said}");
        assert_eq!(need(&view, at(-120)), None, "not for long enough");
        view.kinds.clear();
        assert_eq!(need(&view, at(0)), None);
    }
}
