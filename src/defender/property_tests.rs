//! Whatever a server, a gateway or an attacker says: an answer or an error, never a panic, never "nothing was sent".

use jiff::Timestamp;
use proptest::prelude::*;

use crate::defender::MachineActionFilter;
use crate::defender::answer::classify;
use crate::defender::http::{Body, Reply};
use crate::defender::listing::Listing;
use crate::defender::reads::readable;
use crate::defender::throttle::Scale;
use crate::defender::{claims, machine, machine_action, token};
use crate::domain::answer::Answer;

/// JSON-like text made of the words that matter, so that the deeper branches are reached too.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"error\"",
        "\"code\"",
        "\"message\"",
        "\"target\"",
        "\"id\"",
        "\"type\"",
        "\"status\"",
        "\"value\"",
        "\"@odata.nextLink\"",
        "\"machineactions?$skip=1\"",
        "\"creationDateTimeUtc\"",
        "\"2026-01-01T00:00:00.1234567Z\"",
        "\"errorHResult\"",
        "-2145844840",
        "1e999",
        "null",
        "\"\"",
        "\"\u{feff}é\"",
        "\"access_token\"",
        "\"expires_in\"",
        "\"maximum allowed 1500 per 01:00:00\"",
        "\"machineTags\"",
        "<html>",
    ]);
    let joined = prop::collection::vec(words, 0..24).prop_map(|words| words.concat().into_bytes());
    prop_oneof![joined, prop::collection::vec(any::<u8>(), 0..200)]
}

fn reply() -> impl Strategy<Value = Reply> {
    let header = || {
        prop::option::of(prop_oneof![
            "\\PC{0,40}",
            "-?[0-9.e]{0,30}",
            "[A-Z][a-z]{2}, .{0,30}"
        ])
    };
    let whole = body().prop_map(Body::Whole);
    let body = prop_oneof![9 => whole, 1 => Just(Body::Cut("reset".to_owned()))];
    let status = prop_oneof![Just(200), Just(201), Just(400), Just(429), any::<u16>()];
    (status, header(), header(), header(), body).prop_map(
        |(status, retry_after, date, content_type, body)| Reply {
            status,
            retry_after,
            date,
            content_type,
            body,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn any_reply_at_all_is_an_answer_or_an_error(reply in reply(), divisor in 0.001..10_000.0_f64) {
        let scale = Scale::new(divisor).expect("in range");
        let now = Timestamp::UNIX_EPOCH;
        let answer = classify(Ok(reply.clone()), now, scale);
        let unsent = matches!(answer, Answer::Late { .. } | Answer::NotSent { .. });
        prop_assert!(!unsent);
        if let Answer::Accepted(action) = &answer {
            prop_assert!((200..300).contains(&reply.status) && !action.id.is_empty());
        }
        let _ = token::read(&reply, now, scale);
        if let Ok(Some(reply)) = readable(Ok(reply), now, scale) {
            let resource = reqwest::Url::parse("http://127.0.0.1/api/machineactions").expect("an address");
            let filter = MachineActionFilter { created_since: now, device: None };
            let mut listing = Listing::new(resource, &filter, 2, 3);
            let first = listing.first();
            if let Ok(Some(next)) = listing.take(&first, &reply) {
                prop_assert_eq!(next.origin(), first.origin());
                prop_assert_eq!(next.path(), first.path());
            }
        }
    }

    #[test]
    fn any_json_at_all_is_an_entity_or_an_error(bytes in body(), text in "\\PC{0,80}") {
        if let Ok(value) = serde_json::from_slice(&bytes) {
            let _ = machine_action::parse(&value);
            let _ = machine::parse(&value);
        }
        let _ = claims::Claims::read(&text);
    }
}
