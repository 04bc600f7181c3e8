//! What a machine action is, and how it is written on the wire.
//!
//! Made and moved on by [`crate::simulator::book`]; shown by the API. Holds no rules.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::simulator::clock::stamp;

/// The actions that the simulator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Restrict app execution.
    Restrict,
    /// Lift the restriction.
    Release,
    /// Take the device off the network.
    Isolate,
    /// Let it back.
    ReleaseIsolation,
    /// Let Defender Antivirus scan.
    Scan,
    /// Collect an investigation package.
    CollectPackage,
    /// Stop a file's processes and quarantine it.
    QuarantineFile,
    /// Offboard the device from Defender.
    Offboard,
    /// Run commands in a live response session.
    LiveResponse,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Restrict,
        Self::Release,
        Self::Isolate,
        Self::ReleaseIsolation,
        Self::Scan,
        Self::CollectPackage,
        Self::QuarantineFile,
        Self::Offboard,
        Self::LiveResponse,
    ];

    /// Defender's name of the action's type (facts sheet 2.1, `[EDMX]`).
    pub fn wire(self) -> &'static str {
        match self {
            Self::Restrict => "RestrictCodeExecution",
            Self::Release => "UnrestrictCodeExecution",
            Self::Isolate => "Isolate",
            Self::ReleaseIsolation => "Unisolate",
            Self::Scan => "RunAntiVirusScan",
            Self::CollectPackage => "CollectInvestigationPackage",
            Self::QuarantineFile => "StopAndQuarantineFile",
            Self::Offboard => "Offboard",
            Self::LiveResponse => "LiveResponse",
        }
    }

    /// The action that undoes this one, if one does.
    pub fn opposite(self) -> Option<Self> {
        match self {
            Self::Restrict => Some(Self::Release),
            Self::Release => Some(Self::Restrict),
            Self::Isolate => Some(Self::ReleaseIsolation),
            Self::ReleaseIsolation => Some(Self::Isolate),
            _ => None,
        }
    }
}

/// Where an action stands. `Pending → InProgress → Succeeded | Failed | TimeOut | Cancelled`, the last two also straight
/// from `Pending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waits for the device.
    Pending,
    /// The device is at it.
    InProgress,
    /// Done.
    Succeeded,
    /// The device could not do it.
    Failed,
    /// The device was not reached within three days and a quarter of an hour.
    TimeOut,
    /// Called back.
    Cancelled,
}

impl Status {
    /// Defender's spelling.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimeOut => "TimeOut",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether the action is not over yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress)
    }

    /// `errorHResult` at this status. Those of `TimeOut` and `Cancelled` are recorded (facts sheet 2.2, `[REAL]`); no
    /// failed restriction is, so `Failed` carries "access denied" (0x80070005).
    pub fn error_hresult(self) -> i32 {
        match self {
            Self::Pending | Self::InProgress | Self::Succeeded => 0,
            Self::Failed => -2_147_024_891,
            Self::TimeOut => -2_145_844_840,
            Self::Cancelled => -2_147_467_260,
        }
    }
}

/// Through which door an action came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The API under test.
    PublicApi,
    /// A person in Defender's own console.
    Portal,
}

impl Source {
    /// Defender's spelling.
    pub fn wire(self) -> &'static str {
        match self {
            Self::PublicApi => "PublicApi",
            Self::Portal => "Portal",
        }
    }
}

/// What a caller asks for with a new action.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which action.
    pub kind: Kind,
    /// On which device.
    pub device: String,
    /// The device's name.
    pub computer_dns_name: String,
    /// Who asks: the app's client id, or a person.
    pub requestor: String,
    /// Why, in the caller's words.
    pub comment: String,
    /// The undocumented `Title`.
    pub title: Option<String>,
    /// The undocumented `ExternalId`.
    pub external_id: Option<String>,
    /// Through which door.
    pub source: Source,
    /// What belongs to some kinds only.
    pub details: Details,
}

/// What a caller says beside the comment; each is of one kind of action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// `scope`: `Full` or `Selective` of an isolation, `Quick` or `Full` of a scan.
    pub scope: Option<String>,
    /// The file to quarantine, by its SHA-1.
    pub sha1: Option<String>,
    /// The commands of a live response session.
    pub commands: Vec<LiveCommand>,
}

/// A command of a live response session: its type and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCommand {
    /// `PutFile`, `RunScript` or `GetFile`.
    pub kind: String,
    /// Keys and values, as they came.
    pub params: Vec<(String, String)>,
}

/// Who called an action back, and when.
#[derive(Clone, Debug)]
pub struct Cancellation {
    /// The app's client id.
    pub requestor: String,
    /// Why.
    pub comment: String,
    /// When.
    pub at: Timestamp,
}

/// A machine action. Serialises as the service writes it: all properties, in the order of the recorded body
/// (facts sheet 1.2, `[REAL]`).
#[derive(Clone, Debug)]
pub struct Action {
    /// A fresh GUID.
    pub id: String,
    /// What was asked for.
    pub request: Request,
    /// Where it stands.
    pub status: Status,
    /// When it was made, wall time.
    pub created_at: Timestamp,
    /// When it last changed, wall time.
    pub updated_at: Timestamp,
    /// Set when it was called back.
    pub cancellation: Option<Cancellation>,
    /// From when on it can be read.
    pub visible_from: Instant,
    /// A duplicate that waits for the opposite action to succeed first.
    pub stuck: bool,
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cancelled = self.cancellation.as_ref();
        let mut body = serializer.serialize_struct("MachineAction", 20)?;
        body.serialize_field("id", &self.id)?;
        body.serialize_field("type", self.request.kind.wire())?;
        body.serialize_field("title", &self.request.title)?;
        body.serialize_field("requestor", &self.request.requestor)?;
        body.serialize_field("requestorComment", &self.request.comment)?;
        body.serialize_field("status", self.status.wire())?;
        body.serialize_field("machineId", &self.request.device)?;
        body.serialize_field("computerDnsName", &self.request.computer_dns_name)?;
        body.serialize_field("creationDateTimeUtc", &stamp(self.created_at))?;
        body.serialize_field("lastUpdateDateTimeUtc", &stamp(self.updated_at))?;
        body.serialize_field(
            "cancellationRequestor",
            &cancelled.map(|cancelled| &cancelled.requestor),
        )?;
        body.serialize_field(
            "cancellationComment",
            &cancelled.map(|cancelled| &cancelled.comment),
        )?;
        body.serialize_field(
            "cancellationDateTimeUtc",
            &cancelled.map(|cancelled| stamp(cancelled.at)),
        )?;
        body.serialize_field("errorHResult", &self.status.error_hresult())?;
        body.serialize_field("scope", &self.request.details.scope)?;
        body.serialize_field("externalId", &self.request.external_id)?;
        body.serialize_field("requestSource", self.request.source.wire())?;
        let file = self.request.details.sha1.as_ref();
        let file = file.map(|sha1| json!({ "fileIdentifier": sha1, "fileIdentifierType": "Sha1" }));
        body.serialize_field("relatedFileInfo", &file)?;
        body.serialize_field("commands", &self.commands())?;
        body.serialize_field("troubleshootInfo", &None::<&str>)?;
        body.end()
    }
}

impl Action {
    /// What became of the commands of a live response session, as `commands` shows it (facts sheet 2.1).
    fn commands(&self) -> Vec<Value> {
        let status = match self.status {
            Status::Pending => "Created",
            Status::InProgress => "Executing",
            Status::Succeeded => "Completed",
            Status::Failed | Status::TimeOut | Status::Cancelled => "Failed",
        };
        let over = (!self.status.is_open()).then(|| stamp(self.updated_at));
        let commands = self.request.details.commands.iter().enumerate();
        commands
            .map(|(index, command)| {
                let params: Vec<Value> = (command.params.iter())
                    .map(|(key, value)| json!({ "key": key, "value": value }))
                    .collect();
                json!({
                    "index": index, "startTime": stamp(self.created_at), "endTime": over, "commandStatus": status,
                    "errors": [], "command": { "type": command.kind, "params": params },
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_action_is_written_exactly_as_the_recorded_one() {
        let created_at = Timestamp::new(1_729_510_078, 144_730_200).expect("the time is in range");
        let action = Action {
            id: "ed74c544-91d4-414d-8805-5c26e028ef7e".to_owned(),
            request: Request {
                kind: Kind::Restrict,
                device: "1234".to_owned(),
                computer_dns_name: "windows11".to_owned(),
                requestor: "Integration MSGraph Security API".to_owned(),
                comment: "New new comment".to_owned(),
                title: None,
                external_id: None,
                source: Source::PublicApi,
                details: Details::default(),
            },
            status: Status::Pending,
            created_at,
            updated_at: Timestamp::new(1_729_510_078, 144_730_700).expect("the time is in range"),
            cancellation: None,
            visible_from: Instant::now(),
            stuck: false,
        };
        // The body recorded by SEKOIA-IO/automation-library (MIT), tests/test_endpoint_actions.py, without the context.
        let recorded = r#"{"id":"ed74c544-91d4-414d-8805-5c26e028ef7e","type":"RestrictCodeExecution","title":null,"requestor":"Integration MSGraph Security API","requestorComment":"New new comment","status":"Pending","machineId":"1234","computerDnsName":"windows11","creationDateTimeUtc":"2024-10-21T11:27:58.1447302Z","lastUpdateDateTimeUtc":"2024-10-21T11:27:58.1447307Z","cancellationRequestor":null,"cancellationComment":null,"cancellationDateTimeUtc":null,"errorHResult":0,"scope":null,"externalId":null,"requestSource":"PublicApi","relatedFileInfo":null,"commands":[],"troubleshootInfo":null}"#;
        assert_eq!(serde_json::to_string(&action).expect("it serialises"), recorded);
    }
}
