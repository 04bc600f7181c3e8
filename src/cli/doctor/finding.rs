//! What one check found: the words, and what to do where it is not right. Pure; every check of `quell doctor` makes these, and
//! `render` prints them. The names of checks and states are stable: scripts read them.

use std::process::ExitCode;

use serde::Serialize;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and deserves a look.
    Warning,
    /// A person must act.
    Wrong,
    /// It could not be found out.
    Unknown,
    /// Nobody asked, or nothing here can know it.
    NotAsked,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check: `postgres.migrations`.
    pub check: String,
    /// How it came out.
    pub state: State,
    /// What was found, in one line.
    pub found: String,
    /// What to do, where it is not right.
    pub remedy: Option<String>,
}

impl Finding {
    fn new(check: &str, state: State, found: impl Into<String>, remedy: Option<String>) -> Self {
        Self {
            check: check.to_owned(),
            state,
            found: found.into(),
            remedy,
        }
    }

    /// As it should be.
    pub fn ok(check: &str, found: impl Into<String>) -> Self {
        Self::new(check, State::Ok, found, None)
    }

    /// It works, and deserves a look.
    pub fn warning(check: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(check, State::Warning, found, Some(remedy.into()))
    }

    /// A person must act.
    pub fn wrong(check: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(check, State::Wrong, found, Some(remedy.into()))
    }

    /// It could not be found out.
    pub fn unknown(check: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(check, State::Unknown, found, Some(remedy.into()))
    }

    /// Nobody asked, or nothing here can know it.
    pub fn not_asked(check: &str, found: impl Into<String>) -> Self {
        Self::new(check, State::NotAsked, found, None)
    }

    /// Where to look for it instead.
    pub fn look(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// The exit code: 1 when something is wrong, 3 when something could not be found out, else 0.
pub fn exit_code(findings: &[Finding]) -> ExitCode {
    let any = |state| findings.iter().any(|finding| finding.state == state);
    match (any(State::Wrong), any(State::Unknown)) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    }
}
