//! A message for a chat: Slack's incoming webhooks (Block Kit) and those of Teams' Workflows (an adaptive card). Text, and a link to the
//! console, where alone anything is done. What others wrote is shown as text: no mention, link or formatting comes of it.

use serde_json::{Value, json};

use crate::domain::telling::Message;

/// What Slack takes in one block of text, with room for what is around it.
const SLACK_TEXT: usize = 2_900;

/// For Slack.
pub(super) fn slack(message: &Message, public_url: Option<&str>) -> Value {
    let title = slack_text(&message.title());
    let mut lines = message
        .lines()
        .iter()
        .map(|line| slack_text(line))
        .collect::<Vec<_>>();
    while lines.iter().map(|line| line.chars().count() + 3).sum::<usize>() > SLACK_TEXT {
        lines.pop();
    }
    let listed: Vec<String> = lines.iter().map(|line| format!("\u{2022} {line}")).collect();
    let section =
        |text: String| json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}});
    let mut blocks = vec![section(format!("*{title}*"))];
    if !listed.is_empty() {
        blocks.push(section(listed.join("\n")));
    }
    if let Some(link) = message.link(public_url) {
        blocks.push(section(format!("<{}|Open in the console>", slack_text(&link))));
    }
    // The text is what notifications show.
    json!({"text": title, "blocks": blocks, "unfurl_links": false, "unfurl_media": false})
}

/// Escapes what Slack gives a meaning, as its documentation asks for. What would format text is parted from it by a space that has no width.
fn slack_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '*' | '~' | '`' => {
                safe.push('\u{200b}');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// For Teams. `TextRun` knows no Markdown, so nothing has to be escaped.
pub(super) fn teams(message: &Message, public_url: Option<&str>) -> Value {
    let run = |text: &str, is_bold: bool| {
        let weight = if is_bold { "Bolder" } else { "Default" };
        json!({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, "weight": weight}]})
    };
    let mut body = vec![run(&message.title(), true)];
    body.extend(message.lines().iter().map(|line| run(line, false)));
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    });
    if let Some(link) = message.link(public_url) {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open in the console", "url": link}]);
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}
