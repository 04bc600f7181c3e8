//! How a device stands, in the operator's words. Pure.

use jiff::Timestamp;

use crate::desk::words::{ago, ahead};
use crate::domain::action::ActionKind;
use crate::domain::converge::Known;
use crate::domain::measure::Measure;
use crate::store::views::{ContainmentHistory, DeviceAction, DeviceView};

/// How a device stands, in a sentence for each measure that matters.
pub fn outcome(device: &DeviceView, containments: &[ContainmentHistory], now: Timestamp) -> String {
    let name = device.name.as_ref().map_or_else(
        || format!("device `{}`", device.device),
        |name| format!("`{name}`"),
    );
    let matters = |measure: &Measure| {
        device.known(*measure) != "free"
            || device.containments.iter().any(|c| c.measure == *measure)
            || device.actions.iter().any(|action| is_of(action, *measure))
    };
    let mut measures: Vec<Measure> = Measure::ALL.into_iter().filter(matters).collect();
    if measures.is_empty() {
        measures.push(Measure::Restriction);
    }
    let told = measures
        .into_iter()
        .map(|measure| stands(device, (&name, measure), containments, now));
    told.collect::<Vec<_>>().join("; ")
}

fn is_of(action: &DeviceAction, measure: Measure) -> bool {
    ActionKind::parse(&action.kind).and_then(ActionKind::measure) == Some(measure)
}

fn stands(
    device: &DeviceView,
    (name, measure): (&str, Measure),
    containments: &[ContainmentHistory],
    now: Timestamp,
) -> String {
    let held = measure.held();
    let its = || device.containments.iter().filter(|c| c.measure == measure);
    let active: Vec<_> = its().filter(|c| c.state == "active").collect();
    let asked = its().filter(|c| c.state == "asked").count();
    let under_way = device.actions.iter().find(|action| is_of(action, measure));
    let under_way = under_way.map(|action| {
        let state = action.state.replace('_', " ");
        format!("its {} is {state}", action.kind.replace('_', " of "))
    });
    let wanted = active.first().map(|containment| {
        let by = containment
            .playbook
            .as_deref()
            .and_then(|playbook| playbook.split('@').next());
        let by = by.map_or_else(|| containment.by.clone(), |by| format!("`{by}`"));
        let alert = containment.alert_id.as_ref().map(|id| format!(" for alert {id}"));
        let more = match active.len() {
            1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        let until = match active.iter().map(|c| c.until).collect::<Option<Vec<_>>>() {
            Some(ends) => ends
                .into_iter()
                .max()
                .map(|end| format!(", the last ends {}", ahead(now, end))),
            None => Some(", with no end of its own".to_owned()),
        };
        format!(
            "{by}{}{more}{}",
            alert.unwrap_or_default(),
            until.unwrap_or_default()
        )
    });
    let attention = active
        .iter()
        .find_map(|containment| containment.attention.as_deref());
    let known = match device.known(measure) {
        "free" => Known::Free,
        known if known == held => Known::Held,
        known if known.ends_with("_by_other") => Known::HeldByOther,
        _ => Known::Unknown,
    };
    match (known, wanted, under_way) {
        (Known::Free, Some(wanted), _) if attention.is_some() => {
            format!(
                "{name} is NOT {held}, though wanted by {wanted}: {}",
                attention.unwrap_or_default()
            )
        }
        (Known::Free, Some(wanted), Some(action)) => {
            format!("{name} is not {held} yet, {action}: wanted by {wanted}")
        }
        (Known::Free, Some(wanted), None) => format!("{name} is not {held}, though wanted by {wanted}"),
        (Known::Free, None, Some(action)) => format!("{name} is free as far as is known, {action}"),
        (Known::Free, None, None) if asked > 0 => {
            format!(
                "{name} is free, and a person is asked whether to {} it",
                ActionKind::to_begin(measure).as_str()
            )
        }
        (Known::Free, None, None) => match containments
            .iter()
            .find(|c| c.mode == "enforce" && c.ended_at.is_some())
        {
            Some(last) => format!(
                "{name} is free: its last containment ended {}",
                ago(now, last.ended_at.unwrap_or(now))
            ),
            None => format!("{name} is free: quell never {held} it"),
        },
        (Known::Held, Some(wanted), _) => format!("{name} is {held} by quell: {wanted}"),
        (Known::Held, None, Some(action)) => {
            format!("{name} is still {held} by quell, {action}: nothing wants it any more")
        }
        (Known::Held, None, None) => {
            format!("{name} is still {held} by quell, and nothing wants it any more")
        }
        (Known::HeldByOther, ..) => format!("{name} was {held} by somebody else: not quell's to undo"),
        (_, Some(wanted), _) => format!("{name} is perhaps {held}, nobody can tell: wanted by {wanted}"),
        (_, None, _) => format!("{name} is perhaps {held}, nobody can tell; a release follows"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::views::ContainmentView;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn containment(state: &str, attention: Option<&str>) -> ContainmentView {
        ContainmentView {
            id: Uuid::nil(),
            device: "a".repeat(40),
            name: None,
            measure: crate::domain::measure::Measure::Restriction,
            state: state.to_owned(),
            playbook: Some("ransomware@0123456789ab".to_owned()),
            alert_id: Some("637_1".to_owned()),
            title: None,
            created_at: now(),
            activated_at: Some(now()),
            until: Some(now() + jiff::SignedDuration::from_hours(2)),
            ask_reason: None,
            ask_from: Vec::new(),
            ask_until: None,
            otherwise_act: false,
            attention: attention.map(str::to_owned),
            by: "decide".to_owned(),
            reason: "matched".to_owned(),
        }
    }

    fn told(restriction: &str, containments: Vec<ContainmentView>, action: Option<(&str, &str)>) -> String {
        let action = action.map(|(kind, state)| DeviceAction {
            kind: kind.to_owned(),
            state: state.to_owned(),
            defender_status: None,
            not_before: now(),
        });
        let device = DeviceView {
            device: "a".repeat(40),
            name: Some("web-1".to_owned()),
            restriction: restriction.to_owned(),
            isolation: "free".to_owned(),
            since: None,
            containments,
            actions: action.into_iter().collect(),
        };
        outcome(&device, &[], now())
    }

    #[test]
    fn a_device_says_whether_it_is_restricted_and_why() {
        let wanted = || vec![containment("active", None)];
        let open = ("restrict", "in_doubt");
        for (restriction, containments, action, said) in [
            (
                "restricted",
                wanted(),
                None,
                "`web-1` is restricted by quell: `ransomware` for alert 637_1, the last ends in 2 h",
            ),
            (
                "restricted",
                vec![containment("active", None), containment("active", None)],
                None,
                "`ransomware` for alert 637_1, and 1 more, the last ends in 2 h",
            ),
            (
                "restricted",
                vec![],
                Some(("release", "queued")),
                "is still restricted by quell, its release is queued: nothing wants it any more",
            ),
            ("restricted", vec![], None, "nothing wants it any more"),
            (
                "free",
                wanted(),
                Some(open),
                "is not restricted yet, its restrict is in doubt: wanted by",
            ),
            (
                "free",
                wanted(),
                None,
                "is not restricted, though wanted by `ransomware`",
            ),
            (
                "free",
                vec![containment("active", Some("given up after 3 calls"))],
                None,
                "is NOT restricted, though wanted by `ransomware` for alert 637_1, the last ends in 2 h: given up after 3 calls",
            ),
            (
                "free",
                vec![containment("asked", None)],
                None,
                "a person is asked whether to restrict it",
            ),
            ("free", vec![], None, "is free: quell never restricted it"),
            (
                "restricted_by_other",
                vec![],
                None,
                "was restricted by somebody else: not quell's to undo",
            ),
            (
                "unknown",
                wanted(),
                None,
                "is perhaps restricted, nobody can tell: wanted by",
            ),
        ] {
            let told = told(restriction, containments, action);
            assert!(told.contains(said), "{restriction}: {told}");
        }
        let forever = ContainmentView {
            until: None,
            ..containment("active", None)
        };
        let told = told("restricted", vec![forever], None);
        assert!(
            told.ends_with("for alert 637_1, with no end of its own"),
            "{told}"
        );
    }
}
