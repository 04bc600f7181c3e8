//! Texts with fill-ins: `{alert.id}` and nothing else, `{{` and `}}` for braces. What is filled in is attacker-influenced,
//! so it loses its control characters and is cut to a length; it is never read again as a text with fill-ins.

use super::facts::{self, FactDef};
use super::subject::{Seen, Subject};
use crate::domain::fact::Fact;
use crate::domain::spelling::is_ignorable;
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Node, duration};

/// The longest filled-in value, in characters.
const VALUE_CHARS: usize = 200;
/// The longest whole text, in characters.
pub(super) const TEXT_CHARS: usize = 900;

/// How much of a text is shown to say where in it a brace stands, in characters.
const PART_CHARS: usize = 20;

/// A checked text.
#[derive(Clone, Debug)]
pub struct Text(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Literal(String),
    Fact(&'static FactDef),
}

impl Text {
    /// Reads a text, reporting every fill-in that is wrong.
    pub fn read(node: &Node<'_>, found: &mut Diagnostics) -> Option<Self> {
        let written = node.str(found)?;
        if written.trim().is_empty() {
            found.push(node.diagnostic(Code::BAD_TEXT, format!("`{}` is empty", node.path())));
            return None;
        }
        if written.chars().count() > TEXT_CHARS {
            let message = format!("`{}` is longer than {TEXT_CHARS} characters", node.path());
            found.push(node.diagnostic(Code::BAD_TEXT, message));
            return None;
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = written;
        let mut sound = true;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..at + 1];
            let after = &rest[at + 1..];
            let begins = written.len() - rest.len() + at;
            if let Some(doubled) = after.strip_prefix(brace) {
                literal.push_str(brace);
                rest = doubled;
            } else if let (true, Some(end)) = (
                brace == "{",
                after
                    .find(['{', '}'])
                    .filter(|end| after[*end..].starts_with('}')),
            ) {
                match fact(&after[..end], begins, node, found) {
                    Some(fact) => {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                        parts.push(Part::Fact(fact));
                    }
                    None => sound = false,
                }
                rest = &after[end + 1..];
            } else {
                let message = format!("the `{brace}` in `{}` has no partner", node.path());
                let help = "write `{fact}` to fill in a fact, and `{{` or `}}` for a brace";
                let length = rest[at..]
                    .chars()
                    .take(PART_CHARS)
                    .map(char::len_utf8)
                    .sum::<usize>();
                let part = begins..begins + length;
                found.push(node.diagnostic_at(part, Code::FILL_IN, message).help(help));
                return None;
            }
        }
        literal.push_str(rest);
        parts.push(Part::Literal(literal));
        sound.then_some(Self(parts))
    }

    /// Whether it may come out without a word: it is made of fill-ins whose facts may all be missing.
    pub fn may_say_nothing(&self) -> bool {
        self.0.iter().all(|part| match part {
            Part::Literal(literal) => !literal.chars().any(char::is_alphanumeric),
            Part::Fact(fact) => fact.may_be_missing(),
        })
    }

    /// The text for one event and device, sanitised.
    pub fn fill(&self, subject: &Subject<'_>) -> String {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => filled.push_str(literal),
                Part::Fact(fact) => filled.push_str(&cut(&plain(&show(&fact.read(subject))), VALUE_CHARS)),
            }
        }
        cut(plain(&filled).trim(), TEXT_CHARS)
    }
}

/// The fact of the fill-in that begins at this byte of the text.
fn fact(name: &str, begins: usize, node: &Node<'_>, found: &mut Diagnostics) -> Option<&'static FactDef> {
    let fact = facts::find(name);
    if fact.is_none() {
        let message = format!("`{}` fills in {}, which is no fact", node.path(), quoted(name));
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_');
        let help = if plain && !name.is_empty() {
            facts::suggest(name)
        } else {
            "only the name of a fact stands between the braces; write `{{` or `}}` for a brace".to_owned()
        };
        // With its braces.
        let part = begins..begins + name.len() + 2;
        found.push(node.diagnostic_at(part, Code::FILL_IN, message).help(help));
    }
    fact
}

/// What was seen of a fact, as people read it.
pub fn show(seen: &Fact<Seen<'_>>) -> String {
    match seen {
        Fact::Is(Seen::Text(text)) => text.clone().into_owned(),
        Fact::Is(Seen::List(items)) if items.is_empty() => "none".to_owned(),
        Fact::Is(Seen::List(items)) => items.join(", "),
        Fact::Is(Seen::Ago(ago)) => duration::show(std::time::Duration::from_secs(ago.as_secs())),
        Fact::Absent => "none".to_owned(),
        Fact::Unknown => "unknown".to_owned(),
    }
}

/// Without control characters and without those that change the direction of text or take no room. Line breaks and tabs
/// become a space.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
            c if c.is_control() || is_ignorable(c) => None,
            c => Some(c),
        })
        .collect()
}

/// At most so many characters, the last one a `…` when something was cut off.
fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut shortened: String = text.chars().take(most - 1).collect();
    shortened.push('…');
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    /// The column of each mistake in a text, and what is marked there.
    fn marked(text: &str) -> Vec<(usize, String)> {
        let file = format!("c: {text}\n");
        let document = yaml::parse("p.yaml", &file).expect("it is YAML");
        let mut found = Diagnostics::default();
        let node = document
            .root()
            .map(&mut found)
            .and_then(|map| map.get("c"))
            .expect("the text is there");
        assert!(Text::read(&node, &mut found).is_none(), "{text}");
        let place = |one: &yaml::Diagnostic| (one.column, file[one.span.clone()].to_owned());
        found.iter().map(place).collect()
    }

    #[test]
    fn the_brace_that_is_wrong_is_marked_and_not_one_like_it() {
        let by_number = r#""\x7balert.idd} {alert.idd}""#;
        for (text, expected) in [
            (r#""{{ok}} costs }""#, &[(18, "}")][..]),
            (r#""{{alert.foo}} {alert.foo}""#, &[(19, "{alert.foo}")]),
            (
                r#""{alert.idd} and {alert.idd}""#,
                &[(5, "{alert.idd}"), (21, "{alert.idd}")],
            ),
            ("'it''s {alert.idd}'", &[(11, "{alert.idd}")]),
            // Which is which cannot be told where one is written by its number: then all of it is marked.
            (by_number, &[(4, by_number), (4, by_number)]),
        ] {
            let marked = marked(text);
            let marked: Vec<_> = marked.iter().map(|(at, part)| (*at, part.as_str())).collect();
            assert_eq!(marked, expected, "{text}");
        }
    }
}
