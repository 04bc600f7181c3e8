//! Traces to a collector by OTLP over HTTP: spans are made of what `tracing` is told under the target [`TARGET`], when it is over and done
//! with, from the moments that Postgres knows. So a trace goes on over restarts and replicas, and nothing waits for a collector.
//!
//! The ids of spans follow from those of events and actions: what is told twice is the same span. A collector that is away costs the spans
//! that do not fit the queue, and one line a minute.

use std::collections::HashMap;
use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter as _, SpanLinks};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use uuid::Uuid;

use super::{TelemetryError, TraceOptions};
use crate::domain::trace::{TARGET, TraceParent, parse};
use crate::outbound;

/// So many spans may wait for the collector.
const QUEUE: usize = 10_000;

/// So many go in one request, and so long is waited for more of them.
const BATCH: usize = 512;
const GATHER: Duration = Duration::from_secs(2);

/// So long the last spans may take when the process stops; what is not sent by then is lost.
const LAST: Duration = Duration::from_secs(2);

/// The exporter and the queue before it.
pub(super) struct Exporting {
    exporter: SpanExporter,
    sender: mpsc::Sender<SpanData>,
    receiver: mpsc::Receiver<SpanData>,
    sample_percent: u32,
    /// So many were handed to the exporter, which has not answered yet.
    in_hand: usize,
}

impl Exporting {
    pub(super) fn to(options: &TraceOptions) -> Result<Self, TelemetryError> {
        let unusable = |reason: String| TelemetryError::Traces {
            endpoint: options.endpoint.clone(),
            reason,
        };
        let headers = options.headers.as_ref().map(|headers| headers.expose_secret());
        let headers = headers_of(headers.unwrap_or_default())
            .map_err(|line| unusable(format!("line {line} of the headers is not `name: value`")))?;
        let client = outbound::collector_client().map_err(|error| unusable(error.to_string()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(&options.endpoint)
            .with_timeout(Duration::from_secs(10))
            .with_headers(headers)
            .build();
        let mut exporter = exporter.map_err(|error| unusable(error.to_string()))?;
        let resource = Resource::builder_empty()
            .with_service_name("quell")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        exporter.set_resource(&resource.build());
        let (sender, receiver) = mpsc::channel(QUEUE);
        Ok(Self {
            exporter,
            sender,
            receiver,
            sample_percent: options.sample_percent,
            in_hand: 0,
        })
    }

    pub(super) fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        let layer = Courses {
            sender: self.sender.clone(),
            sample_percent: self.sample_percent,
        };
        layer
            .with_filter(filter_fn(|metadata| metadata.target() == TARGET))
            .boxed()
    }

    /// Sends until stopped, and then what is left, as far as the collector takes it within [`LAST`].
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST).await;
        };
        tokio::select! {
            () = self.work(&stop) => {}
            () = late => {
                let lost = self.in_hand + self.receiver.len();
                metrics::counter!("quell_spans_lost_total").increment(lost as u64);
                tracing::warn!(lost, "the collector did not take the last traces in time");
            }
        }
    }

    async fn work(&mut self, stop: &CancellationToken) {
        loop {
            let mut spans = Vec::with_capacity(BATCH);
            tokio::select! {
                _ = self.receiver.recv_many(&mut spans, BATCH) => {}
                () = stop.cancelled() => {}
            }
            let is_last = stop.is_cancelled();
            if !is_last && spans.len() < BATCH {
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    () = stop.cancelled() => {}
                }
            }
            while spans.len() < BATCH {
                match self.receiver.try_recv() {
                    Ok(span) => spans.push(span),
                    Err(_) => break,
                }
            }
            let sent = spans.len();
            self.in_hand = sent;
            if sent > 0
                && let Err(error) = self.exporter.export(spans).await
            {
                metrics::counter!("quell_spans_lost_total").increment(sent as u64);
                tracing::warn!(error = %error, "traces could not be sent to the collector");
            }
            self.in_hand = 0;
            if is_last && sent < BATCH {
                return;
            }
        }
    }
}

/// Headers from lines, or the number of the line that is none.
fn headers_of(text: &str) -> Result<HashMap<String, String>, usize> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let pairs = lines.map(|(at, line)| {
        let (name, value) = line.split_once(':').ok_or(at + 1)?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    });
    pairs.collect()
}

/// Takes what is told of courses.
struct Courses {
    sender: mpsc::Sender<SpanData>,
    sample_percent: u32,
}

impl<S: Subscriber> Layer<S> for Courses {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        for span in told.spans(self.sample_percent) {
            if self.sender.try_send(span).is_err() {
                metrics::counter!("quell_spans_lost_total").increment(1);
            }
        }
    }
}

/// One step of a course, as it was told.
#[derive(Debug, Default)]
struct Told {
    texts: HashMap<&'static str, String>,
    numbers: HashMap<&'static str, i64>,
}

impl Visit for Told {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.numbers.insert(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.texts.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.texts.insert(field.name(), format!("{value:?}"));
    }
}

impl Told {
    fn id(&self, name: &str) -> Option<Uuid> {
        self.texts.get(name)?.parse().ok()
    }

    fn at(&self, name: &str) -> Option<SystemTime> {
        let at = Timestamp::from_microsecond(*self.numbers.get(name)?).ok()?;
        Some(SystemTime::from(at))
    }

    /// The spans of the step; none when the trace is not kept.
    fn spans(&self, sample_percent: u32) -> Vec<SpanData> {
        let (event, action) = (self.id("event.id"), self.id("action.id"));
        let parent = self.texts.get("traceparent").and_then(|text| parse(text));
        let Some(of) = event.or(action) else {
            return Vec::new();
        };
        let trace = parent.map_or(of.as_u128(), |parent| parent.trace);
        if !is_kept(parent, trace, sample_percent) {
            return Vec::new();
        }
        let root = event.map(|event| span_id(event, "event"));
        let parts: &[(&'static str, &str, &str)] = match self.texts.get("step").map(String::as_str) {
            Some("decided") => &[
                ("event", "from_us", "until_us"),
                ("evaluate", "at_us", "until_us"),
            ],
            Some("called") => &[
                ("wait for budget", "from_us", "at_us"),
                ("call", "at_us", "until_us"),
            ],
            Some("ended") => &[("reconcile", "from_us", "at_us")],
            _ => &[],
        };
        let spans = parts.iter().filter_map(|(name, from, until)| {
            let is_root = *name == "event";
            let own = span_id(if is_root { event? } else { action.or(event)? }, name);
            let above = if is_root {
                parent.map(|parent| parent.span)
            } else {
                root
            };
            Some(SpanData {
                span_context: SpanContext::new(
                    TraceId::from(trace),
                    SpanId::from(own),
                    TraceFlags::SAMPLED,
                    false,
                    TraceState::NONE,
                ),
                parent_span_id: above.map_or(SpanId::INVALID, SpanId::from),
                parent_span_is_remote: is_root,
                span_kind: match *name {
                    "event" => SpanKind::Consumer,
                    "call" => SpanKind::Client,
                    _ => SpanKind::Internal,
                },
                name: (*name).into(),
                start_time: self.at(from)?,
                end_time: self.at(until).or_else(|| self.at(from))?,
                attributes: self.attributes(),
                dropped_attributes_count: 0,
                events: SpanEvents::default(),
                links: SpanLinks::default(),
                status: self.status(name),
                instrumentation_scope: InstrumentationScope::builder("quell").build(),
            })
        });
        spans.collect()
    }

    fn attributes(&self) -> Vec<KeyValue> {
        let named = [
            ("event.id", "quell.event.id"),
            ("action.id", "quell.action.id"),
            ("device.id", "quell.device.id"),
            ("kind", "quell.kind"),
            ("reason", "quell.reason"),
            ("lane", "quell.lane"),
            ("state", "quell.state"),
        ];
        let given = named
            .iter()
            .filter_map(|(from, to)| Some(KeyValue::new(*to, self.texts.get(from)?.clone())));
        given.collect()
    }

    fn status(&self, name: &str) -> Status {
        match self.texts.get("state").map(String::as_str) {
            Some(state) if name == "reconcile" && state != "succeeded" => Status::error(state.to_owned()),
            _ => Status::Unset,
        }
    }
}

/// The sender's decision where there is one, else so many of a hundred, the same for every span of a trace.
fn is_kept(parent: Option<TraceParent>, trace: u128, sample_percent: u32) -> bool {
    match parent {
        Some(parent) => parent.is_sampled,
        // The last bits of an id are random, of whichever version it is.
        None => trace % (1 << 32) * 100 < u128::from(sample_percent) << 32,
    }
}

/// The same id for the same step of the same thing.
fn span_id(of: Uuid, name: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(of.as_bytes());
    hash.update(name.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(first).max(1)
}

#[cfg(test)]
#[path = "otlp_tests.rs"]
mod tests;
