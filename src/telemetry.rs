//! What Quell tells the world about itself while it runs: log lines and metrics.
//!
//! Called once by `app`, at start. Everybody else uses the macros of `tracing` and `metrics` and knows nothing of where
//! the lines and figures go. It never writes to standard output: that belongs to the commands' answers.

pub mod catalog;
#[cfg(feature = "otlp")]
mod otlp;
mod repeats;
mod spans;

use std::io::IsTerminal;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

use repeats::Held;
pub use repeats::Repeats;
pub use spans::{TraceOptions, Traces};

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Text when standard error is a terminal, else JSON.
    #[default]
    Auto,
    /// One JSON object a line.
    Json,
    /// One line of text, for people.
    Text,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// How a line looks. Default `auto`.
    pub format: LogFormat,
    /// Which lines are written, e.g. `info` or `info,quell::worker=debug`. Default `info`.
    pub filter: String,
    /// So many equal warnings or errors are written in a minute; 0: all. Default 20.
    pub repeats: u32,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            format: LogFormat::Auto,
            filter: "info".to_owned(),
            repeats: 20,
        }
    }
}

/// Why telemetry could not be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not written as filters are.
    #[error(
        "the log filter `{filter}` cannot be read: {reason}; write e.g. `info` or `info,quell::worker=debug`"
    )]
    Filter {
        /// The filter given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Traces cannot be sent.
    #[error("traces cannot be sent to `{endpoint}`: {reason}")]
    Traces {
        /// The collector.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// Something else in this process collects log lines or metrics already.
    #[error("telemetry was started twice in one process: {reason}")]
    Twice {
        /// What the library said.
        reason: String,
    },
}

/// Whether `filter` can be read; for checking a configuration without starting anything.
///
/// # Errors
/// [`TelemetryError::Filter`].
pub fn check_filter(filter: &str) -> Result<(), TelemetryError> {
    parse_filter(filter).map(drop)
}

/// Sends log lines, and panics as log lines, to standard error.
///
/// Returns what holds repeated lines back, to be asked to [tell](Repeats::tell) of them. `traces` takes what spans are made of.
///
/// # Errors
/// The filter cannot be read, or logs were started before in this process.
pub fn start_logs(options: &LogOptions, traces: &Traces) -> Result<Repeats, TelemetryError> {
    let repeats = Repeats::at_most(options.repeats);
    let terminal = std::io::stderr().is_terminal();
    dispatch(options, std::io::stderr, terminal, (&repeats, traces))?
        .try_init()
        .map_err(|error| TelemetryError::Twice {
            reason: error.to_string(),
        })?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(repeats)
}

fn dispatch<W>(
    options: &LogOptions,
    writer: W,
    terminal: bool,
    (repeats, traces): (&Repeats, &Traces),
) -> Result<tracing::Dispatch, TelemetryError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = parse_filter(&options.filter)?;
    let repeats = repeats.clone();
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let json = match options.format {
        LogFormat::Auto => !terminal,
        LogFormat::Json => true,
        LogFormat::Text => false,
    };
    let lines = if json {
        let lines = lines.json().flatten_event(true).with_span_list(false);
        Held { lines, repeats }.with_filter(filter).boxed()
    } else {
        let lines = lines.compact().with_target(false).with_ansi(terminal);
        Held { lines, repeats }.with_filter(filter).boxed()
    };
    Ok(Registry::default().with(lines).with(traces.layer()).into())
}

fn parse_filter(filter: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder()
        .parse(filter)
        .map_err(|error| TelemetryError::Filter {
            filter: filter.to_owned(),
            reason: error.to_string(),
        })
}

/// A panic is a log line like any other, so that JSON stays JSON.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let said = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(
        panic.message = said,
        panic.location = place,
        "a part of quell panicked"
    );
}

/// The metrics of this process, to be rendered for `/metrics`.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Collects the metrics of the whole process from now on; the second call gives the same as the first.
    ///
    /// # Errors
    /// Something else in this process collects metrics already.
    pub fn install() -> Result<Self, TelemetryError> {
        static INSTALLED: OnceLock<Metrics> = OnceLock::new();
        if let Some(installed) = INSTALLED.get() {
            return Ok(installed.clone());
        }
        let (recorder, handle) = Self::local();
        match metrics::set_global_recorder(recorder) {
            Ok(()) => Ok(INSTALLED.get_or_init(|| handle).clone()),
            // Another thread may have won the race between the two lines above.
            Err(error) => INSTALLED.get().cloned().ok_or_else(|| TelemetryError::Twice {
                reason: error.to_string(),
            }),
        }
    }

    /// A recorder of one's own, for `metrics::with_local_recorder` in tests.
    pub fn local() -> (PrometheusRecorder, Self) {
        let mut builder = PrometheusBuilder::new();
        for metric in catalog::all() {
            if let catalog::Kind::Histogram(bounds) = metric.kind {
                builder = builder
                    .set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)
                    .expect("a test holds that bounds are not empty");
            }
        }
        let recorder = builder.build_recorder();
        let handle = Self(recorder.handle());
        (recorder, handle)
    }

    /// All metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds what was recorded since into the histograms; to be called every few seconds, so that memory stays bounded
    /// when nobody scrapes.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panics while writing").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(options: &LogOptions, terminal: bool, log: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let writer = buffer.clone();
        let repeats = Repeats::at_most(options.repeats);
        let dispatch = dispatch(
            options,
            move || writer.clone(),
            terminal,
            (&repeats, &Traces::default()),
        )
        .expect("the filter is valid");
        tracing::dispatcher::with_default(&dispatch, || {
            log();
            repeats.tell_all();
        });
        let bytes = buffer.0.lock().expect("nobody panics while writing").clone();
        String::from_utf8(bytes).expect("log lines are text")
    }

    #[test]
    fn a_line_is_json_unless_a_person_reads_it() {
        let log = || tracing::info!(event.id = 7, "event stored");
        let line = logged(&LogOptions::default(), false, log);
        let json: serde_json::Value = serde_json::from_str(&line).expect("one JSON object");
        assert_eq!(
            (&json["message"], &json["event.id"]),
            (&"event stored".into(), &7.into())
        );
        let line = logged(&LogOptions::default(), true, log);
        assert!(line.contains("event stored") && !line.starts_with('{'), "{line}");
        let text = LogOptions {
            format: LogFormat::Text,
            ..LogOptions::default()
        };
        assert!(
            !logged(&text, false, log).contains('\u{1b}'),
            "no colours where no terminal is"
        );
    }

    #[test]
    fn the_filter_decides_what_is_written() {
        let options = LogOptions {
            filter: "warn,quell::telemetry=debug".to_owned(),
            ..LogOptions::default()
        };
        let lines = logged(&options, false, || {
            tracing::debug!("ours");
            tracing::info!(target: "other", "theirs");
        });
        assert!(lines.contains("ours") && !lines.contains("theirs"), "{lines}");
    }

    #[test]
    fn equal_errors_are_held_back_and_counted_and_the_first_and_other_ones_are_not() {
        let options = LogOptions {
            repeats: 3,
            ..LogOptions::default()
        };
        let lines = logged(&options, false, || {
            for n in 0..10 {
                tracing::error!(n, "defender is away");
                tracing::info!(n, "a state changed");
                let what = if n == 9 { "another" } else { "the same" };
                tracing::warn!("{what} look failed");
            }
        });
        let count = |what: &str| lines.matches(what).count();
        assert_eq!(
            (count("defender is away\",\"n"), count("a state changed")),
            (3, 10),
            "{lines}"
        );
        assert_eq!(
            count("\"message\":\"another look failed"),
            1,
            "another message is another line: {lines}"
        );
        assert!(lines.contains(r#""line":"defender is away","held":7"#), "{lines}");
        assert!(
            lines.contains(r#""line":"the same look failed","held":6"#),
            "{lines}"
        );
        assert_eq!(count("equal log lines were held back"), 2, "{lines}");
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let error = check_filter("info,quell=loud").expect_err("`loud` is no level");
        assert!(error.to_string().contains("`info,quell=loud`"), "{error}");
    }

    #[test]
    fn figures_are_rendered_for_prometheus() {
        let (recorder, metrics) = Metrics::local();
        metrics::with_local_recorder(&recorder, || {
            metrics::counter!("quell_calls_total", "outcome" => "accepted").increment(3);
            metrics::histogram!("quell_call_seconds").record(0.3);
        });
        metrics.upkeep();
        let text = metrics.render();
        assert!(
            text.contains("quell_calls_total{outcome=\"accepted\"} 3"),
            "{text}"
        );
        assert!(text.contains("quell_call_seconds_bucket{le=\"0.4\"} 1"), "{text}");
    }

    #[test]
    fn the_process_has_one_set_of_metrics() {
        let (one, other) = (Metrics::install(), Metrics::install());
        metrics::counter!("quell_seen_by_both_total").increment(1);
        for metrics in [one, other] {
            let text = metrics
                .expect("nothing else collects metrics in this test binary")
                .render();
            assert!(text.contains("quell_seen_by_both_total 1"), "{text}");
        }
    }
}
