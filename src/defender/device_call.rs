//! What the call of an action on a device says: its address, and what its body holds beside the comment (facts sheet 3,
//! `mde_metadata.xml`). Used by `client`; pure.

use crate::domain::action::ActionKind;
use crate::domain::device::DeviceId;

/// One call on a device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceCall<'a> {
    /// What it does.
    pub kind: ActionKind,
    /// The device.
    pub device: &'a DeviceId,
    /// The comment, with our marker.
    pub comment: &'a str,
    /// `full` or `selective` of an isolation (full if nothing is said), `quick` or `full` of a scan (quick if nothing is said),
    /// the SHA-1 of a file, else nothing.
    pub argument: Option<&'a str>,
}

impl<'a> DeviceCall<'a> {
    /// The last part of its address.
    pub(super) fn segment(&self) -> &'static str {
        match self.kind {
            ActionKind::Restrict => "restrictCodeExecution",
            ActionKind::Release => "unrestrictCodeExecution",
            ActionKind::Isolate => "isolate",
            ActionKind::ReleaseIsolation => "unisolate",
            ActionKind::Scan => "runAntiVirusScan",
            ActionKind::CollectPackage => "collectInvestigationPackage",
            ActionKind::QuarantineFile => "StopAndQuarantineFile",
        }
    }

    /// The member of its body beside the comment.
    pub(super) fn member(&self) -> Option<(&'static str, &'a str)> {
        match (self.kind, self.argument) {
            (ActionKind::Isolate, Some("selective")) => Some(("IsolationType", "Selective")),
            (ActionKind::Isolate, _) => Some(("IsolationType", "Full")),
            (ActionKind::Scan, Some("full")) => Some(("ScanType", "Full")),
            (ActionKind::Scan, _) => Some(("ScanType", "Quick")),
            (ActionKind::QuarantineFile, Some(sha1)) => Some(("Sha1", sha1)),
            _ => None,
        }
    }
}
