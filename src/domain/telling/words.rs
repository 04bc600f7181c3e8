//! A message in words: a title, a line for each thing that is shown, and where in the console a person goes on. Every text has one line and
//! is no longer than it should be, whoever wrote it; what a format still has to escape is its own business.

use super::{Kind, Message, Thing};
use crate::domain::person::said;

/// The longest text of one piece.
const LONGEST: usize = 200;

impl Message {
    /// In a line: what happened, how often, where.
    pub fn title(&self) -> String {
        let n = self.things;
        let one_or = |one: &str, many: &str| {
            if n == 1 {
                one.to_owned()
            } else {
                many.replace('N', &n.to_string())
            }
        };
        let what = match self.kind {
            Kind::ContainmentBegun => one_or("a device is being contained", "N devices are being contained"),
            Kind::ApprovalAsked => one_or("an approval is asked for", "N approvals are asked for"),
            Kind::ContainmentFailed => one_or(
                "a device could not be contained",
                "N devices could not be contained",
            ),
            Kind::ContainmentEnded => one_or("a containment ended", "N containments ended"),
            Kind::AlarmRaised => one_or("an alarm: a person must look", "N alarms: a person must look"),
            Kind::StopBegun => "quell is stopped".to_owned(),
            Kind::StopEnded => "a stop has ended".to_owned(),
            Kind::DecisionMade => one_or("a decision was made", "N decisions were made"),
            Kind::ActionChanged => one_or("an action went on", "N actions went on"),
            Kind::Digest => one_or("something happened", "N things happened within a minute"),
            Kind::Test => "a test message".to_owned(),
        };
        let playbook = self
            .playbook
            .as_deref()
            .map(|playbook| format!(" ({})", said(playbook, LONGEST)));
        format!(
            "[{}] {what}{}",
            said(&self.tenant, LONGEST),
            playbook.unwrap_or_default()
        )
    }

    /// A line for each thing that is shown, and how many are not.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .counts
            .iter()
            .map(|(name, n)| format!("{n} \u{d7} {}", said(name, LONGEST)))
            .collect();
        if lines.is_empty() {
            lines.extend(self.items.iter().map(line));
            let shown = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
            if let Some(more) = self.things.checked_sub(shown).filter(|more| *more > 0) {
                lines.push(format!("and {more} more"));
            }
        }
        lines
    }

    /// Where in the console a person goes on, below its address.
    pub fn path(&self) -> String {
        let only = match self.items.as_slice() {
            [one] if self.things == 1 => Some(one),
            _ => None,
        };
        let mut requests = self.items.iter().map(|thing| thing.request);
        let first = requests.next().flatten();
        match self.kind {
            Kind::ApprovalAsked => match first.filter(|first| requests.all(|other| other == Some(*first))) {
                Some(request) => format!("approvals/{request}"),
                None => "approvals".to_owned(),
            },
            Kind::ContainmentBegun | Kind::ContainmentFailed | Kind::ContainmentEnded => {
                match only.and_then(|thing| thing.device_id.as_deref()) {
                    Some(device) => format!("devices/{device}"),
                    None => "devices".to_owned(),
                }
            }
            Kind::ActionChanged => match only.and_then(|thing| thing.action_id) {
                Some(action) => format!("actions/{action}"),
                None => "queue".to_owned(),
            },
            Kind::DecisionMade => match only.and_then(|thing| thing.event_id) {
                Some(event) => format!("events/{event}"),
                None => String::new(),
            },
            Kind::AlarmRaised | Kind::StopBegun | Kind::StopEnded | Kind::Digest | Kind::Test => {
                String::new()
            }
        }
    }

    /// The same with the console's address, if there is one. It names the tenant, as the console shows one at a time.
    pub fn link(&self, public_url: Option<&str>) -> Option<String> {
        let base = public_url?.trim_end_matches('/');
        let mut tenant = String::new();
        for byte in self.tenant.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => tenant.push(char::from(byte)),
                byte => tenant.push_str(&format!("%{byte:02X}")),
            }
        }
        Some(format!("{base}/{}?tenant={tenant}", self.path()))
    }
}

fn line(thing: &Thing) -> String {
    let mut line = String::new();
    let mut add = |text: String| {
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&text);
    };
    if let Some(device) = thing.device() {
        add(said(device, LONGEST));
    }
    match (&thing.action, &thing.what) {
        (Some(action), Some(what)) => add(format!("{} {}", said(action, 40), said(what, 40))),
        (_, Some(what)) => add(said(what, 40)),
        _ => {}
    }
    if !thing.reason.is_empty() {
        add(said(&thing.reason, LONGEST));
    }
    if let Some(until) = thing.until {
        line.push_str(&format!(", until {until:.0}"));
    }
    if let Some(by) = &thing.by {
        line.push_str(&format!(" (by {})", said(by, 100)));
    }
    line
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn message(kind: Kind, things: u32, items: Vec<Thing>) -> Message {
        Message {
            id: Uuid::nil(),
            tenant: "contoso".to_owned(),
            receiver: "soc".to_owned(),
            kind,
            playbook: Some("ransomware".to_owned()),
            created_at: Timestamp::UNIX_EPOCH,
            things,
            items,
            counts: BTreeMap::new(),
        }
    }

    fn on(device: &str, request: i64) -> Thing {
        Thing {
            device_id: Some(device.to_owned()),
            request: Some(request),
            reason: "the playbook asks".to_owned(),
            ..Thing::default()
        }
    }

    #[test]
    fn a_message_says_how_many_shows_the_first_and_leads_on() {
        let one = message(Kind::ContainmentBegun, 1, vec![on("d1", 1)]);
        assert_eq!(one.title(), "[contoso] a device is being contained (ransomware)");
        assert_eq!(one.lines(), ["d1: the playbook asks"]);
        assert_eq!(one.path(), "devices/d1");
        let many = message(Kind::ContainmentBegun, 3_000, vec![on("d1", 1), on("d2", 1)]);
        assert_eq!(
            many.title(),
            "[contoso] 3000 devices are being contained (ransomware)"
        );
        assert_eq!(many.lines().last().map(String::as_str), Some("and 2998 more"));
        assert_eq!(many.path(), "devices");
    }

    #[test]
    fn an_ask_leads_to_its_request_and_several_to_the_list() {
        let asked = message(Kind::ApprovalAsked, 2, vec![on("d1", 1004), on("d2", 1004)]);
        let link = asked
            .link(Some("https://quell.example.com/"))
            .expect("there is an address");
        assert_eq!(link, "https://quell.example.com/approvals/1004?tenant=contoso");
        let several = message(Kind::ApprovalAsked, 2, vec![on("d1", 1004), on("d2", 1005)]);
        assert_eq!(several.path(), "approvals");
        assert_eq!(several.link(None), None);
    }

    #[test]
    fn no_text_has_a_second_line_or_goes_on_for_ever() {
        let mut thing = on("host\nBcc: x", 1);
        thing.reason = "x".repeat(10_000);
        let message = message(Kind::ContainmentFailed, 1, vec![thing]);
        let line = &message.lines()[0];
        assert!(line.starts_with("host Bcc: x: xxx") && line.len() < 300, "{line}");
    }
}
