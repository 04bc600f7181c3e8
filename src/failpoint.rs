//! Fail points: the places at which a test lets the daemon die, one for each crash point of the call protocol.
//!
//! Code marks a place with one of the macros below. Without the cargo feature `fail-points` they are nothing at all: no
//! branch, no name, no variable that could be set (`scripts/ci` looks for the names in an ordinary build). Only the
//! dev-dependency on ourselves turns the feature on, so `cargo test` builds the daemon with it and nobody types it.
//!
//! `QUELL_FAIL_POINT=name[:nth][:stop]` arms one point: the nth time that it is reached the process aborts, or, with `stop`,
//! stops itself as SIGSTOP does. `QUELL_FAIL_POINT=poison` arms events in place of a point: `tests/it/poison.rs`. Used by `tests/it/crash_points.rs` and `tests/it/torture.rs`. It never does anything
//! in a process that was not armed.

#[cfg(feature = "fail-points")]
pub mod armed;

#[cfg(feature = "fail-points")]
pub use armed::{VARIABLE, arm};

/// Dies here, if this point is armed and its time has come.
macro_rules! reach {
    ($point:ident) => {
        #[cfg(feature = "fail-points")]
        $crate::failpoint::armed::reached($crate::failpoint::armed::Point::$point);
    };
    ($point:ident, if $holds:expr) => {
        #[cfg(feature = "fail-points")]
        if $holds {
            $crate::failpoint::armed::reached($crate::failpoint::armed::Point::$point);
        }
    };
}

/// Dies or panics here, if a test has made events of this title deadly.
macro_rules! decides {
    ($title:expr) => {
        #[cfg(feature = "fail-points")]
        $crate::failpoint::armed::decides($title);
    };
}

/// Panics here, if a test has made events of this title ones that cannot be read, alone or among so many.
macro_rules! reads {
    ($title:expr, $rows:expr) => {
        #[cfg(feature = "fail-points")]
        $crate::failpoint::armed::reads($title, $rows);
    };
}

/// Remembers that what the point stands for has been written, though not committed yet.
macro_rules! note {
    ($point:ident) => {
        #[cfg(feature = "fail-points")]
        $crate::failpoint::armed::note($crate::failpoint::armed::Point::$point);
    };
    ($point:ident, if $holds:expr) => {
        #[cfg(feature = "fail-points")]
        if $holds {
            $crate::failpoint::armed::note($crate::failpoint::armed::Point::$point);
        }
    };
}

/// Dies here, after the commit, if what was noted before it is what the point stands for.
macro_rules! reach_noted {
    ($point:ident) => {
        #[cfg(feature = "fail-points")]
        $crate::failpoint::armed::noted($crate::failpoint::armed::Point::$point);
    };
}

/// A future that dies while it waits: after what it has to say was said, before the answer was heard.
#[cfg(feature = "fail-points")]
macro_rules! waiting {
    ($point:ident, $future:expr) => {
        $crate::failpoint::armed::waiting($crate::failpoint::armed::Point::$point, $future)
    };
}

/// A future, as it is.
#[cfg(not(feature = "fail-points"))]
macro_rules! waiting {
    ($point:ident, $future:expr) => {
        $future
    };
}

pub(crate) use {decides, note, reach, reach_noted, reads, waiting};
