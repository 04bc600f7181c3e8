//! Stops by their ids: how much of them is shown, and which stop somebody means by the beginning of one. Pure; for `quell resume` and
//! for whatever prints stops.

use std::collections::BTreeSet;

use super::table::plain;
use crate::store::StopView;

/// So much of a stop's id is shown, and more where that tells two apart.
const SHOWN: usize = 8;
/// Shorter beginnings of an id fit too many by chance.
const SHORTEST: usize = 4;

/// The stops in force that are called so, each by the beginning of its id; of one that was given for all tenants all its rows, one for
/// each tenant. Else in words why that names none.
pub(super) fn called(wanted: &[String], in_force: &[StopView]) -> Result<Vec<StopView>, String> {
    let mut named: Vec<&StopView> = Vec::new();
    for beginning in wanted {
        let text = beginning.trim().to_ascii_lowercase();
        if text.len() < SHORTEST {
            return Err(format!(
                "`{}` is too short: give at least {SHORTEST} characters of a stop's id",
                plain(beginning)
            ));
        }
        let mut fit = in_force
            .iter()
            .filter(|stop| stop.id.to_string().starts_with(&text));
        match (fit.next(), fit.next()) {
            (Some(one), None) => named.push(one),
            (None, _) => {
                return Err(format!(
                    "no stop in force has an id that begins with `{}`",
                    plain(beginning)
                ));
            }
            (Some(_), Some(_)) => {
                return Err(format!(
                    "several stops have ids that begin with `{}`",
                    plain(beginning)
                ));
            }
        }
    }
    let is_of = |stop: &StopView, named: &StopView| {
        let is_same = stop.everywhere && named.everywhere && stop.scope == named.scope;
        stop.id == named.id || (is_same && stop.begun_at == named.begun_at)
    };
    let meant = in_force
        .iter()
        .filter(|stop| named.iter().any(|named| is_of(stop, named)));
    Ok(meant.cloned().collect())
}

/// So much of the ids that it tells these stops apart.
pub(super) fn id_length(stops: &[StopView]) -> usize {
    let ids: Vec<String> = stops.iter().map(|stop| stop.id.to_string()).collect();
    (SHOWN..36)
        .find(|length| {
            let shown: BTreeSet<&str> = ids.iter().filter_map(|id| id.get(..*length)).collect();
            shown.len() == ids.len()
        })
        .unwrap_or(36)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::cli::operator::stop::banner;
    use crate::cli::operator::stop::tests::stop;
    use crate::cli::operator::table::Paint;

    #[test]
    fn ids_are_shown_as_long_as_tells_them_apart() {
        let one = stop(0x0123_4567_89ab_4000_8000_0000_0000_0000);
        let other = stop(0x0123_4567_89ac_4000_8000_0000_0000_0000);
        assert_eq!(id_length(std::slice::from_ref(&one)), 8);
        assert_eq!(id_length(&[one.clone(), other.clone()]), 13);
        let now: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let text = banner(&[one, other], now, Paint::Plain);
        assert!(
            text.contains("(stop 01234567-89ab)") && text.contains("(stop 01234567-89ac)"),
            "{text}"
        );
    }

    #[test]
    fn a_stop_is_called_by_the_beginning_of_its_id_and_one_for_all_tenants_is_meant_for_all() {
        let (one, other) = (stop(0x0123_4567_89ab << 80), stop(0x0123_4567_89ac << 80));
        let elsewhere = StopView {
            tenant: "fabrikam".to_owned(),
            id: Uuid::from_u128(0xfeed << 112),
            ..one.clone()
        };
        let own = StopView {
            id: Uuid::from_u128(0xbeef << 112),
            everywhere: false,
            ..one.clone()
        };
        let later = StopView {
            begun_at: "2026-11-22T02:59:00Z".parse().expect("a time"),
            ..other
        };
        let all = [one.clone(), later.clone(), elsewhere.clone(), own.clone()];
        let called = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|id| (*id).to_owned()).collect();
            let found = super::called(&wanted, &all);
            found.map(|found| found.iter().map(|stop| stop.id).collect::<Vec<_>>())
        };
        assert_eq!(called(&["BEEF"]), Ok(vec![own.id]));
        assert_eq!(
            called(&["feed"]),
            Ok(vec![one.id, elsewhere.id]),
            "one stop, for all tenants"
        );
        assert_eq!(called(&["01234567-89ac", "beef"]), Ok(vec![later.id, own.id]));
        for (wanted, why) in [
            ("0123", "several stops"),
            ("dead", "no stop in force"),
            ("fee", "too short"),
            ("", "too short"),
        ] {
            let said = called(&[wanted, "beef"]).expect_err("it names none");
            assert!(said.contains(why), "{wanted}: {said}");
        }
    }
}
