//! What the exit codes of the commands mean, and which one an error leads to. Every command returns its code through here or as one of
//! these; `docs/reference/cli.md` prints [`TABLE`].

use std::process::ExitCode;

use crate::cli::operator::release::NoOperator;
use crate::config::{ConfigError, SecretError};
use crate::desk::{DeskError, Refused};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// It is done; the answer is yes.
    Yes = 0,
    /// The answer is no.
    No = 1,
    /// It was called wrongly.
    Usage = 2,
    /// The answer could not be found out.
    Unknown = 3,
    /// Whoever asks may not.
    NotAllowed = 4,
    /// A guard refused.
    Guard = 5,
    /// `run`: the configuration cannot be used (`EX_CONFIG` of sysexits.h).
    Configuration = 78,
    /// Ctrl-C ended it, as shells say it.
    Interrupted = 130,
}

impl Exit {
    /// Of what the desk refused.
    fn refused(refused: Refused) -> Self {
        match refused.kind().exit_code() {
            4 => Self::NotAllowed,
            5 => Self::Guard,
            _ => Self::No,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Every exit code with what it means.
pub(super) const TABLE: [(Exit, &str); 8] = [
    (Exit::Yes, "done; the answer is yes"),
    (
        Exit::No,
        "the answer is no: nothing fits, something is wrong with what was looked at, or somebody said no; nothing was changed",
    ),
    (
        Exit::Usage,
        "called wrongly: what was typed makes no sense, and nothing was done",
    ),
    (
        Exit::Unknown,
        "it could not be found out or done: no configuration, Postgres or the daemon away, a file that cannot be read",
    ),
    (
        Exit::NotAllowed,
        "you may not: the name, the token or the role does not allow it",
    ),
    (Exit::Guard, "a guard refused: a protected device, a cap, a stop"),
    (
        Exit::Configuration,
        "`quell run` only: the configuration or a secret that it names cannot be used; starting again changes nothing",
    ),
    (Exit::Interrupted, "Ctrl-C ended it (SIGTERM: 143)"),
];

/// An answer of no that comes as an error: nothing was there to be looked at.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct No(pub(super) String);

/// Called wrongly, in a way that shows only after the line was parsed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Senseless(pub(super) String);

/// What an error that ended a command says of its exit code: where it says nothing, the answer could not be found out.
pub(super) fn of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        match cause.downcast_ref::<NoOperator>() {
            Some(NoOperator::Reserved(_)) => return Exit::NotAllowed,
            Some(NoOperator::Nameless) => return Exit::Usage,
            None => {}
        }
        if cause.is::<No>() {
            return Exit::No;
        }
        if cause.is::<Senseless>() {
            return Exit::Usage;
        }
        match cause.downcast_ref::<DeskError>() {
            Some(DeskError::NotFound(_)) => return Exit::No,
            Some(DeskError::Unusable(_)) => return Exit::Usage,
            Some(DeskError::SeveralDevices { .. }) => return Exit::No,
            Some(DeskError::Refused(refused, _)) => return Exit::refused(*refused),
            _ => {}
        }
    }
    Exit::Unknown
}

/// The same for the daemon: what a person must put right in its configuration, and everything else that keeps it from running.
pub(super) fn of_daemon(error: &anyhow::Error) -> Exit {
    let is_configuration =
        |cause: &(dyn std::error::Error + 'static)| cause.is::<ConfigError>() || cause.is::<SecretError>();
    match error.chain().any(is_configuration) {
        true => Exit::Configuration,
        false => Exit::No,
    }
}

/// Says on standard error what kept a command from its answer, and gives its exit code.
pub(super) fn told(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    of(error).into()
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn an_error_leads_to_one_code_however_it_is_wrapped() {
        let wrapped = |error: anyhow::Error| Err::<(), _>(error).context("around it").expect_err("it is one");
        let check = |error: anyhow::Error, exit| {
            assert_eq!(of(&error), exit, "{error:#}");
            assert_eq!(of(&wrapped(error)), exit);
        };
        check(anyhow::anyhow!("anything"), Exit::Unknown);
        check(NoOperator::Nameless.into(), Exit::Usage);
        check(NoOperator::Reserved("expire".to_owned()).into(), Exit::NotAllowed);
        check(No("nothing is there".to_owned()).into(), Exit::No);
        check(Senseless("in no order".to_owned()).into(), Exit::Usage);
        check(DeskError::NotFound("no such thing".to_owned()).into(), Exit::No);
        check(DeskError::Unusable("senseless".to_owned()).into(), Exit::Usage);
    }

    #[test]
    fn the_daemon_tells_a_bad_configuration_from_everything_else() {
        let missing = crate::config::Config::load(std::path::Path::new("/nowhere/quell.yaml"))
            .map(|_| ())
            .expect_err("there is none");
        assert_eq!(of_daemon(&missing.into()), Exit::Configuration);
        assert_eq!(of_daemon(&anyhow::anyhow!("the port is taken")), Exit::No);
    }

    #[test]
    fn every_code_has_its_meaning_once() {
        let codes: Vec<u8> = TABLE.iter().map(|(exit, _)| *exit as u8).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 78, 130]);
    }
}
