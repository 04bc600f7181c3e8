//! Text for terminals: columns, a little colour, and nothing from outside that a terminal would obey. Pure.

use std::fmt::Write as _;

pub use super::fold::{fold, shown_width};
pub use crate::desk::words::{plain, short, short_length};

/// How texts are drawn for whoever reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Plain text, however wide: a program reads it.
    Plain,
    /// ANSI colours, however wide.
    Coloured,
    /// To so many columns, which a table never exceeds.
    Fitted {
        /// How many.
        columns: usize,
        /// With ANSI colours.
        is_coloured: bool,
    },
    /// Every column of a table with the whole of each text.
    Wide {
        /// With ANSI colours.
        is_coloured: bool,
    },
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
        match self.is_coloured() {
            false => text.to_owned(),
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    /// Whether there are colours.
    pub fn is_coloured(self) -> bool {
        match self {
            Self::Plain => false,
            Self::Coloured => true,
            Self::Fitted { is_coloured, .. } | Self::Wide { is_coloured } => is_coloured,
        }
    }

    /// With every column and the whole of each text.
    pub fn wide(self) -> Self {
        Self::Wide {
            is_coloured: self.is_coloured(),
        }
    }

    /// How many characters of these ids are shown: as many as tell them apart, or all.
    pub fn id_length<'a>(self, ids: impl IntoIterator<Item = &'a str>) -> usize {
        match self {
            Self::Wide { .. } => usize::MAX,
            _ => short_length(ids),
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

/// Rows under a head. Where there is not room for all of it, first the columns go that can be spared, then the widest texts are cut.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<&'static str>,
    spare: Vec<&'static str>,
    wide: Vec<&'static str>,
    whole: Vec<&'static str>,
    rows: Vec<Vec<(Tone, String)>>,
}

/// Fitted to a terminal no column but the last is wider.
const WIDEST: usize = 32;
/// The last column is cut here then.
const WIDEST_LAST: usize = 100;
/// To make room the last column, which is prose, gives way first, to so much.
const PROSE: usize = 24;
/// No column is cut shorter than that.
const NARROWEST: usize = 8;

impl Table {
    /// An empty table.
    pub fn new(head: &[&'static str]) -> Self {
        Self {
            head: head.to_vec(),
            ..Self::default()
        }
    }

    /// Columns that go, in this order, where there is not room for all.
    pub fn spare(mut self, columns: &[&'static str]) -> Self {
        self.spare = columns.to_vec();
        self
    }

    /// Columns that show only where everything does.
    pub fn only_wide(mut self, columns: &[&'static str]) -> Self {
        self.wide = columns.to_vec();
        self
    }

    /// Columns whose texts are never cut, because the next command is typed with them.
    pub fn whole(mut self, columns: &[&'static str]) -> Self {
        self.whole = columns.to_vec();
        self
    }

    /// Adds a row; texts are made plain.
    pub fn row(&mut self, cells: impl IntoIterator<Item = (Tone, String)>) {
        let cells = cells.into_iter().map(|(tone, text)| (tone, plain(&text)));
        self.rows.push(cells.collect());
    }

    /// The lines, each after `indent`.
    pub fn render(&self, paint: Paint, indent: &str) -> String {
        let columns = self.columns(paint, width(indent));
        let head = self.head.iter().map(|title| (Tone::Head, (*title).to_owned()));
        let head: Vec<(Tone, String)> = head.collect();
        let mut out = String::new();
        for line in std::iter::once(&head).chain(&self.rows) {
            let mut gap = 0;
            out += indent;
            for Column { at, shown, .. } in &columns {
                let (tone, text) = line
                    .get(*at)
                    .map_or((Tone::Usual, ""), |(tone, text)| (*tone, text));
                let text = cut(text, *shown);
                if !text.is_empty() {
                    let _ = write!(out, "{:gap$}{}", "", paint.tone(tone, &text));
                    gap = 0;
                }
                gap += shown + 2 - width(&text);
            }
            out.push('\n');
        }
        out
    }

    /// Which columns are shown, and how wide.
    fn columns(&self, paint: Paint, indent: usize) -> Vec<Column> {
        let is_wide = matches!(paint, Paint::Wide { .. });
        let last = self.head.len().saturating_sub(1);
        let shown = self
            .head
            .iter()
            .enumerate()
            .filter(|(_, title)| is_wide || !self.wide.contains(title));
        let mut columns: Vec<Column> = shown
            .map(|(at, title)| {
                let texts = self
                    .rows
                    .iter()
                    .filter_map(|row| row.get(at))
                    .map(|(_, text)| width(text));
                let is_whole = self.whole.contains(title);
                let most = match paint {
                    Paint::Fitted { .. } if is_whole => usize::MAX,
                    Paint::Fitted { .. } if at == last => WIDEST_LAST,
                    Paint::Fitted { .. } => WIDEST,
                    // A program reads it, or all of it was asked for.
                    _ => usize::MAX,
                };
                Column {
                    at,
                    title,
                    is_whole,
                    shown: texts.max().unwrap_or(0).min(most).max(width(title)),
                }
            })
            .collect();
        if let Paint::Fitted { columns: room, .. } = paint {
            fit(&mut columns, &self.spare, room.saturating_sub(indent));
        }
        columns
    }
}

/// A column as it is shown.
#[derive(Debug)]
struct Column {
    at: usize,
    title: &'static str,
    is_whole: bool,
    shown: usize,
}

/// Makes the columns fit into so much room, if that can be.
fn fit(columns: &mut Vec<Column>, spare: &[&str], room: usize) {
    let taken = |columns: &[Column]| {
        columns
            .iter()
            .map(|column| column.shown + 2)
            .sum::<usize>()
            .saturating_sub(2)
    };
    let give = |column: &mut Column, over: usize, least: usize| {
        let least = match column.is_whole {
            true => column.shown,
            false => least.max(width(column.title)).min(column.shown),
        };
        column.shown = column.shown.saturating_sub(over).max(least);
    };
    // A prose column that is a little shorter is better than a column less.
    let over = taken(columns).saturating_sub(room);
    if let Some(last) = columns.last_mut() {
        give(last, over, PROSE * 2);
    }
    for title in spare {
        if taken(columns) > room {
            columns.retain(|column| column.title != *title);
        }
    }
    let over = taken(columns).saturating_sub(room);
    if let Some(last) = columns.last_mut() {
        give(last, over, PROSE);
    }
    // The first column tells the rows apart and stays whole as long as others can give.
    while taken(columns) > room {
        let others = columns.iter_mut().skip(1);
        let widest =
            others.filter(|column| !column.is_whole && column.shown > NARROWEST.max(width(column.title)));
        match widest.max_by_key(|column| column.shown) {
            Some(widest) => widest.shown -= 1,
            None => break,
        }
    }
    // Rather a column less than one that nobody can type again.
    while taken(columns) > room && columns.iter().any(|column| column.is_whole) {
        match columns.iter().rposition(|column| !column.is_whole) {
            Some(at) if at > 0 => {
                columns.remove(at);
            }
            _ => break,
        }
    }
    let over = taken(columns).saturating_sub(room);
    if let Some(first) = columns.first_mut() {
        give(first, over, NARROWEST);
    }
    // So narrow a terminal shows the first columns.
    while taken(columns) > room && columns.len() > 1 {
        columns.pop();
    }
    let over = taken(columns).saturating_sub(room);
    if let Some(first) = columns.first_mut() {
        first.shown = first.shown.saturating_sub(over);
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

    fn actions() -> Table {
        let mut table = Table::new(&["DEVICE", "NAME", "LANE", "CALLS", "ID", "WHY"])
            .spare(&["CALLS", "LANE"])
            .only_wide(&["ID"]);
        let why = "the ransomware alert of the file server, which an operator looked at twice; number 12, may leave in 3 min";
        for (device, name) in [
            ("0123456789ab", "a-rather-long-name.of.a.host.example.org"),
            ("fedcba987654", "b"),
        ] {
            table.row([
                cell(device),
                cell(name),
                cell("critical"),
                cell("2"),
                cell("7e1f"),
                cell(why),
            ]);
        }
        table
    }

    #[test]
    fn a_table_never_exceeds_the_columns_that_it_is_fitted_to() {
        let table = actions();
        for columns in 20..200 {
            let paint = Paint::Fitted {
                columns,
                is_coloured: true,
            };
            for line in table.render(paint, "  ").lines() {
                assert!(shown_width(line) <= columns, "{columns}: {line}");
            }
        }
    }

    #[test]
    fn an_id_is_whole_wherever_there_is_room_for_it_and_on_a_pipe_everything_is() {
        let id = "018f3c2e-7a10-7c3e-9a50-0123456789ab";
        let long = "a text that is longer than a column of a terminal would ever be, however long it goes on and on, here";
        let mut table = Table::new(&["CAME", "ID", "FROM", "WHY"]).whole(&["ID"]);
        table.row([cell("2 min ago"), cell(id), cell(long), cell(long)]);
        let fitted = |columns| {
            table.render(
                Paint::Fitted {
                    columns,
                    is_coloured: false,
                },
                "",
            )
        };
        for columns in 20..200 {
            let text = fitted(columns);
            assert_eq!(
                text.contains(id),
                columns >= NARROWEST + 2 + id.len(),
                "{columns}: {text}"
            );
            assert!(
                text.lines().all(|line| shown_width(line) <= columns),
                "{columns}: {text}"
            );
        }
        assert!(!fitted(199).contains(long));
        for paint in [Paint::Plain, Paint::Coloured, Paint::Plain.wide()] {
            let text = table.render(paint, "");
            assert_eq!(
                (text.matches(long).count(), text.contains(id)),
                (2, true),
                "{text}"
            );
        }
        let mut narrow = Table::new(&["ID", "WHY"]).whole(&["ID"]);
        narrow.row([cell(id), cell("x")]);
        let paint = Paint::Fitted {
            columns: 20,
            is_coloured: false,
        };
        assert!(
            narrow.render(paint, "").contains("018f3c2e-7a10-7c3e-…"),
            "there is no room for more"
        );
    }

    #[test]
    fn what_can_be_spared_goes_first_and_what_is_asked_for_wide_is_whole() {
        let fitted = |columns| {
            actions().render(
                Paint::Fitted {
                    columns,
                    is_coloured: false,
                },
                "",
            )
        };
        insta::assert_snapshot!(fitted(100), @"
        DEVICE        NAME                              WHY
        0123456789ab  a-rather-long-name.of.a.host.ex…  the ransomware alert of the file server, which…
        fedcba987654  b                                 the ransomware alert of the file server, which…
        ");
        insta::assert_snapshot!(fitted(80), @"
        DEVICE        NAME                              WHY
        0123456789ab  a-rather-long-name.of.a.host.ex…  the ransomware alert of the fil…
        fedcba987654  b                                 the ransomware alert of the fil…
        ");
        insta::assert_snapshot!(fitted(50), @"
        DEVICE        NAME               WHY
        0123456789ab  a-rather-long-na…  the ransomware a…
        fedcba987654  b                  the ransomware a…
        ");
        let wide = actions().render(Paint::Plain.wide(), "");
        for whole in [
            "a-rather-long-name.of.a.host.example.org",
            "7e1f",
            "may leave in 3 min",
        ] {
            assert!(wide.contains(whole), "{wide}");
        }
        assert!(!actions().render(Paint::Plain, "").contains("7e1f"));
    }
}
