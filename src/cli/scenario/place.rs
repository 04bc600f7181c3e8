//! Reads a YAML file into any type that serde knows, and says of what is wrong on which line and under which key it stands.
//!
//! Used for scenarios, whose types belong to the simulator and know nothing of files. What a file means is decided by
//! [`crate::yaml`], as everywhere.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;

use crate::yaml::{Diagnostics, Node};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line and the key, once known.
    pub place: Option<(usize, String)>,
    /// What is wrong.
    pub why: String,
}

impl Wrong {
    /// The innermost place is the one that holds.
    fn at(self, line: usize, path: &str) -> Self {
        let place = self.place.or_else(|| Some((line, path.to_owned())));
        Self { place, ..self }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            place: None,
            why: message.to_string(),
        }
    }
}

/// One value of a file, to be read.
pub struct Reader<'a>(pub Node<'a>);

impl<'a> Reader<'a> {
    fn placed<T>(&self, read: impl FnOnce(Self) -> Result<T, Wrong>) -> Result<T, Wrong> {
        let (line, path) = (self.0.line(), self.0.path().to_owned());
        read(Self(self.0.clone())).map_err(|wrong| wrong.at(line, &path))
    }

    /// The keys and values of a map.
    fn entries(&self) -> Option<Vec<(Name<'a>, Node<'a>)>> {
        let map = self.0.map(&mut Diagnostics::default())?;
        let entries = map.entries().map(|(key, value)| {
            let name = Name {
                text: key.text,
                line: key.line(),
                path: value.path().to_owned(),
            };
            (name, value)
        });
        Some(entries.collect())
    }
}

/// A key and its place.
struct Name<'a> {
    text: &'a str,
    line: usize,
    path: String,
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let mut ignored = Diagnostics::default();
        let node = self.0.clone();
        self.placed(|reader| {
            if let Some(text) = node.as_str() {
                visitor.visit_str(text)
            } else if node.is_null() {
                visitor.visit_unit()
            } else if let Some(entries) = reader.entries() {
                visitor.visit_map(Entries {
                    left: entries.into_iter(),
                    value: None,
                })
            } else if let Some(items) = node.seq(&mut ignored) {
                visitor.visit_seq(Items(items.into_iter()))
            } else if let Some(flag) = node.bool(&mut ignored) {
                visitor.visit_bool(flag)
            } else if let Some(number) = node.u64(&mut ignored) {
                visitor.visit_u64(number)
            } else {
                let number = node.f64(&mut ignored);
                visitor.visit_f64(number.ok_or_else(|| de::Error::custom("not a number"))?)
            }
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.placed(|reader| {
            if let Some(word) = reader.0.as_str() {
                return visitor.visit_enum(word.into_deserializer());
            }
            let mut entries = reader.entries().unwrap_or_default().into_iter();
            match (entries.next(), entries.next()) {
                (Some((name, value)), None) => visitor.visit_enum(Chosen { name, value }),
                _ => Err(de::Error::custom("must be a word, or a map with one key")),
            }
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a>(std::vec::IntoIter<Node<'a>>);

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        let next = self.0.next().map(Reader);
        next.map(|reader| reader.placed(|reader| seed.deserialize(reader)))
            .transpose()
    }
}

struct Entries<'a> {
    left: std::vec::IntoIter<(Name<'a>, Node<'a>)>,
    value: Option<Node<'a>>,
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((name, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        name.read(seed).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let value = self.value.take();
        let value = value.ok_or_else(|| de::Error::custom("a value without a key"))?;
        Reader(value).placed(|reader| seed.deserialize(reader))
    }
}

impl Name<'_> {
    fn read<'de, K: DeserializeSeed<'de>>(&self, seed: K) -> Result<K::Value, Wrong> {
        let text: StrDeserializer<'_, Wrong> = self.text.into_deserializer();
        seed.deserialize(text)
            .map_err(|wrong| wrong.at(self.line, &self.path))
    }
}

/// `{variant: value}`.
struct Chosen<'a> {
    name: Name<'a>,
    value: Node<'a>,
}

impl<'de, 'a> de::EnumAccess<'de> for Chosen<'a> {
    type Error = Wrong;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'a>), Wrong> {
        Ok((self.name.read(seed)?, Content(self.value)))
    }
}

/// What stands under the key of a variant.
struct Content<'a>(Node<'a>);

impl<'de> de::VariantAccess<'de> for Content<'_> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        Reader(self.0.clone()).placed(|reader| {
            if reader.0.is_null() {
                Ok(())
            } else {
                Err(de::Error::custom("takes nothing"))
            }
        })
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Wrong> {
        Reader(self.0).placed(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Wrong> {
        Reader(self.0).deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        Reader(self.0).deserialize_any(visitor)
    }
}
