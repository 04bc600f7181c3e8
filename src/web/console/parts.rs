//! The pieces that pages are made of: times, words for states, panels, tables, lists of facts. Pure: `now` is a parameter.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::desk::words;

/// How a thing stands, for the eye; the word beside says it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// Look at it.
    Warn,
    /// A person is needed, or something is gone wrong.
    Bad,
    /// Under way.
    Info,
    /// Nothing to say about it.
    Plain,
}

impl Tone {
    /// The class in the stylesheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Plain => "plain",
        }
    }
}

/// How the state of an action, a containment, a request or a device stands. States that are not known here are shown as they are.
pub(super) fn tone(state: &str) -> Tone {
    match state {
        "succeeded" | "active" | "acted" | "act" | "approved" | "free" | "enforce" | "released" => Tone::Good,
        "asked" | "ask" | "hold" | "unknown" | "in_doubt" | "observe" | "expired" | "throttled" => Tone::Warn,
        "failed" | "timed_out" | "declined" | "rejected" | "cancelled" => Tone::Bad,
        "queued" | "submitting" | "submitted" | "restricted" | "isolated" => Tone::Info,
        _ => Tone::Plain,
    }
}

/// A word for a state, with its colour.
pub(super) fn badge(tone: Tone, text: &str) -> Markup {
    html! { span.badge.(tone.class()) { (text) } }
}

/// A state by its name: `timed_out` is written `timed out`.
pub(super) fn state(name: &str) -> Markup {
    badge(tone(name), &name.replace('_', " "))
}

/// A sentence of the desk's, made harmless: what stands between backticks is set as such.
pub(super) fn told(text: &str) -> Markup {
    let text = words::plain(text);
    let pieces: Vec<&str> = text.split('`').collect();
    // The last backtick of an odd number of them is one of the text itself.
    let is_odd = pieces.len().is_multiple_of(2);
    html! {
        @for (n, piece) in pieces.iter().enumerate() {
            @if is_odd && n + 1 == pieces.len() { "`" (piece) }
            @else if n % 2 == 1 { code { (piece) } }
            @else { (piece) }
        }
    }
}

/// The absolute time, to the second, UTC.
pub(super) fn exact(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A text that tells a time, with the absolute time behind it.
pub(super) fn time(at: Timestamp, text: &str) -> Markup {
    html! { time datetime=(at) title=(exact(at)) { (text) } }
}

/// When something was: `4 min ago`.
pub(super) fn ago(now: Timestamp, at: Timestamp) -> Markup {
    time(at, &words::ago(now, at))
}

/// When something is to be: `in 3 h 12 min`.
pub(super) fn ahead(now: Timestamp, at: Timestamp) -> Markup {
    time(at, &words::ahead(now, at))
}

/// When a question ends, which none does while something is stopped.
pub(super) fn question_ends(now: Timestamp, at: Timestamp, is_stopped: bool) -> Markup {
    time(at, &words::question_ends(now, at, is_stopped))
}

/// Text from outside, without what would deceive an eye. The escaping is the template's.
pub(super) fn plain(text: &str) -> Markup {
    html! { (words::plain(text)) }
}

/// Nothing to show in a cell.
pub(super) fn none() -> Markup {
    html! { span.muted { "–" } }
}

/// What is there, or nothing.
pub(super) fn or_none<T>(value: Option<T>, show: impl FnOnce(T) -> Markup) -> Markup {
    value.map_or_else(none, show)
}

/// A part of a page with a heading. `id` is its name in links and for the script.
pub(super) struct Panel<'a> {
    /// Its name.
    pub id: &'a str,
    /// The heading.
    pub title: &'a str,
    /// A class of the stylesheet: `needs`, `calm`, or nothing.
    pub class: &'a str,
    /// What stands beside the heading.
    pub beside: Markup,
}

/// A panel whose content keeps a distance from its edges.
pub(super) fn panel(id: &str, title: &str, content: Markup) -> Markup {
    let body = html! { div.body { (content) } };
    Panel::new(id, title).around(body)
}

impl<'a> Panel<'a> {
    /// Nothing but the heading.
    pub(super) fn new(id: &'a str, title: &'a str) -> Self {
        Self {
            id,
            title,
            class: "",
            beside: html! {},
        }
    }

    /// With that beside the heading.
    pub(super) fn beside(self, beside: Markup) -> Self {
        Self { beside, ..self }
    }

    /// Of that class.
    pub(super) fn class(self, class: &'a str) -> Self {
        Self { class, ..self }
    }

    /// Around a content that brings its own distances.
    pub(super) fn around(self, content: Markup) -> Markup {
        html! {
            section.panel.(self.class) id=(self.id) aria-labelledby={ (self.id) "-title" } {
                header {
                    h2 id={ (self.id) "-title" } { (self.title) }
                    span.more { (self.beside) }
                }
                (content)
            }
        }
    }
}

/// A table: rows of cells, each row known by a name. A head that begins with `#` is of figures. The first cell names its row.
pub(super) struct Table<'a> {
    /// What it is, for those who do not see it.
    pub label: &'a str,
    /// The heads.
    pub heads: &'a [&'a str],
    /// What is said when there are no rows.
    pub empty: &'a str,
}

/// A row: its name, which is an id in the page, and its cells.
pub(super) type Row = (String, Vec<Markup>);

impl Table<'_> {
    /// The table, or the words for its absence.
    pub(super) fn show(&self, rows: impl IntoIterator<Item = Row>) -> Markup {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return html! { div.body { p.empty { (self.empty) } } };
        }
        let head = |head: &&str| {
            let words = head.trim_start_matches('#').to_owned();
            (words, head.starts_with('#'))
        };
        let heads: Vec<(String, bool)> = self.heads.iter().map(head).collect();
        html! {
            // What is too wide scrolls here, and with the keyboard too.
            div.scroll role="region" aria-label=(self.label) tabindex="0" {
                table.cards role="table" {
                    caption.hidden { (self.label) }
                    thead role="rowgroup" { tr role="row" {
                        @for (head, is_figure) in &heads {
                            th.num[*is_figure] scope="col" role="columnheader" { (head) }
                        }
                    } }
                    tbody role="rowgroup" {
                        @for (name, cells) in rows {
                            tr id=(name) role="row" {
                                @for (place, (cell, (head, is_figure))) in cells.iter().zip(&heads).enumerate() {
                                    @if place == 0 {
                                        th scope="row" role="rowheader" { (cell) }
                                    } @else {
                                        td.num[*is_figure] data-label=(head) role="cell" { span { (cell) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Names with what they are.
pub(super) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, Markup)>) -> Markup {
    html! {
        dl.facts {
            @for (name, fact) in facts {
                div { dt { (name) } dd { (fact) } }
            }
        }
    }
}

/// One figure that one wants to see at once.
pub(super) fn tile(label: &str, figure: Markup, note: Markup, tone: Tone, to: Option<&str>) -> Markup {
    let inside = html! {
        span.label { (label) }
        span.figure { (figure) }
        span.note { (note) }
    };
    html! {
        @match to {
            Some(to) => { a.tile.(tone.class()) href=(to) { (inside) } },
            None => { div.tile.(tone.class()) { (inside) } },
        }
    }
}

/// A text as a name in a page: what an id may not have becomes `-`.
pub(super) fn slug(text: &str) -> String {
    let kept = text.chars().take(80);
    kept.map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}

/// A text as a part of a path.
pub(super) fn in_path(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path += &format!("%{byte:02X}");
        }
    }
    path
}

/// What a part of a path says. What is no text is nothing that a page is called.
pub(super) fn of_path(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        let hex = behind.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            _ => bytes.push(first),
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Row>) -> String {
        let table = Table {
            label: "devices",
            heads: &["Device", "#Calls"],
            empty: "there are none",
        };
        table.show(rows).into_string()
    }

    #[test]
    fn what_stands_between_backticks_is_set_as_such_and_nothing_becomes_markup() {
        assert_eq!(
            told("`a<b>` is free").into_string(),
            "<code>a&lt;b&gt;</code> is free"
        );
        assert_eq!(
            told("say `quell status`, now").into_string(),
            "say <code>quell status</code>, now"
        );
        assert_eq!(told("a ` alone").into_string(), "a ` alone");
        assert_eq!(told("").into_string(), "");
    }

    #[test]
    fn what_comes_from_outside_is_never_markup() {
        let name = "<script>alert(1)</script>\u{202e}";
        let page = table(vec![(slug(name), vec![plain(name), html! { (7) }])]);
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
        assert!(!page.contains('\u{202e}'), "{page}");
        assert!(page.contains(r#"id="-script-alert-1---script--""#), "{page}");
        assert_eq!(in_path("a/b?c#d <é"), "a%2Fb%3Fc%23d%20%3C%C3%A9");
        assert_eq!(of_path(&in_path("a/b?c#d <é%")), "a/b?c#d <é%");
        assert_eq!(of_path("100%"), "100%");
        assert_eq!(of_path("%ff"), "", "no text");
    }

    #[test]
    fn a_table_without_rows_says_so_in_words() {
        let page = table(Vec::new());
        assert!(
            page.contains("there are none") && !page.contains("<table"),
            "{page}"
        );
    }

    #[test]
    fn a_table_names_its_rows_and_its_cells_for_those_who_see_it_as_cards_or_not_at_all() {
        let page = table(vec![("one".to_owned(), vec![html! { "ws-1" }, html! { (12) }])]);
        assert!(
            page.contains(r#"<th scope="row" role="rowheader">ws-1</th>"#),
            "{page}"
        );
        assert!(
            page.contains(r#"<td class="num" data-label="Calls" role="cell">"#),
            "{page}"
        );
        assert!(
            page.contains(r#"role="region" aria-label="devices" tabindex="0""#),
            "{page}"
        );
    }

    #[test]
    fn a_time_is_told_from_now_and_holds_the_absolute_one() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let was: Timestamp = "2026-11-22T02:56:00Z".parse().expect("a time");
        assert_eq!(
            ago(now, was).into_string(),
            r#"<time datetime="2026-11-22T02:56:00Z" title="2026-11-22 02:56:00 UTC">4 min ago</time>"#
        );
    }
}
