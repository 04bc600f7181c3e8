//! The first asks, as `quell status` prints them.

use jiff::Timestamp;

use crate::cli::operator::devices;
use crate::cli::operator::table::{Paint, Table, Tone, cell, short, short_length};
use crate::desk::words::question_ends;
use crate::store::views::ContainmentView;

/// The asks as a table.
pub fn asks(asks: &[ContainmentView], now: Timestamp, is_stopped: bool, paint: Paint) -> String {
    let length = short_length(asks.iter().map(|ask| ask.device.as_str()));
    let mut table = Table::new(&["DEVICE", "NAME", "ENDS", "THEN", "FROM", "WHY"]).spare(&["FROM", "THEN"]);
    for ask in asks {
        table.row([
            cell(short(&ask.device, length)),
            cell(ask.name.as_deref().unwrap_or("-")),
            cell(
                ask.ask_until
                    .map_or("-".to_owned(), |until| question_ends(now, until, is_stopped)),
            ),
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
