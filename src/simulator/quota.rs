//! How a 429 is worded, and how it says when to come back (facts sheet 0.1 and 7).
//!
//! Called by the pipeline for a window that is full, for one that others used up, and for what a rule orders.

use std::time::Duration;

use axum::http::StatusCode;

use crate::simulator::clock::Clock;
use crate::simulator::hub::Hub;
use crate::simulator::options::{Options, QuotaDialect, RetryAfter, Window};
use crate::simulator::reply::Reply;
use crate::simulator::span::Span;

/// A 429 in the dialect asked for. Both the window in the message and `Retry-After` in seconds are Defender's, unscaled: a
/// client that lives faster divides both by its own time scale. `Retry-After` then carries a fraction, which is no HTTP but
/// keeps a minute that lasts half a second from being rounded away. `wait` is unscaled too.
pub fn too_many(
    window: Window,
    (dialect, retry_after): (QuotaDialect, RetryAfter),
    clock: &Clock,
    wait: Duration,
) -> Reply {
    let per = window.per.as_secs();
    let (limit, per) = (
        window.limit,
        format!("{:02}:{:02}:{:02}", per / 3600, per / 60 % 60, per % 60),
    );
    let reply = match dialect {
        QuotaDialect::Recorded => {
            let message = format!("API calls quota exceeded! maximum allowed {limit} per {per}");
            Reply::error(StatusCode::TOO_MANY_REQUESTS, "429", message)
        }
        QuotaDialect::Documented => Reply::error(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            "Too many requests. Try again later.",
        ),
    };
    // A millisecond more than the exact span, because a window includes its ends.
    let fraction = || format!("{:.3}", (wait.as_secs_f64() * 1000.0).ceil() / 1000.0 + 0.001);
    let retry_after = match retry_after {
        RetryAfter::None => None,
        RetryAfter::Seconds if clock.scale() <= 1.0 => Some(format!("{}", wait.as_secs_f64().floor() + 1.0)),
        RetryAfter::Seconds | RetryAfter::Fraction => Some(fraction()),
        RetryAfter::Date => Some(date(clock, wait)),
    };
    Reply { retry_after, ..reply }
}

/// The 429 of a window that others have used up.
pub fn for_others(hub: &Hub) -> Reply {
    ordered(hub, (None, None), (None, None))
}

/// The 429 that a rule orders; what it leaves open is as switched, of the shortest window, and over after a tenth of it.
pub fn ordered(
    hub: &Hub,
    (dialect, retry_after): (Option<QuotaDialect>, Option<RetryAfter>),
    (after, window): (Option<Span>, Option<Span>),
) -> Reply {
    let switches = hub.state().switches;
    let window = the_window(&hub.options, window);
    let wait = after.map_or(window.per / 10, |after| after.0);
    let worded = (
        dialect.unwrap_or(switches.quota_dialect),
        retry_after.unwrap_or(switches.retry_after),
    );
    too_many(window, worded, &hub.clock, wait)
}

fn the_window(options: &Options, per: Option<Span>) -> Window {
    let mut windows = options.windows.iter();
    let named = per.and_then(|per| windows.find(|window| window.per == per.0));
    let shortest = options.windows.iter().min_by_key(|window| window.per);
    *named.or(shortest).unwrap_or(&Window::new(100, 60))
}

/// The moment as HTTP writes dates. It has whole seconds, so it is the next one.
fn date(clock: &Clock, wait: Duration) -> String {
    let at = clock.wall(clock.now() + clock.scaled(wait) + Duration::from_secs(1));
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(scale: f64, worded: (QuotaDialect, RetryAfter), wait_ms: u64) -> Reply {
        let wait = Duration::from_millis(wait_ms);
        too_many(Window::new(1500, 3600), worded, &Clock::start(scale), wait)
    }

    #[test]
    fn a_429_is_worded_as_recorded_or_as_documented() {
        let recorded = refusal(1.0, (QuotaDialect::Recorded, RetryAfter::Seconds), 10);
        let start = r#"{"error":{"code":"429","message":"API calls quota exceeded! maximum allowed 1500 per 01:00:00","target":""#;
        assert!(recorded.body.starts_with(start), "{}", recorded.body);
        let documented = refusal(1.0, (QuotaDialect::Documented, RetryAfter::None), 10);
        assert_eq!(documented.code.as_deref(), Some("TooManyRequests"));
        assert_eq!(documented.retry_after, None);
    }

    #[test]
    fn retry_after_is_whole_seconds_in_real_time_and_fractions_when_scaled() {
        let seconds = |scale, wait_ms| {
            refusal(scale, (QuotaDialect::Recorded, RetryAfter::Seconds), wait_ms).retry_after
        };
        assert_eq!(seconds(1.0, 10_200).as_deref(), Some("11"));
        assert_eq!(
            seconds(1.0, 10_000).as_deref(),
            Some("11"),
            "at 10 s sharp the window is still full"
        );
        assert_eq!(seconds(60.0, 10_200).as_deref(), Some("10.201"));
        let fraction = refusal(1.0, (QuotaDialect::Recorded, RetryAfter::Fraction), 10_200);
        assert_eq!(fraction.retry_after.as_deref(), Some("10.201"));
    }

    #[test]
    fn retry_after_can_be_a_date_in_real_time() {
        let refused = refusal(60.0, (QuotaDialect::Recorded, RetryAfter::Date), 600_000);
        let date = refused.retry_after.expect("it says when");
        let shape = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(date.len(), shape.len(), "{date}");
        let places: Vec<usize> = shape.match_indices([' ', ':', ',']).map(|(at, _)| at).collect();
        let found: Vec<usize> = date.match_indices([' ', ':', ',']).map(|(at, _)| at).collect();
        assert_eq!(found, places, "{date}");
        assert!(date.ends_with(" GMT"));
    }
}
