//! What a list is asked for: `$filter`, `$orderby`, `$top`, `$skip`, `$count`, `$select`, `$expand`, and the pages that follow from it.
//!
//! Used for actions and machines alike. Options that the service does not know are refused as it refuses them.

use std::cmp::Ordering;

use axum::extract::Query as Pairs;
use axum::http::Uri;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use crate::simulator::odata::{Filter, Schema, Value, compare};

/// The most that `$top` may ask for (facts sheet 2.4).
const MAX_TOP: usize = 10_000;

/// A list's options, read and checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Which entities.
    pub filter: Option<Filter>,
    order: Vec<(usize, bool)>,
    top: Option<usize>,
    skip: usize,
    count: bool,
    select: Vec<String>,
    expand: Vec<String>,
    /// Options to be repeated in the link to the next page.
    kept: Vec<(String, String)>,
}

/// One page of a list, as it is written.
#[derive(Serialize)]
pub struct Page<'a, T> {
    #[serde(rename = "@odata.context")]
    context: &'a str,
    #[serde(rename = "@odata.count", skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    value: Vec<Item<T>>,
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

/// An entity as it is listed.
#[derive(Serialize)]
#[serde(untagged)]
enum Item<T> {
    /// With all its properties.
    Whole(T),
    /// With those that were asked for.
    Parts(Map<String, Json>),
}

impl Query {
    /// Reads the options of a request.
    ///
    /// # Errors
    /// The message for the caller.
    pub fn read(uri: &Uri, schema: &'static Schema) -> Result<Self, String> {
        Self::read_expandable(uri, schema, &[])
    }

    /// The same for entities with properties that `$expand` may name; whether it does, [`Query::expands`] tells.
    ///
    /// # Errors
    /// The message for the caller.
    pub fn read_expandable(uri: &Uri, schema: &'static Schema, expandable: &[&str]) -> Result<Self, String> {
        let Pairs(pairs) =
            Pairs::<Vec<(String, String)>>::try_from_uri(uri).map_err(|error| error.to_string())?;
        let mut query = Self::default();
        for (name, value) in pairs {
            match name.to_ascii_lowercase().as_str() {
                "$filter" => {
                    query.filter = Some(Filter::parse(&value, schema).map_err(|error| error.to_string())?)
                }
                "$orderby" => query.order = order(&value, schema)?,
                "$top" => query.top = Some(number("$top", &value, MAX_TOP)?),
                "$skip" => query.skip = number("$skip", &value, usize::MAX)?,
                "$select" => {
                    let names = value.split(',').map(|name| name.trim().to_owned());
                    query.select = names.filter(|name| !name.is_empty()).collect();
                }
                "$expand" if !expandable.is_empty() => {
                    let known = |name: &str| expandable.iter().any(|known| known.eq_ignore_ascii_case(name));
                    if let Some(name) = value.split(',').map(str::trim).find(|name| !known(name)) {
                        return Err(format!("Could not find a property named '{name}'."));
                    }
                    query.expand = value.split(',').map(|name| name.trim().to_owned()).collect();
                }
                "$count" => query.count = value.eq_ignore_ascii_case("true"),
                _ if name.starts_with('$') => {
                    return Err(format!(
                        "Custom query option '{name}' that starts with '$' is not supported."
                    ));
                }
                _ => {}
            }
            if !matches!(name.to_ascii_lowercase().as_str(), "$top" | "$skip") {
                query.kept.push((name, value));
            }
        }
        Ok(query)
    }

    /// Whether a property is to be written whole.
    pub fn expands(&self, property: &str) -> bool {
        self.expand.iter().any(|name| name.eq_ignore_ascii_case(property))
    }

    /// Cuts the page asked for out of all entities, which come in the order that holds where none is asked for.
    ///
    /// `value_of` gives a property of an entity by its place in the schema; `origin` and `path` make the link to the
    /// next page.
    pub fn page<'a, T: Serialize>(
        &self,
        entities: impl Iterator<Item = T>,
        value_of: &dyn for<'t> Fn(&'t T, usize) -> Value<'t>,
        (origin, path, context): (&str, &str, &'a str),
        page_size: usize,
    ) -> Page<'a, T> {
        let passes = |entity: &T| {
            let holds = |filter: &Filter| filter.holds(&|property| value_of(entity, property));
            self.filter.as_ref().is_none_or(holds)
        };
        let mut found: Vec<T> = entities.filter(passes).collect();
        if !self.order.is_empty() {
            found.sort_by(|left, right| self.compared(left, right, value_of));
        }
        let total = found.len();
        let rest = total.saturating_sub(self.skip);
        let wanted = self.top.unwrap_or(usize::MAX).min(rest);
        let taken = wanted.min(page_size.max(1));
        let next_link = (taken < wanted).then(|| {
            let top = self.top.map(|top| top - taken);
            format!("{origin}{path}?{}", self.next(taken, top))
        });
        let value = found
            .into_iter()
            .skip(self.skip)
            .take(taken)
            .map(|entity| self.item(entity))
            .collect();
        Page {
            context,
            count: self.count.then_some(total),
            value,
            next_link,
        }
    }

    fn item<T: Serialize>(&self, entity: T) -> Item<T> {
        if self.select.is_empty() {
            return Item::Whole(entity);
        }
        let Ok(Json::Object(mut parts)) = serde_json::to_value(&entity) else {
            return Item::Whole(entity);
        };
        parts.retain(|name, _| self.select.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
        Item::Parts(parts)
    }

    fn compared<T>(
        &self,
        left: &T,
        right: &T,
        value_of: &dyn for<'t> Fn(&'t T, usize) -> Value<'t>,
    ) -> Ordering {
        for (property, descending) in &self.order {
            let order = compare(value_of(left, *property), value_of(right, *property));
            if order != Ordering::Equal {
                return if *descending { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    }

    /// The options of the next page.
    fn next(&self, taken: usize, top: Option<usize>) -> String {
        let skip = (self.skip + taken).to_string();
        let top = top.map(|top| ("$top", top.to_string()));
        let kept = self
            .kept
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()));
        let pairs = kept.chain(top).chain([("$skip", skip)]);
        pairs
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(&value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// An entity with its context, as single entities are written: the context first.
pub fn entity(context: &str, entity: &impl Serialize) -> Box<RawValue> {
    let body = serde_json::to_string(entity).expect("entities hold nothing that JSON cannot");
    let context = serde_json::to_string(context).expect("text is JSON");
    let rest = body.strip_prefix('{').unwrap_or("}");
    RawValue::from_string(format!("{{\"@odata.context\":{context},{rest}"))
        .expect("an object with one more member")
}

fn order(value: &str, schema: &'static Schema) -> Result<Vec<(usize, bool)>, String> {
    let one = |part: &str| {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let known = schema
            .iter()
            .position(|(known, _)| known.eq_ignore_ascii_case(name));
        let property = known.ok_or_else(|| format!("Could not find a property named '{name}'."))?;
        match (words.next().map(str::to_ascii_lowercase).as_deref(), words.next()) {
            (None | Some("asc"), None) => Ok((property, false)),
            (Some("desc"), None) => Ok((property, true)),
            _ => Err(format!("Syntax error in '{part}'.")),
        }
    };
    value.split(',').map(one).collect()
}

fn number(name: &str, value: &str, most: usize) -> Result<usize, String> {
    let number = value.trim().parse::<usize>();
    let number = number.map_err(|_| format!("Invalid value '{value}' for {name} query option found."))?;
    if number <= most {
        return Ok(number);
    }
    Err(format!(
        "The limit of '{most}' for {} query has been exceeded. The value from the incoming request is '{number}'.",
        &name[1..]
    ))
}

/// Percent-encodes everything but the characters that are safe anywhere in a query, and `$`.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'$' => {
                escaped.push(char::from(byte))
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::odata::Type;

    const SCHEMA: &Schema = &[("number", Type::Number), ("name", Type::Text)];

    fn read(query: &str) -> Result<Query, String> {
        Query::read(&format!("/api/things?{query}").parse().expect("a URI"), SCHEMA)
    }

    fn value_of(entity: &i64, property: usize) -> Value<'_> {
        match property {
            0 => Value::Number(*entity),
            _ => Value::Text(if entity % 2 == 0 { "even" } else { "odd" }),
        }
    }

    fn json(query: &str, page_size: usize) -> serde_json::Value {
        let query = read(query).expect("the options are good");
        let page = query.page(1..=7, &value_of, ("http://x", "/api/things", "ctx"), page_size);
        serde_json::to_value(&page).expect("it serialises")
    }

    #[test]
    fn filter_order_top_and_skip_work_together() {
        let page = json(
            "$filter=name%20eq%20'odd'&$orderby=number%20desc&$skip=1&$top=2&$count=true",
            100,
        );
        assert_eq!(
            page,
            serde_json::json!({ "@odata.context": "ctx", "@odata.count": 4, "value": [5, 3] })
        );
        let by_two = json("$orderby=name,number desc".replace(' ', "%20").as_str(), 100);
        assert_eq!(by_two["value"], serde_json::json!([6, 4, 2, 7, 5, 3, 1]));
    }

    #[test]
    fn following_the_links_gives_every_entity_once() {
        for top in ["", "&$top=6"] {
            let mut seen = Vec::new();
            let mut query = format!("$filter=number+ne+4{top}");
            loop {
                let page = json(&query, 2);
                seen.extend(
                    page["value"]
                        .as_array()
                        .expect("a list")
                        .iter()
                        .filter_map(serde_json::Value::as_i64),
                );
                let Some(link) = page["@odata.nextLink"].as_str() else {
                    break;
                };
                query = link
                    .strip_prefix("http://x/api/things?")
                    .expect("the link is made from the origin")
                    .to_owned();
            }
            assert_eq!(seen, [1, 2, 3, 5, 6, 7], "{top}");
        }
    }

    #[test]
    fn options_that_the_service_does_not_know_are_refused() {
        let refused = read("$stop=2").expect_err("there is no $stop");
        assert_eq!(
            refused,
            "Custom query option '$stop' that starts with '$' is not supported."
        );
        read("$top=10001").expect_err("a page has 10,000 at most");
        read("$top=-1").expect_err("a number, and not below zero");
        read("$orderby=colour").expect_err("no such property");
        read("$filter=number+eq").expect_err("half a filter");
        read("api-version=1").expect("other options are nobody's business");
    }

    #[test]
    fn an_entity_begins_with_its_context() {
        let json = entity(
            "https://host/$metadata#X/$entity",
            &serde_json::json!({ "id": 1 }),
        );
        assert_eq!(
            json.get(),
            r#"{"@odata.context":"https://host/$metadata#X/$entity","id":1}"#
        );
    }
}
