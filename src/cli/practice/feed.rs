//! Delivers records through the front door, `POST /v1/events`, and counts what the daemon answered.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::outbound::Poster;
use crate::web::answer::Answer;

/// One record, on one line.
pub type Record = String;

/// Records in one request.
const BATCH: usize = 250;
/// How often a busy daemon is asked again.
const TRIES: u32 = 20;

/// What the daemon said to everything that was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Records sent.
    pub records: usize,
    /// Of them: stored as new events.
    pub stored: usize,
    /// Of them: recognised as delivered before.
    pub repeated: usize,
    /// Of them: refused.
    pub refused: usize,
}

impl Delivered {
    fn note(&mut self, sent: usize, answer: &Answer) {
        let repeated = answer.accepted.iter().filter(|one| one.duplicate).count();
        self.records += sent;
        self.repeated += repeated;
        self.stored += answer.accepted.len() - repeated;
        self.refused += answer.rejected.len();
    }
}

/// Delivers the records in order.
///
/// # Errors
/// The daemon cannot be reached, stays busy, or does not take deliveries.
pub async fn deliver(poster: &Poster, records: &[Record], total: &mut Delivered) -> anyhow::Result<()> {
    for batch in records.chunks(BATCH) {
        let mut body = batch.join("\n").into_bytes();
        body.push(b'\n');
        let answer = insist(poster, body).await?;
        total.note(batch.len(), &answer);
    }
    Ok(())
}

async fn insist(poster: &Poster, body: Vec<u8>) -> anyhow::Result<Answer> {
    for _ in 0..TRIES {
        let reply = poster.post("application/x-ndjson", body.clone()).await?;
        match reply.status {
            202 | 400 => {
                return serde_json::from_slice(&reply.body).context("the daemon's answer cannot be read");
            }
            429 | 503 => tokio::time::sleep(Duration::from_millis(250)).await,
            status => bail!(
                "the daemon answered {status}: {}",
                String::from_utf8_lossy(&reply.body)
            ),
        }
    }
    bail!("the daemon was too busy to take the alerts, {TRIES} times in a row")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::alerts;
    use crate::web::testing::TestServer;

    #[tokio::test]
    async fn what_was_delivered_adds_up() {
        let now = "2026-11-22T12:00:00Z".parse().expect("RFC 3339");
        let server = TestServer::start(|_, _| ()).await;
        let poster = Poster::new(&server.url(), "/v1/events", None).expect("the test server has an address");
        let mut records = alerts::samples(now).expect("they are built in");
        records.extend(alerts::storm(200, now).records);
        records.extend(alerts::harmless(now));
        let mut delivered = Delivered::default();
        deliver(&poster, &records, &mut delivered)
            .await
            .expect("the server is there");
        let expected = Delivered {
            records: 348,
            stored: 337,
            repeated: 10,
            refused: 1,
        };
        assert_eq!(delivered, expected);
    }
}
