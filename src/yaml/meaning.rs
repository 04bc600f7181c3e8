//! What a text means, read along its index: every part must be what the index saw, in the same place. Called by
//! [`super::parse`] alone; it never says what is wrong, only that something does not fit.

use std::fmt;

use serde::de::DeserializeSeed;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Number;

use super::index::{Indexed, Shape};
use super::{Entry, Tree, Value};

/// The parts with what they mean; `None` when anything at all is not as the index has it. Then the slow way, which makes
/// a value of the whole text first, tells what and where.
pub(super) fn read(text: &str, indexed: &Indexed<'_>) -> Option<Tree> {
    Along(indexed)
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .ok()
}

/// One part of the index.
struct Along<'i>(&'i Indexed<'i>);

/// A key of the index.
struct KeyAlong<'i>(&'i str);

impl Along<'_> {
    fn tree<E>(&self, value: Value) -> Result<Tree, E> {
        let span = self.0.span.clone();
        Ok(Tree { span, value })
    }

    fn plain<E: Error>(&self) -> Result<&str, E> {
        match &self.0.shape {
            Shape::Scalar { text, plain: true } => Ok(text),
            _ => Err(misfit()),
        }
    }

    fn number<E: Error>(&self, number: &Number) -> Result<Tree, E> {
        let written = self.plain()?.to_owned();
        self.tree(Value::Number {
            written,
            unsigned: number.as_u64(),
            float: number.as_f64(),
        })
    }
}

fn misfit<E: Error>() -> E {
    E::custom("it does not fit the index")
}

impl<'de> DeserializeSeed<'de> for Along<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Tree, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Along<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the index saw")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        self.plain()?;
        self.tree(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        self.plain()?;
        self.tree(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
        self.number(&value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
        self.number(&value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        self.number(&value.into())
    }

    fn visit_str<E: Error>(self, meant: &str) -> Result<Tree, E> {
        match &self.0.shape {
            Shape::Scalar { text, .. } if text == meant => self.tree(Value::Text(meant.to_owned())),
            _ => Err(misfit()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let Shape::Seq(items) = &self.0.shape else {
            return Err(misfit());
        };
        let mut trees = Vec::with_capacity(items.len());
        for item in items {
            trees.push(from.next_element_seed(Along(item))?.ok_or_else(misfit)?);
        }
        match from.next_element::<IgnoredAny>()? {
            None => self.tree(Value::Seq(trees)),
            Some(_) => Err(misfit()),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Tree, A::Error> {
        let Shape::Map(entries) = &self.0.shape else {
            return Err(misfit());
        };
        let mut read = Vec::with_capacity(entries.len());
        for entry in entries {
            from.next_key_seed(KeyAlong(&entry.key))?.ok_or_else(misfit)?;
            read.push(Entry {
                key: entry.key.clone().into_owned(),
                key_span: entry.key_span.clone(),
                tree: from.next_value_seed(Along(&entry.value))?,
            });
        }
        match from.next_key::<IgnoredAny>()? {
            None => self.tree(Value::Map(read)),
            Some(_) => Err(misfit()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for KeyAlong<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl Visitor<'_> for KeyAlong<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key that the index saw")
    }

    fn visit_str<E: Error>(self, meant: &str) -> Result<(), E> {
        if meant == self.0 { Ok(()) } else { Err(misfit()) }
    }
}
