//! What came of an action, in the operator's words. Pure.

use jiff::Timestamp;

use super::Place;
use crate::desk::words::{ahead, span};
use crate::store::views::{ActionDetail, ActionView};

/// What came of an action, in a sentence.
pub fn outcome(action: &ActionView, detail: &ActionDetail, queue: Option<&Place>, now: Timestamp) -> String {
    let device = action.name.as_ref().map_or_else(
        || format!("device `{}`", action.device),
        |name| format!("`{name}`"),
    );
    let what = format!("the {} of {device}", action.kind);
    let why = action.error.as_ref().unwrap_or(&action.reason);
    let took = action
        .final_at
        .map(|at| span(at.duration_since(action.queued_at)))
        .unwrap_or_default();
    match action.state.as_str() {
        "queued" => {
            let waits = match queue {
                // Before all that it may wait for besides: none of it lets the action go.
                Some(Place { held: Some(held), .. }) => format!("{}, so it stays there", held.why),
                _ if detail.is_behind_open => "it leaves after the device's open action is over".to_owned(),
                _ if action.not_before > now => {
                    format!("it is tried again {}", ahead(now, action.not_before))
                }
                Some(Place {
                    expected_at: Some(at),
                    position,
                    ..
                }) => {
                    let before = match position - 1 {
                        0 => "it is the next".to_owned(),
                        1 => "1 call leaves before it".to_owned(),
                        n => format!("{n} calls leave before it"),
                    };
                    format!("{before}; it may leave {}", ahead(now, *at))
                }
                _ => "it waits for its turn".to_owned(),
            };
            format!("{what} is queued: {waits}")
        }
        "submitting" => format!("{what} is being called"),
        "in_doubt" => {
            format!(
                "{what} was called and its fate is unknown: it is looked up in Defender's list, never called again blindly"
            )
        }
        "submitted" => {
            let status = action.defender_status.as_deref().unwrap_or("no status yet");
            format!("{what} was taken by Defender and is not over: {status}")
        }
        "succeeded" if action.is_adopted => format!("{what} succeeded, begun by somebody else, after {took}"),
        "succeeded" => format!("{what} succeeded after {took}"),
        "withdrawn" => format!("{what} was withdrawn and never sent: {why}"),
        "expired" => format!("{what} was not sent in time and dropped: {why}"),
        state => format!("{what} came to nothing, {}: {why}", state.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::actions::fixtures::{action, before, detail, now, place};
    use crate::desk::queue::Held;

    #[test]
    fn each_state_says_what_came_of_it() {
        for (state, said) in [
            ("submitting", "the restrict of `web-1` is being called"),
            (
                "in_doubt",
                "its fate is unknown: it is looked up in Defender's list",
            ),
            ("submitted", "was taken by Defender and is not over: Pending"),
            ("succeeded", "succeeded after 42 s"),
            ("failed", "came to nothing, failed: 400 InvalidInput"),
            ("timed_out", "came to nothing, timed out: 400 InvalidInput"),
            ("withdrawn", "was withdrawn and never sent: 400 InvalidInput"),
            ("expired", "was not sent in time and dropped"),
        ] {
            let told = outcome(&action(state), &detail(0), None, now());
            assert!(told.contains(said), "{state}: {told}");
        }
    }

    #[test]
    fn a_queued_action_says_what_it_waits_for() {
        let told = |action: &ActionView, detail: &ActionDetail, place: &Place| {
            outcome(action, detail, Some(place), now())
        };
        let queued = action("queued");
        assert_eq!(
            told(&queued, &detail(2), &place(true)),
            "the restrict of `web-1` is queued: 2 calls leave before it; it may leave in 12 s"
        );
        assert!(
            told(&queued, &detail(2), &place(false)).ends_with("no daemon dispatches, so it stays there")
        );
        let stopped = Place {
            expected_at: None,
            held: Held::by(true, true),
            ..place(true)
        };
        let stays = "is queued: a stop is in force, so it stays there";
        assert!(told(&queued, &detail(2), &stopped).ends_with(stays));
        let again = ActionView {
            not_before: before(-30),
            ..queued.clone()
        };
        assert!(told(&again, &detail(2), &place(true)).ends_with("it is tried again in 30 s"));
        assert!(told(&again, &detail(2), &stopped).ends_with(stays));
        let behind = ActionDetail {
            is_behind_open: true,
            ..detail(0)
        };
        assert!(told(&queued, &behind, &place(true)).ends_with("after the device's open action is over"));
        assert!(told(&queued, &behind, &stopped).ends_with(stays));
    }
}
