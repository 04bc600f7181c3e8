//! A message as a CloudEvent (cloudevents.io, version 1.0), structured JSON: what a webhook is sent.

use serde_json::{Value, json};

use crate::domain::telling::Message;

/// The media type.
pub(super) const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// The event.
pub(super) fn cloud_event(message: &Message, public_url: Option<&str>) -> Value {
    let mut data = json!({
        "tenant": message.tenant,
        "receiver": message.receiver,
        "summary": message.title(),
        "count": message.things,
        "items": message.items,
    });
    if let Some(playbook) = &message.playbook {
        data["playbook"] = json!(playbook);
    }
    if !message.counts.is_empty() {
        data["counts"] = json!(message.counts);
    }
    if let Some(link) = message.link(public_url) {
        data["url"] = json!(link);
    }
    json!({
        "specversion": "1.0",
        "id": message.id,
        "source": format!("urn:quell:{}", message.tenant),
        "type": format!("quell.{}", message.kind.as_str()),
        "time": message.created_at,
        "datacontenttype": "application/json",
        "data": data,
    })
}
