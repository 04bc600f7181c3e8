//! Text for terminals: columns, a little colour, and nothing from outside that a terminal would obey. Pure.

use std::fmt::Write as _;

pub use crate::desk::words::{plain, short, short_length};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// What a piece of text tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Usual,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// A person must act.
    Bad,
    /// A heading.
    Head,
}

impl Paint {
    /// The text in the colour of its tone.
    pub fn tone(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Usual => return text.to_owned(),
            Tone::Good => "32",
            Tone::Warn => "33",
            Tone::Bad => "31;1",
            Tone::Head => "1",
        };
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// How many columns of a terminal a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The text, made plain and cut to so many columns; a cut shows as `…`.
pub fn cut(text: &str, most: usize) -> String {
    let text = plain(text);
    if width(&text) <= most {
        return text;
    }
    let mut kept = String::new();
    let mut taken = 0;
    for c in text.chars() {
        if taken + columns(c) + 1 > most {
            break;
        }
        taken += columns(c);
        kept.push(c);
    }
    kept.trim_end().to_owned() + "…"
}

/// Rows under a head.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<(Tone, String)>>,
}

/// No column but the last is wider.
const WIDEST: usize = 32;
/// The last column is cut here.
const WIDEST_LAST: usize = 100;

impl Table {
    /// An empty table.
    pub fn new(head: &[&'static str]) -> Self {
        Self {
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; texts are made plain and cut.
    pub fn row(&mut self, cells: impl IntoIterator<Item = (Tone, String)>) {
        let last = self.head.len() - 1;
        let cells = cells
            .into_iter()
            .enumerate()
            .map(|(at, (tone, text))| (tone, cut(&text, if at == last { WIDEST_LAST } else { WIDEST })));
        self.rows.push(cells.collect());
    }

    /// The lines, each after `indent`.
    pub fn render(&self, paint: Paint, indent: &str) -> String {
        let head = self
            .head
            .iter()
            .map(|title| (Tone::Head, (*title).to_owned()))
            .collect();
        let lines: Vec<&Vec<(Tone, String)>> = std::iter::once(&head).chain(&self.rows).collect();
        let widths: Vec<usize> = (0..self.head.len())
            .map(|at| {
                lines
                    .iter()
                    .filter_map(|line| line.get(at))
                    .map(|(_, text)| width(text))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for line in lines {
            let mut gap = 0;
            out += indent;
            for ((tone, text), widest) in line.iter().zip(&widths) {
                if !text.is_empty() {
                    let _ = write!(out, "{:gap$}{}", "", paint.tone(*tone, text));
                    gap = 0;
                }
                gap += widest + 2 - if text.is_empty() { 0 } else { width(text) };
            }
            out.push('\n');
        }
        out
    }
}

/// A cell of no special tone.
pub fn cell(text: impl Into<String>) -> (Tone, String) {
    (Tone::Usual, text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_by_what_a_terminal_shows_not_by_characters() {
        let mut table = Table::new(&["NAME", "WHY"]);
        table.row([cell("端末"), cell("wide")]);
        table.row([cell("cafe\u{301}"), cell("combined")]);
        table.row([cell(""), cell("empty")]);
        insta::assert_snapshot!(table.render(Paint::Plain, "  "), @"
        NAME  WHY
        端末  wide
        café  combined
              empty
        ");
    }

    #[test]
    fn nothing_from_outside_commands_the_terminal_or_deceives_the_eye() {
        assert_eq!(
            plain("a\u{1b}[2Jb\u{7}\u{9b}1mc\u{202e}d\u{200b}\ne"),
            "a[2Jb1mcd e"
        );
        assert_eq!(cut("a\u{1b}]0;owned\u{7}", 40), "a]0;owned");
    }

    #[test]
    fn a_long_text_is_cut_where_the_column_ends() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("端末端末", 6), "端末…");
    }

    #[test]
    fn short_ids_tell_devices_apart() {
        assert_eq!(short_length(["aaaaaaaaaaaaaaaaaaaa", "bbbb"]), 12);
        assert_eq!(short_length(["00000000000000000001", "00000000000000000002"]), 20);
        assert_eq!(short_length([]), 12);
    }

    #[test]
    fn colour_wraps_the_text_and_leaves_the_columns_alone() {
        let mut table = Table::new(&["A", "B"]);
        table.row([(Tone::Bad, "x".to_owned()), cell("y")]);
        let coloured = table.render(Paint::Coloured, "");
        assert_eq!(
            coloured
                .replace("\u{1b}[31;1m", "")
                .replace("\u{1b}[1m", "")
                .replace("\u{1b}[0m", ""),
            table.render(Paint::Plain, "")
        );
        assert_ne!(coloured, table.render(Paint::Plain, ""));
    }
}
