//! The configuration: one YAML file, read once, checked whole, compiled to plain values.
//!
//! Called by `app` and `cli`, which alone see all of it; every other module takes its own small options. All errors of
//! a file come in one run, each with its line. It never prints a secret: secrets are named by file, and one that was
//! written out all the same is masked in every message. `config/quell.example.yaml` documents every key.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::approval::ApprovalRules;
use crate::domain::budget::{CallTiming, Window};
use crate::domain::decision::{Cap, Rules};
use crate::domain::device::DeviceIdRule;
use crate::domain::device::kind::KindSigns;
use crate::domain::drift::DriftTerms;
use crate::domain::guard::Protections;
use crate::domain::lookup::LookupTerms;
use crate::domain::surge::Surge;
use crate::domain::task::TaskLimit;
use crate::domain::verdict::{AskTerms, Mode};
use crate::telemetry::LogOptions;
use crate::yaml::{self, Code, Diagnostic, Diagnostics, SourceText};

pub mod access;
mod approvals;
mod budget;
mod credential;
mod drift;
pub mod environment;
mod guards;
mod lookups;
mod observe;
mod pace;
mod reach;
pub mod receivers;
mod retention;
pub mod schema;
mod secret;
mod section;
mod server;
pub mod source;
mod tenant;

pub use budget::Budget;
pub use credential::{Credential, CredentialKind};
pub use drift::{DriftLooks, Releases};
pub use lookups::Lookups;
pub use observe::Otlp;
pub use pace::{Call, Facts, Inventory, Reconcile, Retry, SHORTEST_SEND_DEADLINE, SHORTEST_TOTAL_TIMEOUT};
pub use reach::{Proxy, Reach, ReachError};
pub use receivers::{Outbound, Receiver, ReceiverKind};
pub use retention::Retention;
pub use secret::{SecretError, SecretFile};
pub use server::{Database, DatabaseAddress, Http, InboxBounds, Tls};
pub use source::{Source, SourceKind, Webhook};
pub use tenant::Tenant;

use credential::AzureEnvironment;
use secret::Places;
use section::{Kind, Reading, Section};

/// Everything that an operator configures. Durations are as written; [`Config::scaled`] divides them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `database`: where Postgres is.
    pub database: Database,
    /// `http`: where we listen.
    pub http: Http,
    /// `inbox`: how many events may wait for their decision, and how long before a person is told.
    pub inbox: InboxBounds,
    /// `log`: what is logged.
    pub log: LogOptions,
    /// `heartbeat.every`: how often a synthetic event goes from intake to decision; zero: never. Default 1 min.
    pub heartbeat: Duration,
    /// `telemetry.otlp`: where traces go. Default nowhere.
    pub otlp: Option<Otlp>,
    /// `time_scale`: every duration but `lease` is divided by this. Default 1; larger only against a scaled simulator.
    pub time_scale: u32,
    /// `mode`: no playbook goes beyond it. Default `enforce`.
    pub mode: Mode,
    /// `playbooks.path`: the directory (or file) of the playbooks.
    pub playbooks: PathBuf,
    /// `device_id_pattern`: what a device id must look like, whole. Default `[0-9a-f]{40}`.
    pub device_id_pattern: String,
    /// `tenants`: at least one.
    pub tenants: Vec<Tenant>,
    /// `sources`: where events come from beside the listener's own `/v1/events`. Default none.
    pub sources: Vec<Source>,
    /// `receivers`: who is told of what. Default nobody.
    pub receivers: Vec<Receiver>,
    /// `outbound`: how they are told.
    pub outbound: Outbound,
    /// `call`: the spans that bound a call.
    pub call: Call,
    /// `reconcile`: how often Defender's list is read.
    pub reconcile: Reconcile,
    /// `facts`: what is known of devices.
    pub facts: Facts,
    /// `devices.kinds`: what tells the kind of a device before its operating system does.
    pub kinds: KindSigns,
    /// `devices.lookups`: what else is asked about a device before its first call.
    pub lookups: Lookups,
    /// `freshness`: an older event asks instead of acting. Default 1 h.
    pub freshness: Duration,
    /// `validity`: a restriction that was not sent within this span is not sent any more. Default 24 h.
    pub validity: Duration,
    /// `retry`: what follows an action that came to nothing.
    pub retry: Retry,
    /// `drift`: what follows when others restrict and release.
    pub drift: DriftLooks,
    /// `release`: restrictions that stay longer than they should.
    pub release: Releases,
    /// `retention`: how long what has arrived and been decided is kept.
    pub retention: Retention,
    /// `never`: devices that are never restricted.
    pub never: Protections,
    /// `tasks`: how many in a window, over all playbooks, and how long what a scan found may take to arrive.
    pub tasks: (TaskLimit, Duration),
    /// `caps`: distinct devices in a window, over all playbooks.
    pub caps: Vec<Cap>,
    /// `surge`: what one source, user or title may drive, and the devices of administrators.
    pub surge: Surge,
    /// `outstanding`: restrictions open at Defender at once, at most. Default 500.
    pub outstanding: u32,
    /// `approvals.default`: who answers where a playbook does not say.
    pub default_ask: AskTerms,
    /// `stop_file`: while this file is there everything is stopped. Default none.
    pub stop_file: Option<PathBuf>,
    /// `approvals.groups` and `approvals.four_eyes`: who may answer.
    pub approvals: ApprovalRules,
    /// `lease`: how long a replica that dies keeps the dispatch. Never scaled. Default 15 s.
    pub lease: Duration,
}

/// A configuration that can be used, and what to think about all the same.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Warnings only.
    pub warnings: Diagnostics,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is wrong; every error, and the warnings.
    #[error("the configuration has {} error(s)\n{}", .0.errors(), .0.render(false))]
    Invalid(Diagnostics),
}

/// The device ids that Defender shows in every public sample.
const DEVICE_ID_PATTERN: &str = "[0-9a-f]{40}";

/// How many times as fast time may run.
const SCALES: RangeInclusive<u32> = 1..=10_000;

impl Config {
    /// Reads and checks a file. Secrets are not read yet: see [`Config::secret_files`].
    ///
    /// # Errors
    /// The file cannot be read, or is wrong; then with everything that is wrong.
    pub fn load(path: &Path) -> Result<Loaded, ConfigError> {
        let failed = |source| ConfigError::Read {
            path: path.to_path_buf(),
            source,
        };
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let base = path
            .canonicalize()
            .map_err(failed)?
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default();
        let places = Places {
            base,
            credentials: environment::read("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            azure: AzureEnvironment::read(),
        };
        Self::parse_in(&path.display().to_string(), &text, &places).map_err(ConfigError::Invalid)
    }

    /// Checks a text. Relative paths in it begin at `base`; names of secrets without a slash lie in `credentials`.
    ///
    /// # Errors
    /// Everything that is wrong with it, and the warnings.
    pub fn parse(
        file: &str,
        text: &str,
        base: &Path,
        credentials: Option<PathBuf>,
    ) -> Result<Loaded, Diagnostics> {
        let places = Places {
            base: base.to_path_buf(),
            credentials,
            ..Places::default()
        };
        Self::parse_in(file, text, &places)
    }

    fn parse_in(file: &str, text: &str, places: &Places) -> Result<Loaded, Diagnostics> {
        let mut reading = Reading::default();
        let config = match yaml::parse(file, text) {
            Ok(document) => Some(Self::read(&document, places, &mut reading)),
            Err(errors) => {
                reading.found.extend(errors);
                None
            }
        };
        let mut found = masked(&reading.found, text);
        found.sort();
        match config {
            Some(config) if !found.has_errors() => Ok(Loaded {
                config,
                warnings: found,
            }),
            _ => Err(found),
        }
    }

    fn read(document: &yaml::Document, places: &Places, reading: &mut Reading) -> Self {
        let node = document.root();
        secret::report_written_out(&node, reading);
        let mut root = Section::root(&node, reading);
        let database = root.required_section("database", reading);
        let spans = pace::Spans::read(&mut root, reading);
        let (kinds, lookups) = guards::read_devices(root.section("devices", reading), reading);
        let tenants = tenant::read_all(root.required("tenants", Kind::Maps(1), reading), places, reading);
        let sources = source::read_all(&mut root, &tenants, places, reading);
        let receivers = receivers::read_all(&mut root, &tenants, places, reading);
        let (default_ask, approvals) = approvals::read(root.section("approvals", reading), reading);
        let config = Self {
            database: Database::read(database, places, reading),
            http: Http::read(root.section("http", reading), places, reading),
            inbox: InboxBounds::read(root.section("inbox", reading), reading),
            log: server::read_log(root.section("log", reading), reading),
            heartbeat: observe::read_heartbeat(root.section("heartbeat", reading), reading),
            otlp: observe::read_telemetry(root.section("telemetry", reading), places, reading),
            time_scale: read_time_scale(&mut root, reading),
            mode: root.choice(
                "mode",
                &[Mode::Off, Mode::Observe, Mode::Enforce].map(|mode| (mode.as_str(), mode)),
                Mode::Enforce,
                reading,
            ),
            playbooks: places.base.join(read_playbooks(&mut root, reading)),
            device_id_pattern: read_device_id_pattern(&mut root, reading),
            tenants,
            sources,
            receivers,
            outbound: Outbound::read(root.section("outbound", reading), reading),
            call: Call::read(root.section("call", reading), reading),
            reconcile: Reconcile::read(root.section("reconcile", reading), reading),
            facts: Facts::read(root.section("facts", reading), reading),
            kinds,
            lookups,
            freshness: spans.freshness,
            validity: spans.validity,
            retry: Retry::read(root.section("retry", reading), reading),
            drift: DriftLooks::read(root.section("drift", reading), reading),
            release: Releases::read(root.section("release", reading), reading),
            retention: Retention::read(root.section("retention", reading), reading),
            never: guards::read_never(root.section("never", reading), reading),
            tasks: guards::read_tasks(root.section("tasks", reading), reading),
            caps: guards::read_caps(&mut root, reading),
            surge: guards::read_surge(root.section("surge", reading), reading),
            outstanding: root.count("outstanding", 1..=1_000_000, 500, reading),
            default_ask,
            approvals,
            stop_file: root.text("stop_file", reading).map(|name| places.base.join(name)),
            lease: spans.lease,
        };
        source::webhook::check(&config.sources, &config.http, &root, reading);
        access::check_people(&config.http.access, &root, reading);
        if config.facts.inventory.every.is_zero() {
            source::shape::check_without_inventory(&config.sources, &root, reading);
        }
        root.close(reading);
        config
    }

    /// A configured duration as it holds in real time: divided by `time_scale`.
    pub fn scaled(&self, span: Duration) -> Duration {
        pace::scale(span, self.time_scale)
    }

    /// How drift is dealt with, in real time.
    pub fn drift_terms(&self) -> DriftTerms {
        DriftTerms {
            on_lift: self.drift.on_lift,
            again_after: self.scaled(self.drift.again_after),
            at_most: self.drift.at_most,
        }
    }

    /// What is asked about a device before its first call, in real time.
    pub fn lookup_terms(&self) -> LookupTerms {
        LookupTerms {
            available_actions: self.lookups.available_actions,
            antivirus: self.lookups.antivirus,
            max_age: self.scaled(self.lookups.max_age),
            wait: self.scaled(self.lookups.wait),
        }
    }

    /// The windows as they hold in real time.
    pub fn scaled_windows(&self, windows: &[Window]) -> Vec<Window> {
        windows
            .iter()
            .map(|window| Window {
                limit: window.limit,
                per: self.scaled(window.per),
            })
            .collect()
    }

    /// How a call is made, in real time: scaled, but no shorter than a call can be.
    pub fn call_timing(&self) -> CallTiming {
        CallTiming {
            send_deadline: self.scaled(self.call.send_deadline).max(SHORTEST_SEND_DEADLINE),
            total_timeout: self.scaled(self.call.total_timeout).max(SHORTEST_TOTAL_TIMEOUT),
            server_tail: self.scaled(self.call.server_tail),
            list_lag: self.scaled(self.call.list_lag),
        }
    }

    /// How long connecting may take, in real time.
    pub fn connect_timeout(&self) -> Duration {
        self.scaled(self.call.connect_timeout).max(SHORTEST_SEND_DEADLINE)
    }

    /// The rules over all playbooks, in real time.
    pub fn rules(&self) -> Rules {
        Rules {
            ceiling: self.mode,
            freshness: self.scaled(self.freshness),
            never: self.never.clone(),
            caps: self
                .caps
                .iter()
                .map(|cap| Cap {
                    per: self.scaled(cap.per),
                    ..*cap
                })
                .collect(),
            surge: Surge {
                per: self.scaled(self.surge.per),
                ..self.surge.clone()
            },
            default_ask: AskTerms {
                within: self.scaled(self.default_ask.within),
                ..self.default_ask.clone()
            },
        }
    }

    /// The rule for device ids.
    pub fn device_id_rule(&self) -> DeviceIdRule {
        if self.device_id_pattern == DEVICE_ID_PATTERN {
            return DeviceIdRule::default();
        }
        DeviceIdRule::with_pattern(&self.device_id_pattern).expect("the pattern was checked when it was read")
    }

    /// Every file that holds a secret, with the key that names it.
    pub fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        let mut files = Vec::new();
        if let DatabaseAddress::File(file) = &self.database.address {
            files.push(("database.url_file".to_owned(), file));
        }
        files.extend(
            self.http
                .token_file
                .iter()
                .map(|file| ("http.token_file".to_owned(), file)),
        );
        files.extend(
            self.http
                .operator_token_file
                .iter()
                .map(|file| ("http.operator_token_file".to_owned(), file)),
        );
        let oidc = self.http.access.oidc.iter();
        let secrets = oidc.flat_map(|oidc| &oidc.client_secret);
        files.extend(secrets.map(|file| ("http.access.oidc.client_secret_file".to_owned(), file)));
        let headers = self.otlp.iter().filter_map(|otlp| otlp.headers_file.as_ref());
        files.extend(headers.map(|file| ("telemetry.otlp.headers_file".to_owned(), file)));
        for (position, tenant) in self.tenants.iter().enumerate() {
            let secret = tenant.credential.secret_file();
            let secret = secret.map(|(key, file)| (format!("tenants[{position}].credential.{key}"), file));
            let password = tenant.reach.password_file();
            let password = password.map(|file| (format!("tenants[{position}].proxy.password_file"), file));
            files.extend(secret.into_iter().chain(password));
        }
        for (position, source) in self.sources.iter().enumerate() {
            let secrets = source.secret_files().into_iter();
            files.extend(secrets.map(|(key, file)| (format!("sources[{position}].{key}"), file)));
        }
        for (position, receiver) in self.receivers.iter().enumerate() {
            let secrets = receiver.secret_files().into_iter();
            files.extend(secrets.map(|(key, file)| (format!("receivers[{position}].{key}"), file)));
        }
        files
    }
}

/// The same diagnostics over a text in which secrets are masked, since each shows lines of it.
fn masked(found: &Diagnostics, text: &str) -> Diagnostics {
    let source = SourceText::new(&secret::mask(text));
    let mut masked = Diagnostics::default();
    for each in found.iter() {
        let again = Diagnostic::new(
            each.code,
            &each.file,
            &source,
            each.span.clone(),
            each.message.as_str(),
        );
        masked.push(match &each.help {
            Some(help) => again.help(help.as_str()),
            None => again,
        });
    }
    masked
}

fn read_time_scale(root: &mut Section<'_>, reading: &mut Reading) -> u32 {
    let Some(node) = root.get("time_scale", Kind::Count(SCALES), reading) else {
        return 1;
    };
    let scale = section::count_in(&node, SCALES, reading).unwrap_or(1);
    if scale != 1 {
        let message = format!("time runs {scale} times as fast: every duration is divided by it");
        let help =
            "for a server that is scaled alike, such as `quell simulate`; never against Defender itself";
        reading
            .found
            .push(node.diagnostic(Code::TIME_SCALED, message).help(help));
    }
    scale
}

fn read_playbooks(root: &mut Section<'_>, reading: &mut Reading) -> String {
    let Some(node) = root.required("playbooks", Kind::Map, reading) else {
        return String::new();
    };
    let mut section = Section::of(&node, reading);
    let path = section.required_text("path", reading);
    section.close(reading);
    path
}

fn read_device_id_pattern(root: &mut Section<'_>, reading: &mut Reading) -> String {
    let Some(node) = root.get("device_id_pattern", Kind::Text, reading) else {
        return DEVICE_ID_PATTERN.to_owned();
    };
    let pattern = section::text_of(&node, reading).unwrap_or_else(|| DEVICE_ID_PATTERN.to_owned());
    if let Err(error) = DeviceIdRule::with_pattern(&pattern) {
        let message = format!("`device_id_pattern` is not a regular expression: {error}");
        reading
            .found
            .push(node.diagnostic(Code::BAD_DEVICE_PATTERN, message));
    }
    pattern
}

#[cfg(test)]
mod tests;
