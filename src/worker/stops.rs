//! The stop switch as this process sees it: turns the stop file into the database's row, carries out what a stop takes back, and
//! tells the metrics. One for each process; every replica may do the same, whoever dispatches.
//!
//! It never resumes: a file that is gone again ends nothing, a person does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::{StopOrder, StopView, Store, StoreError};
use crate::worker::{BATCH_TIME, Outage, bounded, within_unless_stopped};

/// How often the file and the stops in force are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// So many devices a transaction.
const BATCH: i64 = 200;

/// What is kept of the file's text.
const LONGEST_REASON: usize = 500;

/// What it works with.
#[derive(Clone, Debug)]
pub struct Stops {
    /// Postgres.
    pub store: Store,
    /// The tenants of this process.
    pub tenants: Vec<(TenantId, String)>,
    /// The existence of this file stops.
    pub file: Option<PathBuf>,
}

impl Stops {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut is_unreadable = false;
        loop {
            if let Some(file) = &self.file {
                match file_says(file) {
                    Ok(Some(reason)) => {
                        if let Err(error) = bounded(self.by_file(&reason)).await {
                            outage.failed("the stop file", &error);
                        }
                        is_unreadable = false;
                    }
                    Ok(None) => is_unreadable = false,
                    Err(error) if !std::mem::replace(&mut is_unreadable, true) => {
                        tracing::error!(file = %file.display(), error = %error,
                            "it cannot be told whether the stop file exists: it stops nothing until that can be told");
                    }
                    Err(_) => {}
                }
            }
            if stop.is_cancelled() {
                return;
            }
            let wait = match self.look(&stop).await {
                Ok(()) => {
                    outage.worked("the stop switch");
                    EVERY
                }
                Err(error) => outage.failed("the stop switch", &error).max(EVERY),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// The file is there: it stops every tenant, unless one that it began is in force already.
    async fn by_file(&self, reason: &str) -> Result<(), StoreError> {
        let in_force = self.store.stops(None, None).await?;
        let stopped: BTreeSet<&str> = in_force
            .iter()
            .filter(|stop| stop.via == "file")
            .map(|stop| stop.tenant.as_str())
            .collect();
        if self
            .tenants
            .iter()
            .all(|(_, name)| stopped.contains(name.as_str()))
        {
            return Ok(());
        }
        let order = StopOrder {
            tenant: None,
            scope: StopScope::New,
            since: None,
            via: "file",
            by: "stop_file",
            reason,
        };
        self.store.stop_begin(&order).await.map(drop)
    }

    /// Carries out what the stops in force take back, and tells the metrics.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn look(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let stops = bounded(self.store.stops(None, None)).await?;
        for (tenant, name) in &self.tenants {
            let (is_stopped, takes_back) = concern(&stops, name);
            metrics::gauge!("quell_stopped", "tenant" => name.clone()).set(if is_stopped {
                1.0
            } else {
                0.0
            });
            if takes_back {
                self.take_back(*tenant, name, stop).await?;
            }
        }
        Ok(())
    }

    /// Batch after batch, until one finds nothing.
    async fn take_back(
        &self,
        tenant: TenantId,
        name: &str,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        loop {
            let work = self.store.stop_work(tenant, BATCH);
            let work = within_unless_stopped(BATCH_TIME, stop, work).await?;
            if work.ended == 0 {
                return Ok(());
            }
            tracing::warn!(
                tenant = name,
                containments = work.ended,
                "a stop took restrictions back"
            );
        }
    }
}

/// Whether a tenant is stopped, and whether something is taken back.
fn concern(stops: &[StopView], tenant: &str) -> (bool, bool) {
    let scopes = stops
        .iter()
        .filter(|stop| stop.tenant == tenant)
        .map(|stop| stop.scope);
    scopes.fold((false, false), |(_, takes_back), scope| {
        let its = matches!(scope, StopScope::CancelPending | StopScope::ReleaseAll);
        (true, takes_back || its)
    })
}

/// The reason that the file gives, if it is there. A file that cannot be read stops all the same.
fn file_says(file: &Path) -> std::io::Result<Option<String>> {
    if !file.try_exists()? {
        return Ok(None);
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let said: String = text
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_REASON)
        .collect();
    let said = said.trim();
    Ok(Some(match said {
        "" => format!("the file {} is there", file.display()),
        said => said.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_the_file_is_the_reason_and_an_empty_one_stops_too() {
        let directory = tempfile::tempdir().expect("the temporary directory takes another");
        let file = directory.path().join("stop");
        assert_eq!(file_says(&file).expect("it can be told"), None);
        std::fs::write(&file, "").expect("it is ours");
        let said = file_says(&file).expect("it can be told").expect("it is there");
        assert!(said.contains("is there"), "{said}");
        std::fs::write(&file, "wrong \u{1b}[31mplaybook \nmore").expect("it is ours");
        assert_eq!(
            file_says(&file).expect("it can be told").as_deref(),
            Some("wrong [31mplaybook")
        );
    }
}
