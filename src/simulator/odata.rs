//! The part of OData's `$filter` that clients of Defender use: `eq ne gt ge lt le in`, `and or not`, parentheses, quoted
//! strings and enum members, unquoted time stamps.
//!
//! Called for lists of actions and machines. A filter is text from outside: parsing bounds its depth, so neither it nor
//! evaluation can exhaust the stack, and every refusal is an [`Invalid`], never a panic.

use std::cmp::Ordering;

use jiff::Timestamp;

mod parse;

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text, a GUID or an enum member.
    Text,
    /// A whole number.
    Number,
    /// A time stamp.
    Time,
}

/// The properties that may be filtered and ordered by; a property is known by its place. Names match in any case, as
/// the service's own samples mix them.
pub type Schema = [(&'static str, Type)];

/// A property's value in one entity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text, a GUID or an enum member.
    Text(&'a str),
    /// A whole number.
    Number(i64),
    /// A time stamp.
    Time(Timestamp),
    /// Nothing.
    Null,
}

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Any of these.
    Or(Vec<Filter>),
    /// All of these.
    And(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A property, by its place in the schema, against a literal.
    Compare(usize, Operator, Literal),
    /// A property equals one of the literals.
    In(usize, Vec<Literal>),
}

/// A comparison, by OData's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Eq,
    /// `≠`
    Ne,
    /// `>`
    Gt,
    /// `≥`
    Ge,
    /// `<`
    Lt,
    /// `≤`
    Le,
}

/// A value written in a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `'text'`, where a quote inside is doubled, or an unquoted GUID.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An unquoted time stamp or date.
    Time(Timestamp),
    /// `null`
    Null,
}

/// Why a filter is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It cannot be read.
    #[error("Syntax error at position {position} in '{text}'.")]
    Syntax {
        /// Where, in characters.
        position: usize,
        /// The filter, shortened.
        text: String,
    },
    /// It names a property that does not exist or cannot be filtered by.
    #[error("Could not find a property named '{0}' on type 'microsoft.windowsDefenderATP.api'.")]
    Property(String),
    /// A literal does not fit the property.
    #[error("A binary operator with incompatible types was detected for the property '{0}'.")]
    Types(&'static str),
    /// It is nested too deeply.
    #[error("The recursion limit of {} was exceeded.", parse::MAX_DEPTH)]
    TooDeep,
}

impl Filter {
    /// Reads a filter over the properties of a schema.
    ///
    /// # Errors
    /// [`Invalid`], to be shown to the caller.
    pub fn parse(text: &str, schema: &'static Schema) -> Result<Self, Invalid> {
        parse::filter(text, schema)
    }

    /// Whether an entity, given by the values of its properties, passes.
    pub fn holds<'a>(&self, value_of: &dyn Fn(usize) -> Value<'a>) -> bool {
        match self {
            Self::Or(any) => any.iter().any(|one| one.holds(value_of)),
            Self::And(all) => all.iter().all(|one| one.holds(value_of)),
            Self::Not(other) => !other.holds(value_of),
            Self::In(property, literals) => {
                let value = value_of(*property);
                literals.iter().any(|literal| literal.value() == value)
            }
            Self::Compare(property, operator, literal) => {
                operator.holds(value_of(*property), literal.value())
            }
        }
    }

    /// Every text literal in the filter: the ids that a list of machines is asked for.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Or(several) | Self::And(several) => several.iter().flat_map(Self::texts).collect(),
            Self::Not(other) => other.texts(),
            Self::In(_, literals) => literals.iter().filter_map(Literal::text).collect(),
            Self::Compare(_, _, literal) => literal.text().into_iter().collect(),
        }
    }
}

/// Orders two values of one property; nothing sorts before anything.
pub fn compare(left: Value<'_>, right: Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left.cmp(&right),
        (Value::Time(left), Value::Time(right)) => left.cmp(&right),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

impl Operator {
    fn holds(self, value: Value<'_>, literal: Value<'_>) -> bool {
        match self {
            Self::Eq => value == literal,
            Self::Ne => value != literal,
            // Nothing is neither more nor less than anything.
            _ if value == Value::Null || literal == Value::Null => false,
            Self::Gt => compare(value, literal).is_gt(),
            Self::Ge => compare(value, literal).is_ge(),
            Self::Lt => compare(value, literal).is_lt(),
            Self::Le => compare(value, literal).is_le(),
        }
    }

    fn named(word: &str) -> Option<Self> {
        let names = [
            ("eq", Self::Eq),
            ("ne", Self::Ne),
            ("gt", Self::Gt),
            ("ge", Self::Ge),
            ("lt", Self::Lt),
            ("le", Self::Le),
        ];
        names
            .iter()
            .find(|(name, _)| word.eq_ignore_ascii_case(name))
            .map(|(_, operator)| *operator)
    }
}

impl Literal {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Number(number) => Value::Number(*number),
            Self::Time(at) => Value::Time(*at),
            Self::Null => Value::Null,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn fits(&self, property: Type) -> bool {
        match self {
            Self::Text(_) => property == Type::Text,
            Self::Number(_) => property == Type::Number,
            Self::Time(_) => property == Type::Time,
            Self::Null => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &Schema = &[
        ("id", Type::Text),
        ("status", Type::Text),
        ("creationDateTimeUtc", Type::Time),
        ("rbacGroupId", Type::Number),
    ];

    fn check(filter: &str, expected: bool) {
        let created = "2026-03-01T12:00:00.5Z".parse().expect("a time stamp");
        let value_of = |property: usize| match property {
            0 => Value::Text("o'neil"),
            1 => Value::Text("Pending"),
            2 => Value::Time(created),
            _ => Value::Null,
        };
        let parsed = Filter::parse(filter, SCHEMA).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(parsed.holds(&value_of), expected, "{filter}");
    }

    #[test]
    fn every_comparison_works_on_text_and_time() {
        check("status eq 'Pending'", true);
        check("status eq 'pending'", false);
        check("status ne 'Failed'", true);
        check("creationDateTimeUtc gt 2026-03-01T12:00:00Z", true);
        check("creationDateTimeUtc ge 2026-03-01T12:00:00.5000000Z", true);
        check("creationDateTimeUtc lt 2026-03-01T12:00:00+00:00", false);
        check("creationDateTimeUtc le 2026-03-01", false);
        check("id eq 'o''neil'", true);
        check("id ne ED74C544-91d4-414d-8805-5c26e028ef7e", true);
    }

    #[test]
    fn names_and_keywords_match_in_any_case() {
        check(
            "Status EQ 'Pending' AND creationdatetimeutc GE 2026-01-01T00:00:00Z",
            true,
        );
        check("NOT (status IN ('Failed','Pending'))", false);
    }

    #[test]
    fn and_binds_tighter_than_or_and_parentheses_bind_tightest() {
        check("status eq 'Pending' or status eq 'Failed' and id eq 'x'", true);
        check("(status eq 'Pending' or status eq 'Failed') and id eq 'x'", false);
        check("not status eq 'Failed' and id eq 'o''neil'", true);
    }

    #[test]
    fn nothing_is_equal_to_null_only_and_never_more_or_less() {
        check("rbacGroupId eq null", true);
        check("rbacGroupId ne 3", true);
        check("rbacGroupId lt 3", false);
        check("rbacGroupId ge 3", false);
    }

    #[test]
    fn a_filter_names_its_texts() {
        let filter = Filter::parse("id in ('a','b') or not (id eq 'c' and status ne null)", SCHEMA)
            .expect("it parses");
        assert_eq!(filter.texts(), ["a", "b", "c"]);
    }
}
