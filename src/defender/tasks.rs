//! The calls of tasks, which are done once: scan, collect a package, quarantine a file; and the link to a collected package.
//!
//! Each is a call like any other: a permit goes in, an answer comes out. The link is a secret for as long as it holds: whoever has
//! it can fetch the package without a token, so it is never logged and never stored. Called by `worker::submit` and by
//! `quell actions package`.

use std::fmt;

use super::client::{malformed, whole};
use super::{Client, ReadError};
use crate::domain::answer::Answer;
use crate::domain::device::DeviceId;
use crate::domain::task::{ScanType, Sha1, Task};
use crate::limiter::{Permit, ReadPermit};

impl Client {
    /// Does a task on a device.
    pub async fn task(&self, permit: Permit, device: &DeviceId, task: &Task, comment: &str) -> Answer {
        match task {
            Task::Scan { scan } => self.scan(permit, device, *scan, comment).await,
            Task::CollectPackage => self.collect_package(permit, device, comment).await,
            Task::QuarantineFile { sha1 } => self.quarantine_file(permit, device, sha1, comment).await,
        }
    }

    /// Scans a device (`runAntiVirusScan`, facts sheet 3).
    pub async fn scan(&self, permit: Permit, device: &DeviceId, scan: ScanType, comment: &str) -> Answer {
        let path = ["machines", device.as_str(), "runAntiVirusScan"];
        let more = Some(("ScanType", scan.as_wire()));
        self.act_with(permit, &path, comment, more).await
    }

    /// Collects an investigation package (`collectInvestigationPackage`, facts sheet 3).
    pub async fn collect_package(&self, permit: Permit, device: &DeviceId, comment: &str) -> Answer {
        let path = ["machines", device.as_str(), "collectInvestigationPackage"];
        self.act_with(permit, &path, comment, None).await
    }

    /// Stops a file and quarantines it (`StopAndQuarantineFile`, with its capital, facts sheet 3).
    pub async fn quarantine_file(
        &self,
        permit: Permit,
        device: &DeviceId,
        sha1: &Sha1,
        comment: &str,
    ) -> Answer {
        let path = ["machines", device.as_str(), "StopAndQuarantineFile"];
        let more = Some(("Sha1", sha1.as_str()));
        self.act_with(permit, &path, comment, more).await
    }

    /// The link to a collected package (`getPackageUri`, facts sheet 3); `None` while there is none, or when Defender does not know
    /// the action.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn package_link(
        &self,
        permit: ReadPermit,
        action_id: &str,
    ) -> Result<Option<PackageLink>, ReadError> {
        let url = self
            .resource(&["machineactions", action_id, "getPackageUri"])
            .map_err(malformed)?;
        let Some(reply) = self.read(permit, url, self.body_bound()).await? else {
            return Ok(None);
        };
        let body = whole(&reply)?;
        let link = body.get("value").and_then(serde_json::Value::as_str);
        match link {
            Some(link) if link.starts_with("https://") || link.starts_with("http://") => {
                Ok(Some(PackageLink(link.to_owned())))
            }
            // What was there instead is not told: it may hold a part of a link.
            _ => Err(malformed("the answer holds no link to a package".to_owned())),
        }
    }
}

/// A link that opens a collected package without a token, for a short time.
#[derive(Clone, PartialEq, Eq)]
pub struct PackageLink(String);

impl PackageLink {
    /// The link, to be shown to the person who asked for it and to nobody else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PackageLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PackageLink(…)")
    }
}
