//! Cuts the records of a file into requests for `quell send`. Pure; it sends nothing.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::intake::body::{Broken, Piece};
use crate::intake::restamp;

/// The most bytes in one batch: half of what a daemon takes by default.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// One request's worth of records.
pub(super) struct Batch {
    /// The records, in the file's order.
    pub records: Vec<Record>,
}

/// One record.
pub(super) struct Record {
    /// Where it stood in the file, in words.
    pub place: String,
    /// Its number among the records of the file, from 0.
    pub index: usize,
    /// The record on one line.
    line: Vec<u8>,
}

/// A part of the file that is no JSON and is not sent.
pub(super) struct Unsent {
    /// Where it stood in the file, in words.
    pub place: String,
    /// Why.
    pub broken: Broken,
}

impl Batch {
    /// The request's body: one record a line.
    pub fn body(&self) -> Vec<u8> {
        self.records
            .iter()
            .flat_map(|record| record.line.iter().copied().chain([b'\n']))
            .collect()
    }

    /// Two batches of half the size.
    pub fn halve(mut self) -> (Self, Self) {
        let second = self.records.split_off(self.records.len() / 2);
        (self, Self { records: second })
    }
}

/// Cuts the pieces of a file into batches of at most `most` records, each moved to the present when that is wanted.
pub(super) fn cut(
    pieces: &[Piece<'_>],
    most: usize,
    restamp_to: Option<Timestamp>,
) -> (VecDeque<Batch>, Vec<Unsent>) {
    let (mut batches, mut unsent) = (VecDeque::<Batch>::new(), Vec::new());
    let mut bytes = 0;
    for piece in pieces {
        let place = match piece.line {
            Some(line) => format!("line {line}"),
            None => format!("record {}", piece.index + 1),
        };
        let line = match line(piece, restamp_to) {
            Ok(line) => line,
            Err(broken) => {
                unsent.push(Unsent { place, broken });
                continue;
            }
        };
        bytes += line.len() + 1;
        let size = line.len() + 1;
        let index = piece.index;
        let record = Record { place, index, line };
        match batches
            .back_mut()
            .filter(|batch| batch.records.len() < most && bytes <= BATCH_BYTES)
        {
            Some(batch) => batch.records.push(record),
            None => {
                bytes = size;
                batches.push_back(Batch {
                    records: vec![record],
                });
            }
        }
    }
    (batches, unsent)
}

/// A record on one line: its own bytes, unless it is moved to the present.
fn line(piece: &Piece<'_>, restamp_to: Option<Timestamp>) -> Result<Vec<u8>, Broken> {
    let mut record = piece.parse()?;
    if let Some(now) = restamp_to {
        restamp(&mut record, now);
        return Ok(record.to_string().into_bytes());
    }
    // Line breaks in JSON stand between its parts only: inside strings they are escaped.
    let flat = |byte: &u8| {
        if matches!(byte, b'\n' | b'\r') {
            b' '
        } else {
            *byte
        }
    };
    Ok(piece.bytes.iter().map(flat).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::body::{Lines, split};

    #[test]
    fn batches_are_bounded_in_records_and_bytes_and_lose_nothing() {
        let small: Vec<String> = (0..7).map(|id| format!("{{\"id\":{id}}}")).collect();
        let text = small.join("\n");
        let pieces = split(text.as_bytes(), Lines::Unsaid, 100).expect("these are lines");
        let (batches, unsent) = cut(&pieces, 3, None);
        let sizes: Vec<usize> = batches.iter().map(|batch| batch.records.len()).collect();
        assert_eq!((sizes, unsent.len()), (vec![3, 3, 1], 0));
        let sent: Vec<u8> = batches.iter().flat_map(Batch::body).collect();
        assert_eq!(sent, format!("{text}\n").as_bytes());

        let large = format!(
            "[{}]",
            vec![format!("\"{}\"", "x".repeat(BATCH_BYTES / 3)); 4].join(",")
        );
        let pieces = split(large.as_bytes(), Lines::Unsaid, 100).expect("this is an array");
        let (batches, _) = cut(&pieces, 500, None);
        let sizes: Vec<usize> = batches.iter().map(|batch| batch.records.len()).collect();
        assert_eq!(sizes, [2, 2]);
        assert!(batches.iter().all(|batch| batch.body().len() <= BATCH_BYTES));
    }

    #[test]
    fn a_record_over_several_lines_goes_out_on_one_with_its_own_bytes() {
        let text = b"{\n  \"id\": 1.50,\r\n  \"x\": \"a\\nb\"\n}";
        let pieces = split(text, Lines::Unsaid, 100).expect("this is an object");
        let (batches, _) = cut(&pieces, 1, None);
        assert_eq!(batches[0].body(), b"{   \"id\": 1.50,    \"x\": \"a\\nb\" }\n");
    }
}
