//! Where a demo or a drill speaks: a few lines redrawn in place on a terminal, a plain line every few seconds elsewhere. With
//! `--json` it speaks on standard error, so that standard output holds the one object.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use crate::clock::Monotonic;

/// How often a plain line is written where nothing can be redrawn.
const PLAIN_EVERY: Duration = Duration::from_secs(3);

/// Its voice.
pub struct Screen {
    out: Box<dyn Write + Send>,
    is_live: bool,
    drawn: usize,
    next_plain: Option<Monotonic>,
}

impl Screen {
    /// Speaks on standard error if standard output is needed for something else.
    pub fn new(on_stderr: bool) -> Self {
        let (out, is_live): (Box<dyn Write + Send>, bool) = if on_stderr {
            (Box::new(io::stderr()), io::stderr().is_terminal())
        } else {
            (Box::new(io::stdout()), io::stdout().is_terminal())
        };
        Self {
            out,
            is_live,
            drawn: 0,
            next_plain: None,
        }
    }

    /// Lines that stay.
    pub fn say(&mut self, text: &str) {
        self.erase();
        self.write(&format!("{text}\n"));
    }

    /// Lines that are replaced by the next ones; elsewhere than on a terminal the one plain line, now and then.
    pub fn show(&mut self, lines: &[String], plain: &str) {
        if !self.is_live {
            if self.next_plain.is_none_or(|next| next.remaining().is_zero()) {
                self.next_plain = Some(Monotonic::now().plus(PLAIN_EVERY));
                self.write(&format!("{plain}\n"));
            }
            return;
        }
        // In one piece, or it flickers. Without automatic wrapping a line stays one line on a narrow terminal.
        let mut text = back(self.drawn) + "\x1b[?7l";
        for line in lines {
            text += &format!("\x1b[2K{line}\n");
        }
        self.write(&(text + "\x1b[?7h"));
        self.drawn = lines.len();
    }

    /// Takes the replaceable lines away.
    pub fn erase(&mut self) {
        if self.drawn > 0 {
            let text = back(self.drawn) + "\x1b[0J";
            self.write(&text);
            self.drawn = 0;
        }
    }

    /// A reader that has gone away is no reason to stop.
    fn write(&mut self, text: &str) {
        let _ = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
    }
}

/// The cursor to the beginning of the line so many lines above.
fn back(lines: usize) -> String {
    if lines == 0 {
        String::new()
    } else {
        format!("\x1b[{lines}F")
    }
}
