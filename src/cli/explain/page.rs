//! A page of text for a terminal: lines with an indent and a tone. Everything put on it is made plain, because much of it
//! comes from whoever set off an alert. Pure.

use crate::cli::operator::table::{Paint, Tone, cut, plain};

/// The longest line on a terminal, in columns.
const WIDEST: usize = 200;

/// Lines, from top to bottom.
#[derive(Debug, Default)]
pub struct Page(Vec<(usize, Tone, String)>);

impl Page {
    /// Adds a line; a text that is too long is cut on a terminal, unless all of it was asked for.
    pub fn line(&mut self, indent: usize, tone: Tone, text: impl AsRef<str>) {
        self.0.push((indent, tone, plain(text.as_ref())));
    }

    /// Adds a name and what there is to say, in two columns.
    pub fn entry(&mut self, indent: usize, name: &str, text: impl AsRef<str>) {
        self.line(indent, Tone::Usual, format!("{name:<10} {}", text.as_ref()));
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.0.push((0, Tone::Usual, String::new()));
    }

    /// Adds a heading after an empty line.
    pub fn head(&mut self, text: &str) {
        self.gap();
        self.line(0, Tone::Head, text);
    }

    /// The text.
    pub fn render(&self, paint: Paint) -> String {
        let lines = self.0.iter().map(|(indent, tone, text)| {
            let text = match paint {
                Paint::Fitted { .. } => paint.tone(*tone, &cut(text, WIDEST)),
                _ => paint.tone(*tone, text),
            };
            let line = format!("{:indent$}{text}", "");
            format!("{}\n", line.trim_end())
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_is_spared_a_long_text() {
        let long = "why it is so ".repeat(40);
        let mut page = Page::default();
        page.entry(2, "why", &long);
        for paint in [Paint::Plain, Paint::Coloured, Paint::Plain.wide()] {
            assert!(page.render(paint).contains(long.trim_end()), "{paint:?}");
        }
        let fitted = page.render(Paint::Fitted {
            columns: 80,
            is_coloured: false,
        });
        assert!(
            fitted.ends_with("…\n") && fitted.chars().count() <= WIDEST + 3,
            "{fitted}"
        );
    }
}
