//! The one parser of meaning for configuration, playbooks and their tests.
//!
//! `serde_yaml` says what a file means; an index of the same text says where each value stands, and is never asked what
//! it means. Where the two disagree, the file is refused. Callers walk the result with [`Node`], which reports every
//! error of a file instead of the first, each with a position and, where one is near, the word that was probably meant.
//!
//! Called by `config` and `playbook`. This is the only place that names `serde_yaml` and `granit_parser`; it never reads
//! a file itself. Should `serde_yaml` ever have to go, `yaml_serde` takes its place by one line of `Cargo.toml`.

pub mod code;
pub mod diagnostic;
pub mod duration;
pub mod format;
mod index;
mod meaning;
pub mod node;
mod plain;
pub mod schema;
pub mod suggest;
mod syntax;
mod write;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

pub use code::Code;
pub use diagnostic::{Diagnostic, Diagnostics, Severity, SourceText};
pub use node::{Map, Node};
pub use write::{WriteError, write};

use index::{Indexed, Shape};

/// The largest file that is looked at, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// How many characters that cannot be seen are reported.
const MAX_HIDDEN: usize = 10;

/// A parsed file: its text, and what it means with where each part stands.
#[derive(Clone, Debug)]
pub struct Document {
    file: String,
    text: Arc<SourceText>,
    root: Tree,
}

/// A value with its position.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    span: Range<usize>,
    value: Value,
}

/// What a part of a file means.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number {
        written: String,
        unsigned: Option<u64>,
        float: Option<f64>,
    },
    Text(String),
    Seq(Vec<Tree>),
    Map(Vec<Entry>),
}

/// A key with its position, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    key: String,
    key_span: Range<usize>,
    tree: Tree,
}

impl Document {
    /// The name under which the file was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The file's text.
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The content in one canonical form: comments, white space, quoting and the order of keys do not show in it.
    pub fn canonical(&self) -> String {
        let mut canonical = String::new();
        self.root.canonical(&mut canonical);
        canonical
    }

    /// The outermost value, to walk from.
    pub fn root(&self) -> Node<'_> {
        Node::root(self, &self.root)
    }
}

impl Tree {
    /// Writes JSON with sorted keys; numbers as they are written.
    fn canonical(&self, out: &mut String) {
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number { written, .. } => out.push_str(written),
            Value::Text(text) => canonical_text(text, out),
            Value::Seq(items) => {
                for (position, item) in items.iter().enumerate() {
                    out.push(if position == 0 { '[' } else { ',' });
                    item.canonical(out);
                }
                out.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Value::Map(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                for (position, entry) in sorted.iter().enumerate() {
                    out.push(if position == 0 { '{' } else { ',' });
                    canonical_text(&entry.key, out);
                    out.push(':');
                    entry.tree.canonical(out);
                }
                out.push_str(if entries.is_empty() { "{}" } else { "}" });
            }
        }
    }
}

/// A JSON string.
fn canonical_text(text: &str, out: &mut String) {
    if text
        .bytes()
        .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\' | 0x7f))
    {
        out.push_str(&serde_json::Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// Parses one file.
///
/// # Errors
/// Everything that is wrong with the file as YAML: not YAML at all, larger than [`MAX_BYTES`], empty, several documents,
/// tags, merge keys, keys that are not text, duplicate keys, deep nesting, aliases that expand to much.
pub fn parse(file: &str, text: &str) -> Result<Document, Diagnostics> {
    parse_as(file, text, true)
}

/// The same of a text that was in force before: what nobody sees in it is read as it was then, though no new file may hold it.
///
/// # Errors
/// As [`parse`], but for [`Code::HIDDEN`].
pub fn parse_kept(file: &str, text: &str) -> Result<Document, Diagnostics> {
    parse_as(file, text, false)
}

/// What nobody sees in a text, wherever it stands: what [`parse`] refuses and [`parse_kept`] passes over.
pub fn unseen(file: &str, text: &str) -> Diagnostics {
    if text.len() > MAX_BYTES {
        return Diagnostics::default();
    }
    let text = SourceText::new(whole(text).as_ref());
    hidden(&Source { file, text })
}

fn parse_as(file: &str, text: &str, is_new: bool) -> Result<Document, Diagnostics> {
    if text.len() > MAX_BYTES {
        // Of a file that is not looked at, no copy is made either.
        let beginning: String = text
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
        let source = Source {
            file,
            text: SourceText::new(&beginning),
        };
        let message = format!("the file is larger than {MAX_BYTES} bytes");
        return Err(source.refuse(Code::TOO_LARGE, 0..0, message));
    }
    let text = whole(text);
    let text = text.as_ref();
    let source = Source {
        file,
        text: SourceText::new(text),
    };
    let root = read(&source, is_new)?;
    Ok(Document {
        file: file.to_owned(),
        text: source.text,
        root,
    })
}

fn read(source: &Source<'_>, is_new: bool) -> Result<Tree, Diagnostics> {
    let text = source.text.as_str();
    if let Some(root) = plain::index(text).and_then(|indexed| meaning::read(text, &indexed)) {
        return Ok(root);
    }
    let hidden = match is_new {
        true => hidden(source),
        false => Diagnostics::default(),
    };
    let indexed = match index::build(source) {
        Ok(indexed) if hidden.is_empty() => indexed,
        Ok(_) => return Err(hidden),
        Err(mut found) => {
            found.extend(hidden);
            return Err(found);
        }
    };
    if let Some(root) = meaning::read(text, &indexed) {
        return Ok(root);
    }
    let value: serde_yaml::Value = serde_yaml::from_str(text)
        .map_err(|error| Diagnostics::from(syntax::explain_meaning(source, &error)))?;
    join(indexed, value).map_err(|misfit| match misfit {
        Misfit::Key(span) => {
            let message = "a key must be text; put it in quotes".to_owned();
            source.refuse(Code::KEY, span, message)
        }
        Misfit::Value(span) => Diagnostics::from(syntax::disagreement(source, span)),
    })
}

/// The text without a byte order mark and with the newline that every line ends with: what editors add and leave out.
fn whole(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.ends_with('\n') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}\n"))
    }
}

/// The separators U+2028 and U+2029 are told apart where they are read in two ways.
fn concealed(c: char) -> bool {
    diagnostic::is_hidden(c) && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Reports characters that cannot be seen or that turn the direction of writing, wherever they stand: a reviewer does not
/// see what is read, and a tag with one of them is not the tag that it looks like. So is a carriage return by itself: it ends
/// a line, and with it a comment, for YAML and for few who show the file.
fn hidden(source: &Source<'_>) -> Diagnostics {
    let mut found = Diagnostics::default();
    let text = source.text.as_str();
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return found;
    }
    let lone = |at: &usize| !text[at + 1..].starts_with('\n');
    let returns = text.match_indices('\r').map(|(at, _)| at);
    for at in returns.filter(lone).take(MAX_HIDDEN) {
        let message = "a carriage return (U+000D) without a line feed stands here, which begins a new line for some programs and for others \
                       does not, so the file does not say what it shows";
        let help = "end the line with a line feed, or with both";
        let found_here = source.diagnostic(Code::HIDDEN, at..at + 1, message.to_owned());
        found.push(found_here.help(help));
    }
    for (at, c) in text.match_indices(concealed).take(MAX_HIDDEN) {
        let number = c.chars().next().map_or(0, u32::from);
        let message = format!(
            "the character U+{number:04X} here cannot be seen, or turns what follows, so the file does not say what it shows"
        );
        let help = format!("take it away; if it is meant, write `\\U{number:08X}` in double quotes");
        let span = at..at + c.len();
        found.push(source.diagnostic(Code::HIDDEN, span, message).help(help));
    }
    found
}

/// What to say of a file that is not UTF-8: where its text ends, and what the bytes there look like.
pub fn not_text(file: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let bytes = error.as_bytes();
    let sound = error.utf8_error().valid_up_to();
    let source = SourceText::new(&String::from_utf8_lossy(bytes));
    let message = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16, and files are read as UTF-8".to_owned(),
        _ => format!(
            "the byte 0x{:02x} here is not UTF-8",
            bytes.get(sound).unwrap_or(&0)
        ),
    };
    let end = sound + char::REPLACEMENT_CHARACTER.len_utf8();
    Diagnostic::new(Code::NOT_UTF8, file, &source, sound..end, message).help("save the file as UTF-8")
}

/// A file's name and text, for diagnostics that come before there is a [`Document`].
pub(crate) struct Source<'a> {
    file: &'a str,
    text: Arc<SourceText>,
}

impl Source<'_> {
    fn diagnostic(&self, code: Code, span: Range<usize>, message: String) -> Diagnostic {
        Diagnostic::new(code, self.file, &self.text, span, message)
    }

    fn refuse(&self, code: Code, span: Range<usize>, message: String) -> Diagnostics {
        Diagnostics::from(self.diagnostic(code, span, message))
    }
}

/// Where meaning and position do not fit together.
enum Misfit {
    /// The key means something else than text.
    Key(Range<usize>),
    /// The two see different values.
    Value(Range<usize>),
}

/// Puts meaning and position together.
fn join(indexed: Indexed<'_>, value: serde_yaml::Value) -> Result<Tree, Misfit> {
    use serde_yaml::Value as Meaning;
    let span = indexed.span;
    let value = match (indexed.shape, value) {
        (Shape::Scalar { plain: true, .. }, Meaning::Null) => Value::Null,
        (Shape::Scalar { plain: true, .. }, Meaning::Bool(value)) => Value::Bool(value),
        (Shape::Scalar { plain: true, text }, Meaning::Number(number)) => Value::Number {
            written: text.into_owned(),
            unsigned: number.as_u64(),
            float: number.as_f64(),
        },
        (Shape::Scalar { text, .. }, Meaning::String(value)) if text == value => Value::Text(value),
        (Shape::Seq(items), Meaning::Sequence(values)) if items.len() == values.len() => {
            let joined = items
                .into_iter()
                .zip(values)
                .map(|(item, value)| join(item, value));
            Value::Seq(joined.collect::<Result<_, _>>()?)
        }
        (Shape::Map(entries), Meaning::Mapping(values)) if entries.len() == values.len() => {
            let joined = entries
                .into_iter()
                .zip(values)
                .map(|(entry, (key, value))| match key {
                    Meaning::String(key) if key == entry.key => {
                        let tree = join(entry.value, value)?;
                        Ok(Entry {
                            key,
                            key_span: entry.key_span,
                            tree,
                        })
                    }
                    Meaning::String(_) => Err(Misfit::Value(entry.key_span)),
                    _ => Err(Misfit::Key(entry.key_span)),
                });
            Value::Map(joined.collect::<Result<_, _>>()?)
        }
        _ => return Err(Misfit::Value(span)),
    };
    Ok(Tree { span, value })
}

#[cfg(test)]
mod tests;
