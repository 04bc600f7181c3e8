//! `sources[].sql`: events that others submit to Postgres, with `quell.submit_event`.

use super::super::section::{Reading, Section};

/// `sql`: who may submit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// `roles`: members of these roles of the database may. Default `quell_submit`.
    pub roles: Vec<String>,
}

impl Sql {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let mut roles = section.texts("roles", &["quell_submit"], reading);
        if roles.is_empty() {
            roles.push("quell_submit".to_owned());
        }
        section.close(reading);
        Self { roles }
    }
}
