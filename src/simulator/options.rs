//! What can be set about a simulated Defender, before its start ([`Options`]) and while it runs ([`Faults`]).
//!
//! Read by every file of the simulator, filled in by the command line, the demo and tests. Figures are Defender's own
//! (a 60 s window is written 60 s); whatever says "scaled" is divided by [`Options::scale`] when it is used.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::simulator::deed::Timed;
use crate::simulator::rule::FaultRule;
use crate::simulator::span::Span;

use crate::simulator::token::entra::Entra;

/// After this long without reaching the device the service gives an action up: 72 h 14 min 6 s in the recorded
/// `RestrictCodeExecution` (facts sheet 0.4, `[REAL]`).
pub const GIVES_UP_AFTER: Duration = Duration::from_secs(72 * 3600 + 14 * 60 + 6);

/// How a simulated Defender behaves. The default is a faithful, healthy service in real time.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Anything but a loopback address is refused. Default `127.0.0.1:0`, a free port.
    pub listen: SocketAddr,
    /// How many times faster than Defender's it lives: windows and delays are divided by it. Default 1.0.
    pub scale: f64,
    /// The rate windows, unscaled. Default 100 in 60 s and 1,500 in 3,600 s.
    pub windows: Vec<Window>,
    /// Which calls share a counter. Default: all action calls one, all reads another.
    pub budget_scope: BudgetScope,
    /// How a window is counted. Default: an exact log, the strictest reading of "in any 60 s".
    pub window_algorithm: WindowAlgorithm,
    /// Whether a call answered 429 still takes a place in the windows. Default true, the stricter reading.
    pub window_counts_rejected: bool,
    /// How a 429 is worded. Default as recorded from the service.
    pub quota_dialect: QuotaDialect,
    /// Whether a 429 carries `Retry-After`. Default true.
    pub retry_after: bool,
    /// How it is written then. Default whole seconds, or a fraction of them when time is scaled.
    pub retry_after_form: RetryAfter,
    /// The windows of `GET /api/deviceavinfo`, which has its own (facts sheet 4.3, `[DOC]`). Default 30 in 60 s and 1,000
    /// in 3,600 s.
    pub health_windows: Vec<Window>,
    /// The windows of live response, which has its own (facts sheet 3). Default 10 in 60 s.
    pub live_response_windows: Vec<Window>,
    /// How many live response sessions may be open at once; the next is answered 429. Default 25.
    pub live_response_sessions: u64,
    /// Seed of everything that is drawn: devices, delays, failures, faults. Ids of actions are always fresh.
    pub seed: u64,
    /// How long a reply takes, in real time, never scaled. Default 1 to 5 ms.
    pub latency: RangeInclusive<Duration>,
    /// How long an action stays `Pending`, scaled. Default 2 to 6 s.
    pub pending_for: RangeInclusive<Duration>,
    /// How long an action stays `InProgress`, scaled. Default 14 to 22 s: with the above about the recorded 22 s.
    pub in_progress_for: RangeInclusive<Duration>,
    /// Percentage of devices that are out of reach when their first action arrives. Default 0.
    pub offline_percent: f64,
    /// How long such a device stays away after its first action, scaled; then its pending actions fire. Longer than
    /// [`GIVES_UP_AFTER`] means `TimeOut`. Default 30 min.
    pub offline_for: Duration,
    /// Percentage of actions that end `Failed` with an error code. Default 0.
    pub fail_percent: f64,
    /// Percentage of well-formed device ids that the service does not know (404). Default 0.
    pub unknown_percent: f64,
    /// What a second action of the same type does while one is open. Default: it answers with the pending one.
    pub duplicate_mode: DuplicateMode,
    /// Percentage of cancelled actions that take effect all the same (facts sheet 2.3). Default 0.
    pub cancel_race_percent: f64,
    /// How long a new action cannot be read yet (404, absent from lists), scaled. Default 0.
    pub read_after_write: Duration,
    /// Most actions or machines in one reply; the rest is behind `@odata.nextLink`. Default 10,000.
    pub page_size: usize,
    /// Whether `@odata.nextLink` names another host than the one called, as the service may. The name is a reserved one
    /// that resolves nowhere. Default true.
    pub next_link_elsewhere: bool,
    /// Whether `@odata.context` names another host than the one called, as recorded. Default true.
    pub context_elsewhere: bool,
    /// Whether a body with a property that the service does not know is refused. Default true.
    pub refuse_unknown_properties: bool,
    /// The only client id and secret accepted; without one every non-empty pair is. Default none.
    pub credentials: Option<(String, String)>,
    /// The application roles in issued tokens. Default [`USEFUL_ROLES`].
    pub roles: Vec<String>,
    /// What the token endpoints know of certificates, federated tokens and users. Default: they take any.
    pub entra: Entra,
    /// How long a token is good for, in real time. Default 3,599 s.
    pub token_lifetime: Duration,
    /// So many devices are listed whether anybody called for them or not: those whose ids are the numbers from 0, in 40 hex
    /// digits. Default 0.
    pub listed: u64,
    /// Make-up of the fleet that ids are drawn from.
    pub fleet: Fleet,
    /// What is particular about single devices, by id.
    pub devices: BTreeMap<String, DeviceOverride>,
    /// What goes wrong on the way. Can be changed at run time.
    pub faults: Faults,
    /// Errors on demand, from the start: by route, device and number of the call. Can be changed at run time.
    pub rules: Vec<FaultRule>,
    /// What happens by itself, at its time after the start. Default nothing.
    pub timeline: Vec<Timed>,
    /// The alerts that `GET /api/alerts` lists, as the service writes them.
    pub alerts: Vec<serde_json::Map<String, serde_json::Value>>,
    /// What the control pages (`/_control/…`) must be shown as a bearer token. Default: drawn anew at each start.
    pub control_token: Option<String>,
    /// Most requests kept in the journal; the oldest are forgotten first. The report does not depend on it. Default
    /// 200,000.
    pub journal_limit: usize,
}

/// Every application role that a call of the simulator asks for.
pub const ALL_ROLES: [&str; 9] = [
    "Machine.RestrictExecution",
    "Machine.Isolate",
    "Machine.Scan",
    "Machine.CollectForensics",
    "Machine.StopAndQuarantine",
    "Machine.Offboard",
    "Machine.LiveResponse",
    "Machine.Read.All",
    "Alert.Read.All",
];

/// The application roles that a client of containment has a use for: those that Quell's own calls need, and to read alerts.
pub const USEFUL_ROLES: [&str; 7] = [
    "Machine.RestrictExecution",
    "Machine.Isolate",
    "Machine.Scan",
    "Machine.CollectForensics",
    "Machine.StopAndQuarantine",
    "Machine.Read.All",
    "Alert.Read.All",
];

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            scale: 1.0,
            windows: vec![Window::new(100, 60), Window::new(1500, 3600)],
            budget_scope: BudgetScope::default(),
            window_algorithm: WindowAlgorithm::default(),
            window_counts_rejected: true,
            quota_dialect: QuotaDialect::default(),
            retry_after: true,
            retry_after_form: RetryAfter::default(),
            health_windows: vec![Window::new(30, 60), Window::new(1000, 3600)],
            live_response_windows: vec![Window::new(10, 60)],
            live_response_sessions: 25,
            seed: 1,
            latency: Duration::from_millis(1)..=Duration::from_millis(5),
            pending_for: Duration::from_secs(2)..=Duration::from_secs(6),
            in_progress_for: Duration::from_secs(14)..=Duration::from_secs(22),
            offline_percent: 0.0,
            offline_for: Duration::from_secs(30 * 60),
            fail_percent: 0.0,
            unknown_percent: 0.0,
            duplicate_mode: DuplicateMode::default(),
            cancel_race_percent: 0.0,
            read_after_write: Duration::ZERO,
            page_size: 10_000,
            next_link_elsewhere: true,
            context_elsewhere: true,
            refuse_unknown_properties: true,
            credentials: None,
            roles: USEFUL_ROLES.map(str::to_owned).to_vec(),
            entra: Entra::default(),
            token_lifetime: Duration::from_secs(3599),
            listed: 0,
            fleet: Fleet::default(),
            devices: BTreeMap::new(),
            faults: Faults::default(),
            rules: Vec::new(),
            timeline: Vec::new(),
            alerts: Vec::new(),
            control_token: None,
            journal_limit: 200_000,
        }
    }
}

/// One rate window: at most `limit` calls in any span of `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Most calls.
    pub limit: u32,
    /// The window's length, unscaled.
    pub per: Duration,
}

impl Window {
    /// A window of whole seconds.
    pub const fn new(limit: u32, per_seconds: u64) -> Self {
        Self {
            limit,
            per: Duration::from_secs(per_seconds),
        }
    }
}

impl FromStr for Window {
    type Err = String;

    /// Reads `100/60s`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (limit, per) = text
            .split_once('/')
            .ok_or_else(|| format!("`{text}` is no window; write `100/60s`"))?;
        let limit = limit
            .parse()
            .map_err(|_| format!("`{limit}` is no number of calls"))?;
        let Span(per) = per.parse()?;
        if limit == 0 || per.is_zero() {
            return Err(format!("`{text}` lets no call through"));
        }
        Ok(Self { limit, per })
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}/{}", self.limit, Span(self.per)))
    }
}

/// How a window is counted. Undocumented; services commonly use one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowAlgorithm {
    /// Every call of the last span is remembered: exact.
    #[default]
    SlidingLog,
    /// A count that begins anew at each border of a grid.
    Fixed,
    /// The same, and the count before the border weighs in as far as the last span still reaches into it.
    SlidingCounter,
    /// As many tokens as the limit, and one more each `per / limit`. A refused call takes none.
    TokenBucket,
}

/// Which calls share a counter. Undocumented; the default is the project's reading of "per API" (facts sheet 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetScope {
    /// One counter for restrict, release and cancel, one for reads.
    #[default]
    ActionsAndReads,
    /// One counter for everything.
    Shared,
    /// Each endpoint has its own: the other reading of "per API".
    PerEndpoint,
}

/// How a 429 is worded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaDialect {
    /// Code `429` and a message that names the window, as recorded (facts sheet 0.1, `[REAL]`).
    #[default]
    Recorded,
    /// Code `TooManyRequests`, as Microsoft documents it (facts sheet 0.1).
    Documented,
}

/// How a 429 says when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Not at all.
    None,
    /// In seconds: whole ones in real time, with a fraction when time is scaled.
    #[default]
    Seconds,
    /// In seconds with a fraction, which is no HTTP.
    Fraction,
    /// As an HTTP date. Dates are real, so this one is `Retry-After` in scaled time and needs no division.
    Date,
}

/// What a second action of the same type does. All three have been seen (facts sheet 0.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateMode {
    /// The reply is the pending action, with 201 like a new one (the status was never recorded).
    #[default]
    ReturnPending,
    /// 400 `ActiveRequestAlreadyExists`, "Action is already in progress".
    #[serde(rename = "400_active")]
    Reject400,
    /// A second action is made, which stays `Pending` until the opposite one has succeeded and then takes effect after
    /// it; so does one that only repeats the state the device is in already.
    SecondStuckPending,
    /// One of these, drawn for each call.
    Random,
}

/// What the devices are like whose ids nobody described. All figures are percentages; a device's draw depends on the
/// seed and its id alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fleet {
    /// `WindowsServer2019` instead of a client system. Default 7.
    pub server_percent: f64,
    /// Tagged `tier-0`. Default 3.
    pub tier0_percent: f64,
    /// `deviceValue` `High`. Default 5.
    pub high_value_percent: f64,
    /// `deviceValue` `Low`. Default 10.
    pub low_value_percent: f64,
    /// `healthStatus` `Inactive`. Default 0.
    pub inactive_percent: f64,
    /// `onboardingStatus` `CanBeOnboarded`. Default 0.
    pub not_onboarded_percent: f64,
    /// A system for which Defender refuses the action (`OsPlatformNotSupported`). Default 0.
    pub unsupported_os_percent: f64,
}

impl Default for Fleet {
    fn default() -> Self {
        Self {
            server_percent: 7.0,
            tier0_percent: 3.0,
            high_value_percent: 5.0,
            low_value_percent: 10.0,
            inactive_percent: 0.0,
            not_onboarded_percent: 0.0,
            unsupported_os_percent: 0.0,
        }
    }
}

/// What is particular about one device; whatever is `None` is drawn like any other's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceOverride {
    /// `false`: the service answers 404 for it.
    pub known: Option<bool>,
    /// How long it stays out of reach after its first action, scaled; zero means it is online.
    pub offline_for: Option<Duration>,
    /// Whether its actions end `Failed`.
    pub fails: Option<bool>,
    /// `computerDnsName`.
    pub computer_dns_name: Option<String>,
    /// `osPlatform`.
    pub os_platform: Option<String>,
    /// `version`.
    pub version: Option<String>,
    /// `mergedIntoMachineId`.
    pub merged_into: Option<String>,
    /// `machineTags`.
    pub machine_tags: Option<Vec<String>>,
    /// `rbacGroupName`; the group's number follows from the name.
    pub rbac_group_name: Option<String>,
    /// `deviceValue`: `Normal`, `Low` or `High`.
    pub device_value: Option<String>,
    /// `riskScore`.
    pub risk_score: Option<String>,
    /// `exposureLevel`.
    pub exposure_level: Option<String>,
    /// `healthStatus`.
    pub health_status: Option<String>,
    /// `onboardingStatus`.
    pub onboarding_status: Option<String>,
    /// `lastSeen`.
    pub last_seen: Option<Timestamp>,
    /// `avMode` of its antivirus: `0` active, `1` passive, `2` disabled, `4` EDR blocked, `5` passive audit.
    pub av_mode: Option<String>,
    /// Why an action is not available on it, by the action's name in `availableMachineActions`.
    pub not_available: BTreeMap<String, String>,
}

/// What goes wrong with API calls, each in percent of the calls concerned. They are drawn in the order of the fields;
/// the first that comes up happens. The token endpoint is spared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The connection is reset and nothing was done. The call still counts in the windows.
    pub reset_before_processing_percent: f64,
    /// A gateway answers 503 with a page of HTML; nothing was done. The call still counts in the windows.
    pub http_503_before_processing_percent: f64,
    /// 401, as if the token had just been revoked; nothing was done.
    pub unauthorized_percent: f64,
    /// 429, though no window is full: somebody else used the budget up. Nothing was done. `Retry-After` is a tenth of the
    /// shortest window.
    pub too_many_percent: f64,
    /// The call is carried out and the connection is reset without one byte of answer.
    pub drop_after_processing_percent: f64,
    /// The call is carried out and the connection is reset amid the answer.
    pub cut_after_processing_percent: f64,
    /// The connection is reset without an answer, and the call is carried out only `late_by_ms` after that: the server's
    /// tail. A read is not carried out at all.
    pub late_percent: f64,
    /// How long after its arrival a late call is carried out, in real milliseconds.
    pub late_by_ms: u64,
    /// The call is carried out and answered 500 without a message.
    pub http_500_after_processing_percent: f64,
    /// The call is carried out and answered with its own status and a body that is not JSON.
    pub garbage_body_percent: f64,
    /// The call is carried out and answered only after `slow_for_ms`.
    pub slow_percent: f64,
    /// How late a slow answer is, in real milliseconds.
    pub slow_for_ms: u64,
    /// Only calls that change something suffer.
    pub spare_reads: bool,
}
