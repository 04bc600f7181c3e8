//! Standard output as the commands write to it. A reader that has seen enough (`| head`) is no error and changes no verdict:
//! what is written after it has gone is dropped. Every other failure is told, a full disk for one.

use std::io::{self, ErrorKind, IsTerminal, StdoutLock, Write};

/// What is written for a reader that may go away.
#[derive(Debug)]
pub(super) struct Output<W> {
    inner: W,
    is_closed: bool,
}

/// Standard output, for one command's whole run.
pub(super) fn stdout() -> Output<StdoutLock<'static>> {
    Output::new(io::stdout().lock())
}

impl<W: Write> Output<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            is_closed: false,
        }
    }

    /// Does it while somebody reads; `instead` is what it is taken for afterwards.
    fn attempt<T>(&mut self, instead: T, write: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.is_closed {
            return Ok(instead);
        }
        match write(&mut self.inner) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(instead)
            }
            done => done,
        }
    }
}

impl<W: IsTerminal> Output<W> {
    /// Whether a person looks on.
    pub(super) fn is_terminal(&self) -> bool {
        self.inner.is_terminal()
    }
}

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), Write::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many writes, then fails like this.
    struct Reader(usize, ErrorKind);

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(self.1)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_seen_enough_is_no_error() {
        let mut out = Output::new(Reader(1, ErrorKind::BrokenPipe));
        for _ in 0..3 {
            assert!(writeln!(out, "a line").is_ok());
        }
        assert!(out.is_closed && out.flush().is_ok());
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut out = Output::new(Reader(1, ErrorKind::StorageFull));
        assert!(out.write_all(b"kept").is_ok());
        let error = out.write_all(b"lost").expect_err("the disk is full");
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }
}
