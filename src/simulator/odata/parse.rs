//! Reading a `$filter`: characters to tokens, tokens to a [`Filter`].
//!
//! Called by [`Filter::parse`] only. Depth is bounded here, and chains of `and` and `or` become one flat list, so a
//! hostile filter can exhaust nothing.

use crate::simulator::odata::{Filter, Invalid, Literal, Operator, Schema};

/// How deep parentheses and `not` may nest.
pub const MAX_DEPTH: usize = 50;

/// Reads a whole filter.
pub fn filter(text: &str, schema: &'static Schema) -> Result<Filter, Invalid> {
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        next: 0,
        schema,
    };
    let filter = parser.any_of(0)?;
    if parser.next < parser.tokens.len() {
        return Err(parser.unexpected());
    }
    Ok(filter)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Word(String),
    Literal(Literal),
}

/// Cuts a filter into tokens, each with its place.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Invalid> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = chars.get(at).copied() {
        let start = at;
        at += 1;
        let token = match first {
            _ if first.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => Token::Literal(Literal::Text(
                quoted(&chars, &mut at).ok_or_else(|| syntax(text, start))?,
            )),
            _ if first.is_ascii_alphanumeric() || matches!(first, '-' | '_') => {
                while chars
                    .get(at)
                    .is_some_and(|c| c.is_ascii_alphanumeric() || "-_:.+/".contains(*c))
                {
                    at += 1;
                }
                let word: String = chars[start..at].iter().collect();
                bare(word).ok_or_else(|| syntax(text, start))?
            }
            _ => return Err(syntax(text, start)),
        };
        tokens.push((start, token));
    }
    Ok(tokens)
}

/// The rest of a quoted text; `at` is left behind its closing quote.
fn quoted(chars: &[char], at: &mut usize) -> Option<String> {
    let mut content = String::new();
    loop {
        let next = *chars.get(*at)?;
        *at += 1;
        if next != '\'' {
            content.push(next);
        } else if chars.get(*at) == Some(&'\'') {
            content.push('\'');
            *at += 1;
        } else {
            return Some(content);
        }
    }
}

/// What an unquoted run of characters is: `null`, a GUID, a number, a date, a time stamp, or else a word.
fn bare(word: String) -> Option<Token> {
    if word == "null" {
        return Some(Token::Literal(Literal::Null));
    }
    if word.len() == 36 && uuid::Uuid::try_parse(&word).is_ok() {
        return Some(Token::Literal(Literal::Text(word.to_ascii_lowercase())));
    }
    if !word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Some(Token::Word(word));
    }
    let literal = if let Ok(number) = word.parse() {
        Literal::Number(number)
    } else if let Ok(at) = word.parse() {
        Literal::Time(at)
    } else {
        Literal::Time(format!("{word}T00:00:00Z").parse().ok()?)
    };
    Some(Token::Literal(literal))
}

fn syntax(text: &str, position: usize) -> Invalid {
    Invalid::Syntax {
        position,
        text: text.chars().take(200).collect(),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
    schema: &'static Schema,
}

impl Parser<'_> {
    fn any_of(&mut self, depth: usize) -> Result<Filter, Invalid> {
        let mut any = vec![self.all_of(depth)?];
        while self.takes_word("or") {
            any.push(self.all_of(depth)?);
        }
        Ok(if any.len() == 1 {
            any.swap_remove(0)
        } else {
            Filter::Or(any)
        })
    }

    fn all_of(&mut self, depth: usize) -> Result<Filter, Invalid> {
        let mut all = vec![self.term(depth)?];
        while self.takes_word("and") {
            all.push(self.term(depth)?);
        }
        Ok(if all.len() == 1 {
            all.swap_remove(0)
        } else {
            Filter::And(all)
        })
    }

    fn term(&mut self, depth: usize) -> Result<Filter, Invalid> {
        if depth > MAX_DEPTH {
            return Err(Invalid::TooDeep);
        }
        if self.takes_word("not") {
            return Ok(Filter::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.takes(&Token::Open) {
            let inner = self.any_of(depth + 1)?;
            return self.expect(&Token::Close).map(|()| inner);
        }
        let property = self.property()?;
        if self.takes_word("in") {
            return self.list(property).map(|literals| Filter::In(property, literals));
        }
        let Some(Token::Word(word)) = self.peek() else {
            return Err(self.unexpected());
        };
        let operator = Operator::named(word).ok_or_else(|| self.unexpected())?;
        self.next += 1;
        Ok(Filter::Compare(property, operator, self.literal(property)?))
    }

    fn property(&mut self) -> Result<usize, Invalid> {
        let Some(Token::Word(name)) = self.peek() else {
            return Err(self.unexpected());
        };
        let known = self
            .schema
            .iter()
            .position(|(known, _)| known.eq_ignore_ascii_case(name));
        let known = known.ok_or_else(|| Invalid::Property(name.chars().take(100).collect()))?;
        self.next += 1;
        Ok(known)
    }

    fn list(&mut self, property: usize) -> Result<Vec<Literal>, Invalid> {
        self.expect(&Token::Open)?;
        let mut literals = vec![self.literal(property)?];
        while self.takes(&Token::Comma) {
            literals.push(self.literal(property)?);
        }
        self.expect(&Token::Close).map(|()| literals)
    }

    fn literal(&mut self, property: usize) -> Result<Literal, Invalid> {
        let Some(Token::Literal(literal)) = self.peek() else {
            return Err(self.unexpected());
        };
        let (name, of) = self.schema[property];
        if !literal.fits(of) {
            return Err(Invalid::Types(name));
        }
        let literal = literal.clone();
        self.next += 1;
        Ok(literal)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token) -> Result<(), Invalid> {
        if self.takes(token) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn unexpected(&self) -> Invalid {
        let end = self.text.chars().count();
        syntax(
            self.text,
            self.tokens.get(self.next).map_or(end, |(place, _)| *place),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::odata::{Type, Value};

    const SCHEMA: &Schema = &[
        ("id", Type::Text),
        ("status", Type::Text),
        ("creationDateTimeUtc", Type::Time),
    ];

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        let syntax = |filter: &str| match Filter::parse(filter, SCHEMA) {
            Err(Invalid::Syntax { position, .. }) => position,
            other => panic!("{filter}: {other:?}"),
        };
        assert_eq!(syntax(""), 0);
        assert_eq!(syntax("id eq"), 5);
        assert_eq!(syntax("id eq 'open"), 6);
        assert_eq!(syntax("id in ('a'"), 10);
        assert_eq!(syntax("id like 'a'"), 3);
        assert_eq!(syntax("id eq 'a' id eq 'b'"), 10);
        assert_eq!(syntax("(id eq 'a'"), 10);
        assert_eq!(syntax("id eq 12x"), 6);
    }

    #[test]
    fn wrong_names_and_types_are_refused() {
        let refused = |filter: &str| Filter::parse(filter, SCHEMA).expect_err("it must not parse");
        assert_eq!(
            refused("requestorComment eq 'x'"),
            Invalid::Property("requestorComment".to_owned())
        );
        assert_eq!(
            refused("creationDateTimeUtc gt '2026-01-01'"),
            Invalid::Types("creationDateTimeUtc")
        );
        assert_eq!(refused("status eq 4"), Invalid::Types("status"));
    }

    #[test]
    fn depth_is_bounded_and_length_is_not() {
        let deep = format!("{}id eq 'a'{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(Filter::parse(&deep, SCHEMA), Err(Invalid::TooDeep));
        assert_eq!(
            Filter::parse(&"not ".repeat(100_000), SCHEMA),
            Err(Invalid::TooDeep)
        );
        let long = vec!["id eq 'a'"; 100_000].join(" or ");
        Filter::parse(&long, SCHEMA).expect("a long chain is no deeper than a short one");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = Filter::parse(&text, SCHEMA);
        }

        #[test]
        fn no_order_of_known_pieces_makes_it_panic(pieces in proptest::collection::vec(
            proptest::sample::select(vec!["(", ")", ",", "'", "''", "'a'", "id", "status", "in", "eq", "gt", "and", "or", "not",
                "null", "2026-01-01", "2026-01-01T00:00:00Z", "-", "9999999999999999999", "\u{1F980}", " "]), 0..30)) {
            let parsed = Filter::parse(&pieces.join(" "), SCHEMA);
            if let Ok(filter) = parsed {
                filter.holds(&|_| Value::Null);
            }
        }
    }
}
