//! What `quell status` says of the sources of events. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::desk::words::counted;
use crate::desk::words::plain;
use crate::desk::words::{ago, span};
use crate::store::source_looks::SourceView;

/// A broker that is restarted, or a network that blinks, is no news to a person at once.
const PATIENCE: SignedDuration = SignedDuration::from_secs(120);

/// What a person should know of them: which cannot be read by any replica, or by some; and which of those that are configured no replica
/// reads, as far as any lives.
pub fn needs(views: &[SourceView], configured: &[String], lives: bool, now: Timestamp) -> Vec<String> {
    let is_read = |name: &str| views.iter().any(|view| view.source == name && view.replicas > 0);
    let unread = configured.iter().filter(|name| lives && !is_read(name));
    let unread = unread.map(|name| {
        format!(
            "the source {name} is read by no replica that lives: nothing of it arrives; start one whose configuration names it"
        )
    });
    let need = |view: &SourceView| {
        let since = view.trouble_since?;
        let lasts = now.duration_since(since);
        let why = view.trouble.as_deref().filter(|_| lasts > PATIENCE)?;
        let whose = if view.in_trouble < view.replicas {
            format!(" by {} of {} replicas", view.in_trouble, view.replicas)
        } else {
            String::new()
        };
        Some(format!(
            "the source {} cannot be read{whose} for {}: {}",
            view.source,
            span(lasts),
            plain(why)
        ))
    };
    views.iter().filter_map(need).chain(unread).collect()
}

/// The line of the table; `None`: there are no sources but the listener's own.
pub fn line(views: &[SourceView], now: Timestamp) -> Option<String> {
    let word = |view: &SourceView| {
        let mut text = format!("{} ({})", view.source, view.kind);
        text += &match (view.replicas, &view.trouble, view.last_event_at) {
            (0, ..) => " is read by no replica".to_owned(),
            (_, Some(why), _) => format!(" in trouble: {}", plain(why)),
            (_, None, Some(at)) => format!(" brought something {}", ago(now, at)),
            (_, None, None) => " brought nothing yet".to_owned(),
        };
        if let Some(behind) = view.behind.filter(|behind| *behind > 0) {
            text += &format!(", {} behind", counted(behind, "message"));
        }
        text
    };
    let words: Vec<String> = views.iter().map(word).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn view(source: &str) -> SourceView {
        SourceView {
            source: source.to_owned(),
            kind: "kafka".to_owned(),
            last_event_at: None,
            replicas: 2,
            in_trouble: 0,
            trouble: None,
            trouble_since: None,
            behind: None,
        }
    }

    #[test]
    fn each_source_says_how_it_goes_and_a_lasting_trouble_needs_a_person() {
        let hub = SourceView {
            last_event_at: Some(at(970)),
            behind: Some(3),
            ..view("hub")
        };
        let away = SourceView {
            in_trouble: 1,
            trouble: Some("the broker is\u{1b}[31m away".to_owned()),
            trouble_since: Some(at(700)),
            ..view("nats")
        };
        let gone = SourceView {
            replicas: 0,
            ..view("old")
        };
        let views = [hub, away, gone, view("new")];
        let line = line(&views, at(1_000)).expect("there are some");
        assert_eq!(
            line,
            "hub (kafka) brought something 30 s ago, 3 messages behind; nats (kafka) in trouble: the broker is[31m away; \
             old (kafka) is read by no replica; new (kafka) brought nothing yet"
        );
        assert_eq!(
            needs(&views, &[], true, at(1_000)),
            ["the source nats cannot be read by 1 of 2 replicas for 5 min: the broker is[31m away"]
        );
        assert!(needs(&views, &[], true, at(750)).is_empty(), "it has just begun");
        assert_eq!(super::line(&[], at(0)), None);
    }

    #[test]
    fn a_source_that_nobody_reads_needs_a_person_unless_it_is_configured_no_more() {
        let gone = SourceView {
            replicas: 0,
            ..view("old")
        };
        let views = [gone, view("hub")];
        let configured =
            |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        let unread = |name: &str| {
            format!(
                "the source {name} is read by no replica that lives: nothing of it arrives; start one whose configuration names it"
            )
        };
        assert_eq!(
            needs(&views, &configured(&["old", "hub", "never-seen"]), true, at(0)),
            [unread("old"), unread("never-seen")]
        );
        assert!(needs(&views, &configured(&["hub"]), true, at(0)).is_empty());
        let all = configured(&["old", "never-seen"]);
        assert!(
            needs(&views, &all, false, at(0)).is_empty(),
            "that no daemon lives is said already"
        );
    }
}
