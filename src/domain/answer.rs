//! What a call to Defender came to: the contract between `defender::Client`, which classifies every possible reply
//! into one of these, and [`crate::domain::action`], which says what follows. Total by construction.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The fate of one action call (restrict, release, cancel).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 2xx with a readable machine action: ours if its comment carries our marker, else adopted.
    Accepted(Box<MachineAction>),
    /// 400 `ActiveRequestAlreadyExists` or "action is already in progress": no new action was made.
    AlreadyInProgress(Refusal),
    /// 429: not executed; the slot stays used.
    Throttled {
        /// `Retry-After`, as seconds or as a date against the `Date` header; `None` when missing or absurd.
        retry_after: Option<Duration>,
        /// The window that the body names as exhausted, e.g. 1 h in "maximum allowed 1500 per 01:00:00".
        window: Option<Duration>,
        /// The reply.
        refusal: Refusal,
    },
    /// 401: not executed; a new token is needed.
    Unauthorized(Refusal),
    /// 403: not executed, permanent until somebody changes permissions.
    Forbidden(Refusal),
    /// 404 for the device: not executed, permanent for this device.
    NotFound(Refusal),
    /// Another 400 or 4xx with a definite meaning: not executed, permanent for this device.
    Rejected(Refusal),
    /// The send deadline had passed before the call could be handed over: nothing was sent, and nothing is wrong with the way
    /// to Defender. We were slow.
    Late {
        /// Why.
        reason: String,
    },
    /// DNS, connect or TLS failed, or no token could be had: nothing was sent.
    NotSent {
        /// Why.
        reason: String,
    },
    /// Anything else, once a byte may have gone out: 2xx unreadable, 408, 5xx, time-out, reset. Never resend blindly.
    Unknown {
        /// What was seen.
        reason: String,
        /// The HTTP status, if one was read.
        status: Option<u16>,
    },
}

/// A definite refusal, as Defender put it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `error.code`, empty when there was none.
    pub code: String,
    /// `error.message`, sanitised and cut to 500 characters; empty when there was none.
    pub message: String,
    /// `error.target`: the per-response correlation id that Microsoft's support asks for.
    pub target: Option<String>,
    /// A 403 although the token holds the permission: what a signed-in user may do depends on the device's group too, so
    /// this speaks of one device.
    #[serde(default)]
    pub is_of_device: bool,
}

impl Refusal {
    /// A 403 that speaks of us (the application lacks a right, or a gateway refused us) and not of the device or feature. Where
    /// [`Refusal::is_of_device`] it is a user's right on this device that is missing.
    pub fn is_missing_right(&self) -> bool {
        self.status == 403 && (self.code.is_empty() || self.code == "Forbidden")
    }

    /// A 400 or 404 that speaks of the device, and not of how we asked: a release refused so may have nothing to lift
    /// (undocumented; facts sheet 9).
    pub fn speaks_of_device(&self) -> bool {
        const OF_THE_REQUEST: [&str; 6] = [
            "ODataError",
            "InvalidInput",
            "InvalidRequestBody",
            "MissingRequiredParameter",
            "MaximumBatchSizeExceeded",
            "",
        ];
        matches!(self.status, 400 | 404) && !OF_THE_REQUEST.contains(&self.code.as_str())
    }
}

/// A machine action as Defender tells it (facts sheet 2.1), the members that we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineAction {
    /// Defender's id.
    pub id: String,
    /// What it does.
    pub kind: MachineActionKind,
    /// Where it stands.
    pub status: MachineActionStatus,
    /// The device, when given.
    pub machine_id: Option<String>,
    /// Our `Comment`, verbatim.
    pub requestor_comment: Option<String>,
    /// Who asked.
    pub requestor: Option<String>,
    /// `creationDateTimeUtc`.
    pub created_at: Option<Timestamp>,
    /// `lastUpdateDateTimeUtc`, or its old spelling `lastUpdateTimeUtc`.
    pub updated_at: Option<Timestamp>,
    /// `errorHResult`; 0 is fine.
    pub error_hresult: i32,
    /// `externalId`.
    pub external_id: Option<String>,
}

/// `type` of a machine action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MachineActionKind {
    /// `RestrictCodeExecution`.
    Restrict,
    /// `UnrestrictCodeExecution`.
    Unrestrict,
    /// `Isolate`.
    Isolate,
    /// `Unisolate`.
    Unisolate,
    /// `RunAntiVirusScan`.
    RunAntiVirusScan,
    /// `CollectInvestigationPackage`.
    CollectInvestigationPackage,
    /// `StopAndQuarantineFile`.
    StopAndQuarantineFile,
    /// Any other, as written.
    Other(String),
}

/// `status` of a machine action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MachineActionStatus {
    /// `Pending`.
    Pending,
    /// `InProgress`.
    InProgress,
    /// `Succeeded`.
    Succeeded,
    /// `Failed`.
    Failed,
    /// `TimeOut`.
    TimeOut,
    /// `Cancelled`, or its old spelling `Canceled`.
    Cancelled,
    /// A status that we do not know: not final; kept, followed and reported.
    Other(String),
}

impl MachineActionStatus {
    /// Reads the wire name.
    pub fn from_wire(name: &str) -> Self {
        match name {
            "Pending" => Self::Pending,
            "InProgress" => Self::InProgress,
            "Succeeded" => Self::Succeeded,
            "Failed" => Self::Failed,
            "TimeOut" => Self::TimeOut,
            "Cancelled" | "Canceled" => Self::Cancelled,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The wire name.
    pub fn as_wire(&self) -> &str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimeOut => "TimeOut",
            Self::Cancelled => "Cancelled",
            Self::Other(name) => name,
        }
    }

    /// Whether nothing more is to come.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::TimeOut | Self::Cancelled
        )
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
