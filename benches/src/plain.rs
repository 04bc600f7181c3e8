//! The design that anybody would write first: a queue in memory by priority, and two token buckets of `governor` for the two
//! windows, both as documented: `per_minute(100)` and `per_hour(1500)`. A 429 is obeyed and the device queued again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use governor::{Quota, RateLimiter};
use quell::simulator::Simulator;

use crate::ground::Http;
use crate::storm::{Begun, Outcome, Storm, critical, device};

/// What waits: the lane, the turn, the device.
type Queue = Arc<Mutex<BinaryHeap<Reverse<(u8, u64, String)>>>>;

const CALLERS: usize = 16;

/// Runs it.
pub async fn run(storm: Storm, simulator: &Simulator) -> anyhow::Result<(Begun, Outcome)> {
    let addr = simulator.addr();
    let token = tokio::task::spawn_blocking(move || token(addr)).await??;
    let limiter = |limit: u32, seconds: u64| -> anyhow::Result<_> {
        let interval = Duration::from_secs(seconds) / limit / storm.scale;
        let quota = Quota::with_period(interval).context("an interval of nothing")?;
        let burst = NonZeroU32::new(limit).context("a limit of nothing")?;
        Ok(RateLimiter::direct(quota.allow_burst(burst)))
    };
    let queue = Queue::default();
    for number in 0..storm.devices {
        push(&queue, 1, number as u64, device(number));
    }
    let (minute, hour) = (limiter(100, 60)?, limiter(1500, 3600)?);
    let (calls, taken) = mpsc::channel::<(u8, String)>();
    let taken = Arc::new(Mutex::new(taken));
    for _ in 0..CALLERS {
        let (taken, queue, token) = (Arc::clone(&taken), Arc::clone(&queue), token.clone());
        std::thread::spawn(move || -> anyhow::Result<()> {
            let mut http = Http::connect(addr)?;
            loop {
                let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((lane, device)) = next else { return Ok(()) };
                if let Some(after) = call(&mut http, &token, &device)? {
                    std::thread::sleep(after / storm.scale);
                    push(&queue, lane, 0, device);
                }
            }
        });
    }
    let at = Instant::now();
    let mut arrivals = storm
        .arrivals()
        .into_iter()
        .map(|minutes| at + storm.real(minutes))
        .peekable();
    let mut criticals = Vec::new();
    let end = at + storm.real(storm.minutes);
    while Instant::now() < end {
        while arrivals.next_if(|came| *came <= Instant::now()).is_some() {
            push(&queue, 0, criticals.len() as u64, critical(criticals.len()));
            criticals.push(Instant::now());
        }
        let is_empty = queue.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        if is_empty {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
        let both = async {
            minute.until_ready().await;
            hour.until_ready().await;
        };
        if tokio::time::timeout(end.saturating_duration_since(Instant::now()), both)
            .await
            .is_err()
        {
            break;
        }
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(Reverse((lane, _, device))) = next {
            calls.send((lane, device))?;
        }
    }
    drop(calls);
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok((Begun { at, criticals }, Outcome::default()))
}

fn push(queue: &Queue, lane: u8, turn: u64, device: String) {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.push(Reverse((lane, turn, device)));
}

/// Calls once; `Some`: it was answered 429 and is to be tried again after so long.
fn call(http: &mut Http, token: &str, device: &str) -> anyhow::Result<Option<Duration>> {
    let path = format!("/api/machines/{device}/restrictCodeExecution");
    let authorization = format!("application/json\r\nauthorization: Bearer {token}");
    http.send(&Http::post(&path, &authorization, br#"{"Comment":"a storm"}"#))?;
    let (head, _) = http.message()?;
    if !head.starts_with("HTTP/1.1 429") {
        return Ok(None);
    }
    let after = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("retry-after:")?.trim().parse().ok())
        .unwrap_or(1.0);
    Ok(Some(Duration::from_secs_f64(after)))
}

fn token(addr: std::net::SocketAddr) -> anyhow::Result<String> {
    let mut http = Http::connect(addr)?;
    let form = "grant_type=client_credentials&client_id=99999999-2222-3333-4444-555555555555&client_secret=s&\
                scope=https%3A%2F%2Fapi.securitycenter.microsoft.com%2F.default";
    let path = "/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token";
    http.send(&Http::post(
        path,
        "application/x-www-form-urlencoded",
        form.as_bytes(),
    ))?;
    let (status, body) = http.answer()?;
    let body: serde_json::Value = serde_json::from_slice(&body)?;
    let token = body["access_token"].as_str();
    Ok(token
        .with_context(|| format!("no token, status {status}: {body}"))?
        .to_owned())
}
