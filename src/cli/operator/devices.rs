//! `quell devices`: which devices are restricted, wanted or asked about, why, until when, and what is under way.

use std::process::ExitCode;

use jiff::Timestamp;

use super::table::{Paint, Table, Tone, cell, cut, plain, short};
use super::{Common, Session};
use crate::cli::watch::{self, Watch};
use crate::desk::devices::DevicesAsked;
use crate::desk::page::Page;
use crate::desk::words::{ago, ahead};
use crate::domain::action::ActionKind;
use crate::domain::measure::Measure;
use crate::store::views::{ContainmentView, DeviceAction, DeviceView, Show};

/// Show devices: restricted ones, ones that should be, and ones that somebody is asked about
///
/// Devices that need a person come first, then the latest. With an id or a name that fits one device, everything about
/// it is shown.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    watch: Watch,
    /// Only this device: the beginning of its id, or its name
    #[arg(value_name = "DEVICE")]
    device: Option<String>,
    /// Who is restricted, or may be: by whom, since when, until when, and when that was last confirmed
    #[arg(long, conflicts_with = "all")]
    restricted: bool,
    /// Every device that is known, by an event or the inventory
    #[arg(long)]
    all: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
}

/// Prints devices.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    watch::looks(&args.common, args.watch, "devices", async |session| {
        look(session, &args).await
    })
    .await
}

async fn look(session: &Session, args: &Args) -> anyhow::Result<ExitCode> {
    let show = match args.all || args.device.is_some() {
        true => Show::All,
        false => Show::Concerned,
    };
    let limit = usize::try_from(args.limit)?;
    if args.restricted {
        return super::restricted::run(session, args.device.as_deref(), limit).await;
    }
    let asked = DevicesAsked {
        show,
        named: args.device.clone(),
        after: None,
        limit,
    };
    let Page { items: devices, next } = session.desk().devices(&asked).await?;
    let now = session.store.now().await?;
    if let (true, Some(wanted)) = (devices.is_empty(), &args.device) {
        return Ok(session.no(&format!(
            "no device is called `{}`, nor does an id begin so",
            plain(wanted)
        )));
    }
    let banner = session.banner().await?;
    session.answer(&devices, |paint| {
        let list = match devices.as_slice() {
            [device] if args.device.is_some() => render_one(device, now, paint),
            [] => "no device is restricted, should be, or is asked about\n".to_owned(),
            devices => render(devices, now, paint, ""),
        };
        banner(paint) + &list
    })?;
    if next.is_some() {
        session.remark(&format!("there are more than {}: raise `--limit`", args.limit));
    }
    Ok(ExitCode::SUCCESS)
}

/// The table of devices, each line after `indent`.
pub fn render(devices: &[DeviceView], now: Timestamp, paint: Paint, indent: &str) -> String {
    let length = paint.id_length(devices.iter().map(|device| device.device.as_str()));
    let mut table = Table::new(&["DEVICE", "NAME", "STATE", "UNTIL", "WHY"]);
    for device in devices {
        table.row([
            cell(short(&device.device, length)),
            cell(device.name.as_deref().unwrap_or("-")),
            condition(device, now),
            cell(until(device, now)),
            (
                if attention(device).is_some() {
                    Tone::Bad
                } else {
                    Tone::Usual
                },
                why(device, paint),
            ),
        ]);
    }
    table.render(paint, indent)
}

/// Everything about one device.
fn render_one(device: &DeviceView, now: Timestamp, paint: Paint) -> String {
    let (tone, state) = condition(device, now);
    let since = device
        .since
        .map(|at| format!(" (as of {})", ago(now, at)))
        .unwrap_or_default();
    let name = plain(device.name.as_deref().unwrap_or("(its name is not known)"));
    let mut out = format!("{} {name}\n{}{since}\n", device.device, paint.tone(tone, &state));
    if device.containments.is_empty() {
        return out + "no containment: nothing of ours keeps it contained\n";
    }
    let mut table = Table::new(&["BEGAN", "ENDS", "BY", "ALERT", "WHY"]).whole(&["ALERT"]);
    for containment in &device.containments {
        let began = match containment.activated_at {
            Some(at) => ago(now, at),
            None => format!("asked {}", ago(now, containment.created_at)),
        };
        let tone = if containment.attention.is_some() {
            Tone::Bad
        } else {
            Tone::Usual
        };
        table.row([
            cell(began),
            cell(ends(containment, now)),
            cell(containment.playbook.as_deref().unwrap_or(&containment.by)),
            cell(containment.alert_id.as_deref().unwrap_or("-")),
            (tone, note(containment)),
        ]);
    }
    out += &table.render(paint, "");
    out
}

/// What is known of each measure, and what is under way.
fn condition(device: &DeviceView, now: Timestamp) -> (Tone, String) {
    let measures = Measure::ALL.map(|measure| stands(device, measure));
    let under_way = device.actions.iter().map(|action| progress(action, now));
    let mut parts: Vec<String> = measures.iter().map(|(_, known)| known.clone()).collect();
    parts.retain(|part| !part.is_empty());
    parts.dedup();
    if parts.is_empty() && device.containments.is_empty() {
        parts.push("free".to_owned());
    }
    parts.extend(under_way);
    let is_there = |tone: &Tone| measures.iter().any(|(its, _)| its == tone);
    let worst_first = [Tone::Bad, Tone::Warn, Tone::Good];
    let tone = worst_first.into_iter().find(is_there);
    (tone.unwrap_or(Tone::Usual), parts.join(", "))
}

/// How a device stands by one measure: what another measure wants, or does, says nothing of this one. Empty: what is under way says it.
fn stands(device: &DeviceView, measure: Measure) -> (Tone, String) {
    let held = measure.held();
    let wanted = || device.containments.iter().filter(|one| one.measure == measure);
    let is_active = wanted().any(|one| one.state == "active");
    let is_given_up = wanted().any(|one| one.attention.is_some());
    let is_under_way = device.actions.iter().any(|action| {
        let kind = ActionKind::parse(&action.kind);
        kind.and_then(ActionKind::measure) == Some(measure)
    });
    match device.known(measure) {
        known if known == held => (Tone::Good, held.to_owned()),
        known if known.ends_with("_by_other") => (Tone::Warn, format!("{held} by others")),
        "free" if is_given_up || (is_active && !is_under_way) => {
            let tone = if is_given_up { Tone::Bad } else { Tone::Warn };
            (tone, format!("not {held}"))
        }
        "free" if is_active => (Tone::Warn, String::new()),
        "free" if wanted().next().is_some() => (Tone::Warn, "asked".to_owned()),
        "free" => (Tone::Usual, String::new()),
        _ => (Tone::Warn, format!("perhaps {held}")),
    }
}

fn progress(action: &DeviceAction, now: Timestamp) -> String {
    let state = match action.state.as_str() {
        "queued" if action.not_before > now => format!("queued, {}", ahead(now, action.not_before)),
        "in_doubt" => "in doubt".to_owned(),
        state => state.to_owned(),
    };
    format!("{} {state}", action.kind.replace('_', " "))
}

/// The last end of its containments.
fn until(device: &DeviceView, now: Timestamp) -> String {
    let active = || {
        device
            .containments
            .iter()
            .filter(|containment| containment.state == "active")
    };
    if active().any(|containment| containment.until.is_none()) {
        return "never by itself".to_owned();
    }
    if let Some(until) = active().filter_map(|containment| containment.until).max() {
        return ahead(now, until);
    }
    let asked = device
        .containments
        .iter()
        .filter_map(|containment| containment.ask_until)
        .min();
    asked.map_or("-".to_owned(), |until| format!("ask ends {}", ahead(now, until)))
}

fn ends(containment: &ContainmentView, now: Timestamp) -> String {
    match (
        containment.state.as_str(),
        containment.until,
        containment.ask_until,
    ) {
        ("asked", _, Some(until)) => {
            let then = if containment.otherwise_act {
                match containment.measure {
                    Measure::Restriction => "restricts",
                    Measure::Isolation => "isolates",
                }
            } else {
                "skips"
            };
            format!("{} {}", then, ahead(now, until))
        }
        (_, Some(until), _) => ahead(now, until),
        _ => "never by itself".to_owned(),
    }
}

fn attention(device: &DeviceView) -> Option<&str> {
    device
        .containments
        .iter()
        .find_map(|containment| containment.attention.as_deref())
}

/// Why it is so, in the words of the containment that needs a person, or of the first. Only a terminal is spared a long text.
fn why(device: &DeviceView, paint: Paint) -> String {
    let urgent = device
        .containments
        .iter()
        .find(|containment| containment.attention.is_some());
    let Some(first) = urgent.or(device.containments.first()) else {
        return match device.restriction.as_str() {
            "restricted_by_other" => "not ours to undo".to_owned(),
            _ => "-".to_owned(),
        };
    };
    let more = match device.containments.len() {
        1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    let said = match paint {
        Paint::Fitted { .. } => cut(&reason(first), 80),
        _ => reason(first),
    };
    said + &more
}

/// One containment in a line: the playbook or the operator, and what it is about.
pub(in crate::cli) fn reason(containment: &ContainmentView) -> String {
    let by = containment
        .playbook
        .as_deref()
        .map_or(containment.by.as_str(), |playbook| {
            playbook.split('@').next().unwrap_or(playbook)
        });
    let measure = match containment.measure {
        Measure::Restriction => "",
        Measure::Isolation => " (isolation)",
    };
    format!("{by}{measure}: {}", note(containment))
}

fn note(containment: &ContainmentView) -> String {
    if let Some(attention) = &containment.attention {
        return attention.clone();
    }
    let about = containment
        .title
        .clone()
        .or_else(|| containment.alert_id.as_ref().map(|id| format!("alert {id}")));
    let about = about.unwrap_or_else(|| containment.reason.clone());
    match &containment.ask_reason {
        Some(asked) if containment.state == "asked" => format!("asked because of {asked}: {about}"),
        _ => about,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_tells_how_it_stands_and_the_worst_of_both_is_shown() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let isolation = |state: &str, attention: Option<&str>| ContainmentView {
            id: uuid::Uuid::nil(),
            device: "a1".repeat(20),
            name: None,
            measure: Measure::Isolation,
            state: state.to_owned(),
            playbook: None,
            alert_id: None,
            title: None,
            created_at: now,
            activated_at: Some(now),
            until: None,
            ask_reason: None,
            ask_from: Vec::new(),
            ask_until: None,
            otherwise_act: false,
            attention: attention.map(str::to_owned),
            by: "anna".to_owned(),
            reason: "INC-1".to_owned(),
        };
        let restriction = |attention: Option<&str>| ContainmentView {
            measure: Measure::Restriction,
            ..isolation("active", attention)
        };
        let check =
            |known: [&str; 2], containments: &[ContainmentView], action: Option<&str>, tone, said: &str| {
                let device = DeviceView {
                    device: "a1".repeat(20),
                    name: None,
                    restriction: known[0].to_owned(),
                    isolation: known[1].to_owned(),
                    since: None,
                    containments: containments.to_vec(),
                    actions: action.map(|kind| queued(kind, now)).into_iter().collect(),
                };
                assert_eq!(condition(&device, now), (tone, said.to_owned()));
            };
        let free = ["free", "free"];
        check(free, &[], None, Tone::Usual, "free");
        check(free, &[], Some("release"), Tone::Usual, "free, release queued");
        // What isolates is not told of the restriction.
        check(
            free,
            &[isolation("active", None)],
            None,
            Tone::Warn,
            "not isolated",
        );
        check(
            free,
            &[isolation("active", None)],
            Some("isolate"),
            Tone::Warn,
            "isolate queued",
        );
        check(free, &[isolation("asked", None)], None, Tone::Warn, "asked");
        // That one measure is in force hides no failure of the other.
        let failed = Some("failed");
        check(
            ["restricted", "free"],
            &[restriction(None), isolation("active", failed)],
            None,
            Tone::Bad,
            "restricted, not isolated",
        );
        check(
            ["free", "isolated"],
            &[restriction(failed), isolation("active", None)],
            None,
            Tone::Bad,
            "not restricted, isolated",
        );
        check(
            ["unknown", "isolated_by_other"],
            &[],
            None,
            Tone::Warn,
            "perhaps restricted, isolated by others",
        );
    }

    fn queued(kind: &str, now: Timestamp) -> DeviceAction {
        DeviceAction {
            kind: kind.to_owned(),
            state: "queued".to_owned(),
            defender_status: None,
            not_before: now,
        }
    }

    #[test]
    fn why_a_person_is_needed_is_whole_unless_a_terminal_has_no_room() {
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let needs = "the device was restricted by somebody else while the call was under way; ".repeat(3)
            + "look at Defender";
        let device = |attention: Option<String>| {
            let containment = ContainmentView {
                id: uuid::Uuid::nil(),
                device: "a1".repeat(20),
                name: None,
                measure: Measure::Restriction,
                state: "active".to_owned(),
                playbook: Some("ransomware@0123456789ab".to_owned()),
                alert_id: Some("da637".to_owned()),
                title: None,
                created_at: now,
                activated_at: Some(now),
                until: None,
                ask_reason: None,
                ask_from: Vec::new(),
                ask_until: None,
                otherwise_act: false,
                attention,
                by: "decide".to_owned(),
                reason: "matched".to_owned(),
            };
            DeviceView {
                device: "a1".repeat(20),
                name: None,
                restriction: "free".to_owned(),
                isolation: "free".to_owned(),
                since: None,
                containments: vec![containment.clone(), containment],
                actions: Vec::new(),
            }
        };
        let devices = [device(Some(needs.clone())), device(None)];
        for paint in [Paint::Plain, Paint::Plain.wide()] {
            let text = render(&devices, now, paint, "");
            assert!(
                text.contains(&format!("ransomware: {needs} (and 1 more)")),
                "{paint:?}: {text}"
            );
        }
        let fitted = Paint::Fitted {
            columns: 80,
            is_coloured: false,
        };
        assert!(!render(&devices, now, fitted, "").contains(&needs));
    }
}
