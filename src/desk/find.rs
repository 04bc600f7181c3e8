//! The device that a person names: by its name, or by the beginning of its id.

use crate::desk::words::plain;
use crate::desk::{Desk, DeskError, Refused};
use crate::store::views::{DeviceQuery, DeviceView, Show};

/// Shorter beginnings of an id fit too many devices by chance.
const SHORTEST_PREFIX: usize = 6;
/// So many candidates are told.
const CANDIDATES: i64 = 20;

impl Desk {
    /// The devices that the text may mean: an exact id or name rules out the beginnings of others.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn candidates(&self, wanted: &str) -> Result<Vec<DeviceView>, DeskError> {
        let query = DeviceQuery {
            show: Show::All,
            id: Some(wanted.to_owned()).filter(|id| id.chars().count() >= SHORTEST_PREFIX),
            name: Some(wanted.to_owned()),
            limit: CANDIDATES,
        };
        let mut found = self.store.devices(self.tenant, &query).await?;
        if let Some(exact) = found
            .iter()
            .position(|device| device.device.eq_ignore_ascii_case(wanted))
        {
            found = vec![found.swap_remove(exact)];
        }
        Ok(found)
    }

    /// The one device that the text means.
    ///
    /// # Errors
    /// There is none, or there are several; or Postgres is away.
    pub async fn device_called(&self, wanted: &str) -> Result<DeviceView, DeskError> {
        let mut found = self.candidates(wanted).await?;
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(last), false) => {
                found.push(last);
                Err(DeskError::SeveralDevices {
                    wanted: wanted.to_owned(),
                    candidates: found,
                })
            }
            (None, _) => Err(DeskError::Refused(Refused::NoSuchDevice, none_called(wanted))),
        }
    }
}

/// That no device is called so, and what to do.
pub fn none_called(wanted: &str) -> String {
    let wanted = plain(wanted);
    match wanted.chars().count() < SHORTEST_PREFIX {
        true => format!(
            "no device is called `{wanted}`; the beginning of an id needs at least {SHORTEST_PREFIX} characters"
        ),
        false => format!(
            "no device is called `{wanted}`, nor does an id begin so: `quell devices --all` lists them"
        ),
    }
}

/// A device in words: its name with its id, or its id.
pub fn called(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{} ({})", plain(name), plain(id)),
        None => format!("device {}", plain(id)),
    }
}
