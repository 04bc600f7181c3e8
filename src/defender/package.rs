//! What tasks leave at Defender: the link to a collected package.
//!
//! The link is a secret for as long as it holds: whoever has it can fetch the package without a token, so it is never logged and
//! never stored. No loop asks for it: it is for a person who does.

use std::fmt;

use super::client::{malformed, whole};
use super::{Client, ReadError};
use crate::limiter::ReadPermit;

impl Client {
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
