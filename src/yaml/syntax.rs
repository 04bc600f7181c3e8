//! What the readers of YAML say of a text that they cannot read, in words that help who wrote it: what is probably meant,
//! where it begins, and what to do.
//!
//! Called by [`super::parse`] and by the index. It only looks at the text; it never decides whether it can be read.

use std::ops::Range;

use super::{Code, Diagnostic, Source};

/// Characters that one version of YAML takes for a line break and another does not.
const SEPARATORS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

struct Finding {
    code: Code,
    span: Range<usize>,
    message: String,
    help: &'static str,
}

/// A diagnostic for what the index's parser says at a byte.
pub(super) fn explain(source: &Source<'_>, info: &str, at: usize) -> Diagnostic {
    let text = source.text.as_str();
    let finding = character(text, info, at)
        .or_else(|| quote_or_bracket(text, info, at))
        .or_else(|| key(text, info, at));
    let Some(finding) = finding else {
        let message = format!("the file is not YAML: {}", lower_first(info));
        return source.diagnostic(Code::SYNTAX, at..at, message);
    };
    let diagnostic = source.diagnostic(finding.code, finding.span, finding.message);
    if finding.help.is_empty() {
        diagnostic
    } else {
        diagnostic.help(finding.help)
    }
}

/// A diagnostic for what `serde_yaml` says of a text that the index could read.
pub(super) fn explain_meaning(source: &Source<'_>, error: &serde_yaml::Error) -> Diagnostic {
    let text = source.text.as_str();
    let at = error
        .location()
        .map_or(0, |location| location.index().min(text.len()));
    let said = error.to_string();
    if said.contains("as u128") || said.contains("as i128") {
        let digits = text[at..]
            .bytes()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-'))
            .count();
        let message = "the number is larger than any that is read";
        return source
            .diagnostic(Code::OUT_OF_RANGE, at..at + digits, message.to_owned())
            .help("put it in quotes if it is a text");
    }
    separator(source, 0..text.len()).unwrap_or_else(|| {
        let message = format!("the file is not YAML that quell reads: {error}");
        source.diagnostic(Code::SYNTAX, at..at, message)
    })
}

/// A diagnostic for a value in which the two readers see different things.
pub(super) fn disagreement(source: &Source<'_>, span: Range<usize>) -> Diagnostic {
    separator(source, span.clone()).unwrap_or_else(|| {
        let message = "this can be read in two ways, so it is not read at all";
        source
            .diagnostic(Code::DISAGREEMENT, span, message.to_owned())
            .help("write it more plainly: a text in double quotes, on one line")
    })
}

fn separator(source: &Source<'_>, within: Range<usize>) -> Option<Diagnostic> {
    let (at, c) = source
        .text
        .as_str()
        .get(within.clone())?
        .char_indices()
        .find(|(_, c)| SEPARATORS.contains(c))?;
    let start = within.start + at;
    let message = format!(
        "the character U+{:04X} here is a line break to some readers and none to others",
        u32::from(c)
    );
    let help = "put a blank in its place";
    Some(
        source
            .diagnostic(Code::DISAGREEMENT, start..start + c.len_utf8(), message)
            .help(help),
    )
}

fn character(text: &str, info: &str, at: usize) -> Option<Finding> {
    if info.contains("BOM must not appear") {
        return Some(Finding {
            code: Code::SYNTAX,
            span: at..at + '\u{feff}'.len_utf8(),
            message: "a byte order mark (U+FEFF), which cannot be seen, stands inside the file".to_owned(),
            help: "take it away; copying from a web page or another file brings it along",
        });
    }
    if info.contains("tabs disallowed") || info.contains("tab") && info.contains("indent") {
        let line = line_start(text, at);
        let tab = text[line..].find('\t').map_or(at, |tab| line + tab);
        return Some(Finding {
            code: Code::SYNTAX,
            span: tab..tab + 1,
            message: "a tab stands where blanks must indent".to_owned(),
            help: "indent with blanks, two for each level",
        });
    }
    if info.contains("escape character") || info.contains("escape code") {
        return Some(Finding {
            code: Code::SYNTAX,
            span: at..at + 1,
            message: "in double quotes a backslash begins an escape, and there is none of this kind"
                .to_owned(),
            help: "write the text in single quotes, which leave backslashes alone",
        });
    }
    if info.contains("unknown anchor") {
        let length = text[at..]
            .find(|c: char| c.is_whitespace() || ",]}".contains(c))
            .unwrap_or(text.len() - at);
        return Some(Finding {
            code: Code::SYNTAX,
            span: at..at + length,
            message: "a text that begins with `*` is an alias, and nothing in the file has that name"
                .to_owned(),
            help: "put it in quotes if it is a text",
        });
    }
    let (_, named) = info.split_once("unexpected character: `")?;
    let hidden = named.strip_prefix("\\u{").and_then(|rest| rest.split_once('}'));
    if let Some(c) = hidden
        .and_then(|(hex, _)| u32::from_str_radix(hex, 16).ok())
        .and_then(char::from_u32)
    {
        let start = text[at..].find(c).map_or(at, |found| at + found);
        return Some(Finding {
            code: Code::SYNTAX,
            span: start..start + c.len_utf8(),
            message: format!("the control character U+{:04X} stands here", u32::from(c)),
            help: "take it away",
        });
    }
    let c = text[at..].chars().next()?;
    Some(Finding {
        code: Code::SYNTAX,
        span: at..at + c.len_utf8(),
        message: format!("a text cannot begin with `{c}`"),
        help: "put the text in quotes",
    })
}

fn quote_or_bracket(text: &str, info: &str, at: usize) -> Option<Finding> {
    if info.contains("recursion limit") {
        return Some(Finding {
            code: Code::NESTING,
            span: at..at + 1,
            message: "values nest too deeply here".to_owned(),
            help: "",
        });
    }
    let open = opened(text, at);
    if info.contains("quoted scalar") {
        let (start, mark) = open.filter(|(_, mark)| matches!(mark, '"' | '\'')).or_else(|| {
            let mark = text[at..]
                .chars()
                .next()
                .filter(|mark| matches!(mark, '"' | '\''))?;
            Some((at, mark))
        })?;
        return Some(Finding {
            code: Code::SYNTAX,
            span: start..start + 1,
            message: format!(
                "the text that begins with this `{mark}` does not end before the next line begins anew"
            ),
            help: "close the quote where the text ends",
        });
    }
    if let Some((_, mismatch)) = info.split_once("mismatched bracket '") {
        let mut marks = mismatch.chars().filter(|c| "[]{}".contains(*c));
        let (opening, closing) = (marks.next()?, marks.next()?);
        return Some(Finding {
            code: Code::SYNTAX,
            span: at..at + 1,
            message: format!("this `{opening}` is closed by a `{closing}`"),
            help: "close the brackets in the order in which they were opened, the last one first",
        });
    }
    let flow = info.contains("flow mapping") || info.contains("flow sequence") || info.contains("',' or");
    let (start, mark) = open.filter(|(_, mark)| flow && matches!(mark, '[' | '{'))?;
    Some(Finding {
        code: Code::SYNTAX,
        span: start..start + 1,
        message: format!("what begins with this `{mark}` is not closed, or a `,` is missing in it"),
        help: "close the bracket, and separate entries with `, `",
    })
}

fn key(text: &str, info: &str, at: usize) -> Option<Finding> {
    let line = line_start(text, at);
    let whole = text[line..].lines().next().unwrap_or_default();
    let begins = line + whole.len() - whole.trim_start().len();
    let span = begins..line + whole.trim_end().len().max(begins - line);
    let (span, message, help) = if info.contains("mapping values are not allowed") {
        if text[begins..at.max(begins)].contains(": ") {
            let message = "a second `: ` on the line, which only a key may have";
            (at..at + 1, message, "put a text that holds `: ` in quotes")
        } else {
            let message =
                "the line is indented further than the one above it, which is no key that it could belong to";
            (
                span,
                message,
                "give it the indentation of its neighbours, or end the line above with a `:`",
            )
        }
    } else if info.contains("simple key expected") || info.contains("could not find expected ':'") {
        let message = "a key must be followed by a `:` and a blank or the end of the line";
        (span, message, "write `key: value`")
    } else if info.contains("did not find expected key") || info.contains("did not find expected '-'") {
        let message = "the line is not indented as those beside it";
        (
            span,
            message,
            "indent it exactly like the other entries that it belongs to",
        )
    } else {
        return None;
    };
    Some(Finding {
        code: Code::SYNTAX,
        span,
        message: message.to_owned(),
        help,
    })
}

/// The last quote or bracket before a byte that was opened and not closed, as far as a glance can tell.
fn opened(text: &str, at: usize) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut before = '\n';
    let mut escaped = false;
    for (position, c) in text[..at.min(text.len())].char_indices() {
        let in_quote = open
            .last()
            .map(|(_, mark)| *mark)
            .filter(|mark| matches!(mark, '"' | '\'' | '#'));
        match (in_quote, c) {
            (Some('#'), '\n') => drop(open.pop()),
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some('"'), '"') if !escaped => drop(open.pop()),
            (Some('\''), '\'') => drop(open.pop()),
            (Some(_), _) => {}
            (None, '#') if before.is_whitespace() => open.push((position, c)),
            // Quotes and brackets mean something where a value can begin.
            (None, '"' | '\'' | '[' | '{') if before.is_whitespace() || "[{,:".contains(before) => {
                open.push((position, c))
            }
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
        escaped = false;
        before = c;
    }
    open.pop().filter(|(_, mark)| *mark != '#')
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}
