//! Traces as the rest of the program sees them: where they go, if anywhere. What makes spans of the course of an event is `otlp`, which only
//! a build with the feature has; in any other there is nothing to switch on, and a configuration that wants it is refused before.

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::TelemetryError;

/// Where traces go.
#[derive(Clone, Debug)]
pub struct TraceOptions {
    /// The collector's URL for traces.
    pub endpoint: String,
    /// A header a line, `name: value`.
    pub headers: Option<SecretString>,
    /// So many of a hundred traces are sent, of those that no sender has decided about.
    pub sample_percent: u32,
}

/// The way of spans out of the process; the default has none.
#[derive(Default)]
pub struct Traces {
    #[cfg(feature = "otlp")]
    exporting: Option<super::otlp::Exporting>,
}

impl Traces {
    /// Sends traces there. Connects nowhere yet.
    ///
    /// # Errors
    /// The endpoint or a header cannot be used; or this build sends none.
    #[cfg(feature = "otlp")]
    pub fn to(options: &TraceOptions) -> Result<Self, TelemetryError> {
        super::otlp::Exporting::to(options).map(|exporting| Self {
            exporting: Some(exporting),
        })
    }

    /// Refuses: this build sends none.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "otlp"))]
    pub fn to(options: &TraceOptions) -> Result<Self, TelemetryError> {
        Err(TelemetryError::Traces {
            endpoint: options.endpoint.clone(),
            reason: "this build was made without the feature `otlp`".to_owned(),
        })
    }

    /// What takes the courses of events, to be put beside the log.
    pub(super) fn layer<S>(&self) -> Option<Box<dyn Layer<S> + Send + Sync>>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        #[cfg(feature = "otlp")]
        return self.exporting.as_ref().map(super::otlp::Exporting::layer);
        #[cfg(not(feature = "otlp"))]
        None
    }

    /// Sends what comes until stopped, and then what is left. With nowhere to send to it only waits for the stop: a task that ends
    /// before ends the process.
    pub async fn run(self, stop: CancellationToken) {
        #[cfg(feature = "otlp")]
        if let Some(exporting) = self.exporting {
            return exporting.run(stop).await;
        }
        stop.cancelled().await;
    }
}
