//! What waits for an answer, as `quell status` tells it: a line that needs a person, and the first asks.

use jiff::Timestamp;

use crate::cli::operator::devices;
use crate::cli::operator::span::ahead;
use crate::cli::operator::status::{counted, waits};
use crate::cli::operator::table::{Paint, Table, Tone, cell, short, short_length};
use crate::store::approvals::Waiting;
use crate::store::views::ContainmentView;

/// The line about it, if anything waits.
pub fn need(requests: &Waiting, now: Timestamp) -> Option<String> {
    let first = requests
        .first_ends_at
        .map(|until| format!(", the first ends {}", ahead(now, until)))
        .unwrap_or_default();
    let named = match requests.first.as_slice() {
        [] => "`quell approvals list`".to_owned(),
        [one] if requests.requests == 1 => format!("`quell approvals show {one}`"),
        some => format!(
            "{}, {}: `quell approvals list`",
            counted(requests.requests, "request"),
            some.join(", ")
        ),
    };
    let asks = waits(requests.devices, "ask");
    (requests.devices > 0).then(|| format!("{asks} for an answer{first} ({named})"))
}

/// The asks as a table.
pub fn asks(asks: &[ContainmentView], now: Timestamp, paint: Paint) -> String {
    let length = short_length(asks.iter().map(|ask| ask.device.as_str()));
    let mut table = Table::new(&["DEVICE", "NAME", "ENDS", "THEN", "FROM", "WHY"]);
    for ask in asks {
        table.row([
            cell(short(&ask.device, length)),
            cell(ask.name.as_deref().unwrap_or("-")),
            cell(ask.ask_until.map_or("-".to_owned(), |until| ahead(now, until))),
            (
                Tone::Warn,
                if ask.otherwise_act {
                    ask.measure.held()
                } else {
                    "skipped"
                }
                .to_owned(),
            ),
            cell(if ask.ask_from.is_empty() {
                "anyone".to_owned()
            } else {
                ask.ask_from.join(", ")
            }),
            cell(devices::reason(ask)),
        ]);
    }
    table.render(paint, "  ")
}
