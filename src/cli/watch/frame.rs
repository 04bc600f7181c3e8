//! What a live screen shows: a head, the latest look, and marks beside the lines that are new. Pure: moments and sizes are parameters.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::cli::operator::table::{Paint, Tone, cut};
use crate::desk::words::span;

/// Columns before each line, for the marks.
pub(super) const GUTTER: usize = 2;

/// How long a line that is new is marked.
const MARKED: Duration = Duration::from_secs(10);

/// What is known between two looks.
#[derive(Debug, Default)]
pub(super) struct Frame {
    lines: Vec<String>,
    /// When lines that are new came, by what they say without the times in them.
    news: HashMap<String, Duration>,
    is_second: bool,
    /// The first line that is shown.
    top: usize,
}

/// What stands above the look.
#[derive(Clone, Debug)]
pub(super) struct Head<'a> {
    /// Which command of which tenant.
    pub(super) title: &'a str,
    /// How often it looks.
    pub(super) every: Duration,
    /// How old what is shown is.
    pub(super) age: Duration,
    /// Why the last looks failed, and for how long that has been so.
    pub(super) failed: Option<(&'a str, Duration)>,
}

impl Frame {
    /// Takes a look, made at that moment since the screen began.
    pub(super) fn take(&mut self, text: &str, now: Duration) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let before: HashSet<String> = self.lines.iter().map(|line| steady(line)).collect();
        if self.is_second {
            for line in &lines {
                let steady = steady(line);
                if !before.contains(&steady) && !steady.trim().is_empty() {
                    self.news.insert(steady, now);
                }
            }
        }
        self.news.retain(|_, since| now.saturating_sub(*since) < MARKED);
        self.lines = lines;
        self.is_second = true;
    }

    /// The next look is made for another width: its lines are broken elsewhere, and none of them is new for that.
    pub(super) fn refit(&mut self) {
        self.is_second = false;
    }

    /// Shows lines further down, or up.
    pub(super) fn scroll(&mut self, by: isize) {
        let last = self.lines.len().saturating_sub(1);
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// The lines of the screen, never more than its rows.
    pub(super) fn lines(
        &self,
        head: &Head<'_>,
        now: Duration,
        (columns, rows): (usize, usize),
        paint: Paint,
    ) -> Vec<String> {
        let mut out = vec![first(head, columns, paint)];
        if let Some((why, since)) = head.failed {
            let told = format!(
                "no answer for {}: {why}; what is shown is {} old",
                told(since),
                told(head.age)
            );
            out.push(paint.tone(Tone::Bad, &cut(&told, columns)));
        }
        out.push(String::new());
        let room = rows.saturating_sub(out.len());
        let whole = self.lines.len();
        let top = self.top.min(whole.saturating_sub(room));
        let rest = whole.saturating_sub(top);
        let shown = if rest > room || top > 0 {
            room.saturating_sub(1)
        } else {
            room
        };
        for line in self.lines.iter().skip(top).take(shown) {
            let is_new = self
                .news
                .get(&steady(line))
                .is_some_and(|since| now.saturating_sub(*since) < MARKED);
            let mark = if is_new {
                paint.tone(Tone::Warn, "▌")
            } else {
                " ".to_owned()
            };
            out.push(format!("{mark} {line}"));
        }
        if shown < room && room > 0 {
            let below = rest.saturating_sub(shown);
            let more =
                format!("  … {top} lines above, {below} below: `j` and `k` move, a higher window shows more");
            out.push(paint.tone(Tone::Head, &cut(&more, columns)));
        }
        out.truncate(rows);
        out
    }
}

fn first(head: &Head<'_>, columns: usize, paint: Paint) -> String {
    let text = format!(
        "{} · {} old · every {} · `q` leaves",
        head.title,
        told(head.age),
        told(head.every)
    );
    paint.tone(Tone::Head, &cut(&text, columns))
}

/// Whole seconds, so that it does not flicker.
fn told(took: Duration) -> String {
    match took.as_secs() {
        0 => "0 s".to_owned(),
        seconds => span(jiff::SignedDuration::from_secs(
            i64::try_from(seconds).unwrap_or(i64::MAX),
        )),
    }
}

/// What a line says without colours and without the times in it, which change from look to look: `queued 4 min 10 s ago` is
/// `queued`.
fn steady(line: &str) -> String {
    let mut plain = String::new();
    let mut pieces = line.split("\u{1b}[");
    plain += pieces.next().unwrap_or_default();
    plain.extend(
        pieces
            .filter_map(|piece| piece.split_once('m'))
            .map(|(_, text)| text),
    );
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let next = words
            .get(at + 1)
            .map(|word| word.trim_end_matches([',', ';', '.', ')', ':']));
        let is_number = word.trim_start_matches('(').parse::<u64>().is_ok();
        let is_span = is_number && next.is_some_and(|next| ["ms", "s", "min", "h", "d"].contains(&next));
        // The moment of the look itself: `2026-11-22 03:00:07 UTC`.
        let is_moment = word.len() == 8 && word.bytes().filter(|byte| *byte == b':').count() == 2;
        if is_span {
            at += 1;
        } else if !is_moment
            && !["in", "ago", "just", "now", "due"].contains(&word.trim_end_matches([',', ';']))
        {
            kept.push(*word);
        }
        at += 1;
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (60, 8);

    fn head(failed: Option<(&str, Duration)>) -> Head<'_> {
        Head {
            title: "quell status, tenant contoso",
            every: Duration::from_secs(2),
            age: Duration::from_secs(1),
            failed,
        }
    }

    fn shown(frame: &Frame, seconds: u64) -> Vec<String> {
        frame.lines(&head(None), Duration::from_secs(seconds), SIZE, Paint::Plain)
    }

    #[test]
    fn what_is_new_is_marked_for_a_while_and_time_that_passes_is_not_new() {
        let mut frame = Frame::default();
        frame.take(
            "queue  2 actions, the oldest came 4 s ago\ngate   open\n",
            Duration::ZERO,
        );
        assert!(
            shown(&frame, 0).iter().all(|line| !line.starts_with('▌')),
            "the first look marks nothing"
        );
        frame.take(
            "queue  2 actions, the oldest came 1 min 6 s ago\ngate   closed, opens in 3 s\n",
            Duration::from_secs(2),
        );
        assert_eq!(
            shown(&frame, 2)[2..],
            [
                "  queue  2 actions, the oldest came 1 min 6 s ago",
                "▌ gate   closed, opens in 3 s"
            ]
        );
        assert!(shown(&frame, 11).iter().any(|line| line.starts_with('▌')));
        assert!(shown(&frame, 12).iter().all(|line| !line.starts_with('▌')));
    }

    #[test]
    fn lines_that_are_broken_elsewhere_are_not_new() {
        let mut frame = Frame::default();
        frame.take("queue  2 actions: 1 critical\n", Duration::ZERO);
        frame.refit();
        frame.take("queue  2 actions:\n       1 critical\n", Duration::from_secs(1));
        assert!(shown(&frame, 1).iter().all(|line| !line.starts_with('▌')));
        frame.take("queue  2 actions:\n       2 critical\n", Duration::from_secs(2));
        assert!(shown(&frame, 2).iter().any(|line| line.starts_with('▌')));
    }

    #[test]
    fn a_screen_has_no_more_lines_than_rows_and_says_what_it_leaves_out() {
        let mut frame = Frame::default();
        let text: String = (1..=20).map(|n| format!("line {n}\n")).collect();
        frame.take(&text, Duration::ZERO);
        let lines = shown(&frame, 0);
        assert_eq!(lines.len(), SIZE.1);
        assert_eq!(lines[2], "  line 1");
        assert!(lines[7].contains("0 lines above, 15 below"), "{lines:?}");
        frame.scroll(3);
        assert_eq!(shown(&frame, 0)[2], "  line 4");
        frame.scroll(100);
        assert!(shown(&frame, 0).len() <= SIZE.1);
        frame.scroll(-100);
        assert_eq!(shown(&frame, 0)[2], "  line 1");
        for rows in 0..6 {
            let lines = frame.lines(&head(None), Duration::ZERO, (60, rows), Paint::Plain);
            assert!(lines.len() <= rows);
        }
    }

    #[test]
    fn a_look_that_fails_leaves_the_last_one_and_says_how_old_it_is() {
        let mut frame = Frame::default();
        frame.take("gate   open\n", Duration::ZERO);
        let head = Head {
            age: Duration::from_secs(75),
            ..head(Some(("Postgres is away", Duration::from_secs(70))))
        };
        let lines = frame.lines(&head, Duration::from_secs(75), (90, 8), Paint::Plain);
        assert_eq!(
            lines[0],
            "quell status, tenant contoso · 1 min 15 s old · every 2 s · `q` leaves"
        );
        assert_eq!(
            lines[1],
            "no answer for 1 min 10 s: Postgres is away; what is shown is 1 min 15 s old"
        );
        assert_eq!(lines[3], "  gate   open");
    }
}
