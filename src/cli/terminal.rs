//! What the commands know of whoever reads them: whether it is a terminal, how wide, and whether it wants colour. The one place of
//! these rules; every command that prints for people asks here.
//!
//! | rule | what follows |
//! |---|---|
//! | `NO_COLOR` is set | no colour, whatever else is said (no-color.org) |
//! | `CLICOLOR_FORCE` is set, and not `0` | colour on pipes too |
//! | `TERM` is `dumb` | no colour, and nothing is redrawn in place |
//! | `COLUMNS` is a number | texts are cut and folded to so many columns, on pipes too |
//! | a terminal, without `COLUMNS` | to its own width |
//! | a pipe or a file, without `COLUMNS` | nothing is cut to a width: a program reads it |

use std::io::{self, IsTerminal as _};

use crate::cli::operator::table::Paint;
use crate::config::environment;

/// Narrower than that is no width that anything can be fitted to.
const NARROWEST: usize = 20;

/// What of the environment says how to print.
#[derive(Clone, Debug, Default)]
struct Wishes {
    no_color: bool,
    color_force: bool,
    is_dumb: bool,
    columns: Option<usize>,
}

impl Wishes {
    fn read() -> Self {
        Self {
            no_color: environment::read("NO_COLOR").is_some(),
            color_force: environment::read("CLICOLOR_FORCE").is_some_and(|force| force != "0"),
            is_dumb: environment::read("TERM").is_some_and(|term| term == "dumb"),
            columns: environment::read_text("COLUMNS").and_then(|columns| columns.trim().parse().ok()),
        }
    }

    fn is_coloured(&self, is_terminal: bool) -> bool {
        !self.no_color && (self.color_force || (is_terminal && !self.is_dumb))
    }

    /// To how many columns texts are fitted; `None`: to none. `own` is what the terminal says of itself.
    fn columns(&self, is_terminal: bool, own: Option<usize>) -> Option<usize> {
        let own = || own.unwrap_or(80);
        let columns = self.columns.or_else(|| is_terminal.then(own));
        columns.map(|columns| columns.max(NARROWEST))
    }
}

/// How texts for people are drawn on standard output; a table is fitted to its width.
pub(super) fn paint() -> Paint {
    let (wishes, is_terminal) = (Wishes::read(), io::stdout().is_terminal());
    let is_coloured = wishes.is_coloured(is_terminal);
    match wishes.columns(is_terminal, size().map(|(columns, _)| columns)) {
        Some(columns) => Paint::Fitted { columns, is_coloured },
        None if is_coloured => Paint::Coloured,
        None => Paint::Plain,
    }
}

/// Whether standard output, which is a terminal or not, gets colour.
pub(super) fn is_coloured(is_terminal: bool) -> bool {
    Wishes::read().is_coloured(is_terminal)
}

/// Whether something can be redrawn in place on standard output, and keys be asked of standard input.
pub(super) fn is_live() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal() && !Wishes::read().is_dumb
}

/// Whether a line can be redrawn in place on standard error.
pub(super) fn has_progress() -> bool {
    io::stderr().is_terminal() && !Wishes::read().is_dumb
}

/// Columns and rows of the terminal that standard output is; `None`: it is none, or does not tell.
pub(super) fn size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col.into(), size.ws_row.into()))
}

/// Standard input gives each key at once and shows none, until this is dropped.
#[derive(Debug)]
pub(super) struct Keys {
    before: rustix::termios::Termios,
}

impl Keys {
    /// Begins; `None`: standard input is no terminal.
    pub(super) fn ask() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin()).ok()?;
        let mut raw = before.clone();
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        // A screen that is stopped half-way leaves the terminal as nobody can use it: Ctrl-Z does nothing.
        raw.special_codes[SpecialCodeIndex::VSUSP] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw).ok()?;
        Some(Self { before })
    }

    /// As it was; for a panic, which nothing else may be left to undo.
    pub(super) fn restore(before: &rustix::termios::Termios) {
        // A terminal that has gone away needs nothing any more.
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, before);
    }

    /// What to give back to [`Keys::restore`].
    pub(super) fn before(&self) -> rustix::termios::Termios {
        self.before.clone()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        Self::restore(&self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_that_want_it_and_for_whoever_insists() {
        let check = |no_color, color_force, is_dumb, terminal: bool, pipe: bool| {
            let wishes = Wishes {
                no_color,
                color_force,
                is_dumb,
                columns: None,
            };
            assert_eq!(
                (wishes.is_coloured(true), wishes.is_coloured(false)),
                (terminal, pipe),
                "{wishes:?}"
            );
        };
        check(false, false, false, true, false);
        check(true, false, false, false, false);
        check(false, true, false, true, true);
        check(true, true, false, false, false);
        check(false, false, true, false, false);
        check(false, true, true, true, true);
    }

    #[test]
    fn a_terminal_is_filled_and_a_pipe_is_not_cut() {
        let none = Wishes::default();
        assert_eq!(none.columns(false, None), None);
        assert_eq!(none.columns(true, Some(132)), Some(132));
        assert_eq!(none.columns(true, None), Some(80));
        assert_eq!(none.columns(true, Some(3)), Some(NARROWEST));
        let said = Wishes {
            columns: Some(90),
            ..none
        };
        assert_eq!(said.columns(false, None), Some(90));
        assert_eq!(said.columns(true, Some(132)), Some(90));
    }
}
