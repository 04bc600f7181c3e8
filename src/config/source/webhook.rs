//! `sources[].webhook`: others send to `POST /v1/events/NAME`.

use super::super::secret::{Places, SecretFile};
use super::super::section::{Reading, Section};

/// `webhook`: how senders show who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// `token_file`: holds the bearer token that senders must show.
    pub token_file: SecretFile,
}

impl Webhook {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let webhook = Self {
            token_file: places.secret(&section.required_text("token_file", reading)),
        };
        section.close(reading);
        webhook
    }

    pub(super) fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        vec![("webhook.token_file".to_owned(), &self.token_file)]
    }
}
