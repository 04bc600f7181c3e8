//! A page of text for a terminal: lines with an indent and a tone. Everything put on it is made plain, because much of it
//! comes from whoever set off an alert. Pure.

use crate::cli::operator::table::{Paint, Tone, cut};

/// The longest line, in columns.
const WIDEST: usize = 200;

/// Lines, from top to bottom.
#[derive(Debug, Default)]
pub struct Page(Vec<(usize, Tone, String)>);

impl Page {
    /// Adds a line; a text that is too long is cut.
    pub fn line(&mut self, indent: usize, tone: Tone, text: impl AsRef<str>) {
        self.0.push((indent, tone, cut(text.as_ref(), WIDEST)));
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
            let text = paint.tone(*tone, text);
            let line = format!("{:indent$}{text}", "");
            format!("{}\n", line.trim_end())
        });
        lines.collect()
    }
}
