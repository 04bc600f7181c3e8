//! How the records of a file are read at an operator's desk: as a source of the configuration reads what it brings, its `mapping`
//! included. Called by `quell events try`, `quell explain FILE` and `quell plan --from`. It reads no file and no record itself.

use anyhow::Context as _;

use crate::cli::operator::table::plain;
use crate::config::Config;
use crate::config::source::Source;
use crate::domain::device::DeviceIdRule;
use crate::intake::Reader;

/// The name of the listener's own source, which reads every shape.
const LISTENER: &str = "webhook";

/// The source of that name; `None` for the listener's own, and where none is named.
///
/// # Errors
/// There is no configuration, or it has no such source.
pub(super) fn source<'c>(
    config: Option<&'c Config>,
    name: Option<&str>,
) -> anyhow::Result<Option<&'c Source>> {
    let Some(name) = name.filter(|name| *name != LISTENER) else {
        return Ok(None);
    };
    let config = config.context("there is no configuration here: name it with `--config FILE`")?;
    let source = config.sources.iter().find(|source| source.name == name);
    let source = source.with_context(|| {
        let names: Vec<String> = config
            .sources
            .iter()
            .map(|source| format!("`{}`", source.name))
            .collect();
        let known = if names.is_empty() {
            "it has none".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        format!("the configuration has no source `{}`: {known}", plain(name))
    })?;
    Ok(Some(source))
}

/// How that source reads its records; without one, as `POST /v1/events` does.
///
/// # Errors
/// As [`source`].
pub(super) fn reader(config: Option<&Config>, name: Option<&str>) -> anyhow::Result<Reader> {
    let rule = config.map_or_else(DeviceIdRule::default, Config::device_id_rule);
    Ok(match source(config, name)? {
        Some(source) => source.reader(rule),
        None => Reader::new(rule),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_not_there_is_named() {
        let error = reader(None, Some("wazuh"))
            .map(|_| ())
            .expect_err("there is no configuration");
        assert_eq!(
            error.to_string(),
            "there is no configuration here: name it with `--config FILE`"
        );
        assert!(reader(None, None).is_ok() && reader(None, Some(LISTENER)).is_ok());
    }
}
