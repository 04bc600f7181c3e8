//! The bodies of calls that change something. Names are case-sensitive (facts sheet 1.1); what each call takes beside the
//! comment is its own (facts sheet 3).

use serde_json::{Map, Value as Json};

use crate::simulator::action::{Details, Kind, LiveCommand};
use crate::simulator::reply::Reply;

/// Which call a body belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An action.
    Act(Kind),
    /// Calling one back.
    Cancel,
}

impl From<Kind> for Shape {
    fn from(kind: Kind) -> Self {
        Self::Act(kind)
    }
}

/// A body that was read.
#[derive(Debug)]
pub struct Body {
    /// `Comment`.
    pub comment: String,
    /// `Title`.
    pub title: Option<String>,
    /// `ExternalId`.
    pub external_id: Option<String>,
    /// What belongs to the kind.
    pub details: Details,
}

/// What every body may hold.
const COMMON: [&str; 4] = ["Comment", "ExternalId", "Title", "RequestSource"];

impl Body {
    /// Reads a body. `strict`: a property that the service does not know is refused.
    ///
    /// # Errors
    /// The service's 400.
    pub fn read(body: &[u8], shape: Shape, strict: bool) -> Result<Self, Reply> {
        let fields: Map<String, Json> = serde_json::from_slice(body).map_err(|_| incorrect())?;
        let fields = Fields(fields);
        let Some(comment) = fields.text("Comment")? else {
            return Err(missing("Comment"));
        };
        let own: &[&str] = match shape {
            Shape::Act(Kind::Isolate) => &["IsolationType"],
            Shape::Act(Kind::Scan) => &["ScanType"],
            Shape::Act(Kind::QuarantineFile) => &["Sha1"],
            Shape::Act(Kind::LiveResponse) => &["Commands"],
            Shape::Act(_) | Shape::Cancel => &[],
        };
        let known = |name: &String| COMMON.contains(&name.as_str()) || own.contains(&name.as_str());
        if strict && !fields.0.keys().all(known) {
            return Err(incorrect());
        }
        Ok(Self {
            comment,
            title: fields.text("Title")?,
            external_id: fields.text("ExternalId")?,
            details: match shape {
                Shape::Act(kind) => fields.details(kind)?,
                Shape::Cancel => Details::default(),
            },
        })
    }
}

struct Fields(Map<String, Json>);

impl Fields {
    fn text(&self, name: &str) -> Result<Option<String>, Reply> {
        match self.0.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(incorrect()),
        }
    }

    fn details(&self, kind: Kind) -> Result<Details, Reply> {
        let plain = Details::default();
        match kind {
            // The service's metadata has it optional (facts sheet 3, `[EDMX]`).
            Kind::Isolate => {
                let scope = self.text("IsolationType")?.unwrap_or_else(|| "Full".to_owned());
                Ok(Details {
                    scope: Some(one_of(scope, &["Full", "Selective", "UnManagedDevice"])?),
                    ..plain
                })
            }
            Kind::Scan => {
                let scope = self.text("ScanType")?.ok_or_else(|| missing("ScanType"))?;
                Ok(Details {
                    scope: Some(one_of(scope, &["Quick", "Full"])?),
                    ..plain
                })
            }
            Kind::QuarantineFile => {
                let sha1 = self.text("Sha1")?.ok_or_else(|| missing("Sha1"))?;
                if sha1.len() != 40 || !sha1.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    let message = format!("The hash value {sha1} is invalid");
                    return Err(Reply::bad_request("InvalidHashValue", message));
                }
                Ok(Details {
                    sha1: Some(sha1.to_ascii_lowercase()),
                    ..plain
                })
            }
            Kind::LiveResponse => Ok(Details {
                commands: self.commands()?,
                ..plain
            }),
            _ => Ok(plain),
        }
    }

    fn commands(&self) -> Result<Vec<LiveCommand>, Reply> {
        let commands = match self.0.get("Commands") {
            None | Some(Json::Null) => return Err(missing("Commands")),
            Some(Json::Array(commands)) if !commands.is_empty() => commands,
            Some(_) => return Err(incorrect()),
        };
        let text = |of: &Json, name: &str| of[name].as_str().map(str::to_owned).ok_or_else(incorrect);
        commands
            .iter()
            .map(|command| {
                let params = command["params"].as_array().map_or(&[][..], Vec::as_slice);
                let params = params
                    .iter()
                    .map(|param| Ok((text(param, "key")?, text(param, "value")?)));
                Ok(LiveCommand {
                    kind: one_of(text(command, "type")?, &["PutFile", "RunScript", "GetFile"])?,
                    params: params.collect::<Result<_, Reply>>()?,
                })
            })
            .collect()
    }
}

fn one_of(word: String, words: &[&str]) -> Result<String, Reply> {
    if words.contains(&word.as_str()) {
        Ok(word)
    } else {
        Err(incorrect())
    }
}

fn incorrect() -> Reply {
    Reply::bad_request("InvalidRequestBody", "Request body is incorrect")
}

fn missing(name: &str) -> Reply {
    let message = format!("The required parameter {name} is missing");
    Reply::bad_request("MissingRequiredParameter", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str, shape: impl Into<Shape>) -> Option<String> {
        let read = Body::read(body.as_bytes(), shape.into(), true);
        read.err().and_then(|reply| reply.code)
    }

    #[test]
    fn a_body_needs_its_comment_in_the_right_case_and_nothing_unknown() {
        let code = |body| code(body, Kind::Restrict);
        assert_eq!(code(r#"{"Comment":"why"}"#), None);
        assert_eq!(code(r#"{"Comment":"why","ExternalId":"e","Title":null}"#), None);
        let missing = Some("MissingRequiredParameter".to_owned());
        assert_eq!(code("{}"), missing);
        assert_eq!(code(r#"{"comment":"why"}"#), missing);
        assert_eq!(code(r#"{"Comment":null}"#), missing);
        let incorrect = Some("InvalidRequestBody".to_owned());
        for body in [
            "",
            "[]",
            "{",
            r#"{"Comment":3}"#,
            r#"{"Comment":"why","Coment":"x"}"#,
            "\u{0}",
        ] {
            assert_eq!(code(body), incorrect, "{body}");
        }
        let lax = br#"{"Comment":"why","Coment":"x"}"#;
        Body::read(lax, Kind::Restrict.into(), false).expect("that can be switched off");
    }

    #[test]
    fn each_call_takes_what_is_its_own() {
        let (missing, incorrect) = (
            Some("MissingRequiredParameter".to_owned()),
            Some("InvalidRequestBody".to_owned()),
        );
        let sha1 = "a".repeat(40);
        for (kind, body, expected) in [
            (Kind::Isolate, r#"{"Comment":"c"}"#.to_owned(), None),
            (
                Kind::Isolate,
                r#"{"Comment":"c","IsolationType":"Selective"}"#.to_owned(),
                None,
            ),
            (
                Kind::Isolate,
                r#"{"Comment":"c","IsolationType":"full"}"#.to_owned(),
                incorrect.clone(),
            ),
            (
                Kind::Restrict,
                r#"{"Comment":"c","IsolationType":"Full"}"#.to_owned(),
                incorrect.clone(),
            ),
            (Kind::Scan, r#"{"Comment":"c"}"#.to_owned(), missing.clone()),
            (
                Kind::Scan,
                r#"{"Comment":"c","ScanType":"Quick"}"#.to_owned(),
                None,
            ),
            (
                Kind::QuarantineFile,
                r#"{"Comment":"c"}"#.to_owned(),
                missing.clone(),
            ),
            (
                Kind::QuarantineFile,
                format!(r#"{{"Comment":"c","Sha1":"{sha1}"}}"#),
                None,
            ),
            (
                Kind::QuarantineFile,
                r#"{"Comment":"c","Sha1":"abc"}"#.to_owned(),
                Some("InvalidHashValue".to_owned()),
            ),
            (Kind::LiveResponse, r#"{"Comment":"c"}"#.to_owned(), missing),
            (
                Kind::LiveResponse,
                r#"{"Comment":"c","Commands":[]}"#.to_owned(),
                incorrect.clone(),
            ),
            (
                Kind::LiveResponse,
                r#"{"Comment":"c","Commands":[{"type":"Reboot"}]}"#.to_owned(),
                incorrect,
            ),
            (
                Kind::LiveResponse,
                r#"{"Comment":"c","Commands":[{"type":"RunScript","params":[{"key":"ScriptName","value":"x.ps1"}]}]}"#
                    .to_owned(),
                None,
            ),
        ] {
            assert_eq!(code(&body, kind), expected, "{kind:?} {body}");
        }
    }
}
