//! Which fault a call suffers. How faults are brought about is the pipeline's business.

use std::sync::Arc;
use std::time::Duration;

use crate::simulator::options::Faults;
use crate::simulator::rule::FaultRule;
use crate::simulator::windows::CallKind;

/// A fault put in the way of one call; see [`Faults`] for more of each. After the first four the call is not carried
/// out, after the others it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Reset without an answer.
    ResetBefore,
    /// 503 with HTML.
    UnavailableBefore,
    /// 401.
    Unauthorized,
    /// 429.
    TooMany,
    /// Reset without an answer.
    DropAfter,
    /// Reset amid the answer.
    CutAfter,
    /// Reset without an answer, and carried out later.
    Late(Duration),
    /// 500.
    ServerErrorAfter,
    /// Its own status, no JSON.
    Garbage,
    /// Its own answer, late.
    Slow(Duration),
    /// What a rule orders.
    Ordered(Arc<FaultRule>),
}

impl Fault {
    /// Throws the dice for one call.
    pub fn draw(faults: &Faults, kind: CallKind, dice: &mut fastrand::Rng) -> Option<Self> {
        if faults.spare_reads && kind == CallKind::Read {
            return None;
        }
        let in_order = [
            (faults.reset_before_processing_percent, Self::ResetBefore),
            (faults.http_503_before_processing_percent, Self::UnavailableBefore),
            (faults.unauthorized_percent, Self::Unauthorized),
            (faults.too_many_percent, Self::TooMany),
            (faults.drop_after_processing_percent, Self::DropAfter),
            (faults.cut_after_processing_percent, Self::CutAfter),
            (
                faults.late_percent,
                Self::Late(Duration::from_millis(faults.late_by_ms)),
            ),
            (faults.http_500_after_processing_percent, Self::ServerErrorAfter),
            (faults.garbage_body_percent, Self::Garbage),
            (
                faults.slow_percent,
                Self::Slow(Duration::from_millis(faults.slow_for_ms)),
            ),
        ];
        let mut happens = |percent: f64| percent > 0.0 && dice.f64() * 100.0 < percent;
        in_order
            .into_iter()
            .find(|(percent, _)| happens(*percent))
            .map(|(_, fault)| fault)
    }

    /// Its name in the journal: that of its percentage.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ResetBefore => "reset_before_processing",
            Self::UnavailableBefore => "http_503_before_processing",
            Self::Unauthorized => "unauthorized",
            Self::TooMany => "too_many",
            Self::DropAfter => "drop_after_processing",
            Self::CutAfter => "cut_after_processing",
            Self::Late(_) => "late",
            Self::ServerErrorAfter => "http_500_after_processing",
            Self::Garbage => "garbage_body",
            Self::Slow(_) => "slow",
            Self::Ordered(rule) => rule.answer.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_about_as_often_as_their_percentages_say() {
        let faults = Faults {
            reset_before_processing_percent: 10.0,
            drop_after_processing_percent: 50.0,
            ..Faults::default()
        };
        let mut dice = fastrand::Rng::with_seed(1);
        let drawn: Vec<_> = (0..10_000)
            .map(|_| Fault::draw(&faults, CallKind::Action, &mut dice))
            .collect();
        let times = |fault: Fault| {
            drawn
                .iter()
                .filter(|drawn| drawn.as_ref() == Some(&fault))
                .count()
        };
        assert!((850..1150).contains(&times(Fault::ResetBefore)));
        assert!(
            (4200..4800).contains(&times(Fault::DropAfter)),
            "half of the nine tenths that are left"
        );
    }

    #[test]
    fn reads_can_be_spared() {
        let faults = Faults {
            slow_percent: 100.0,
            slow_for_ms: 7,
            spare_reads: true,
            ..Faults::default()
        };
        let mut dice = fastrand::Rng::with_seed(1);
        assert_eq!(Fault::draw(&faults, CallKind::Read, &mut dice), None);
        let slow = Fault::Slow(Duration::from_millis(7));
        assert_eq!(Fault::draw(&faults, CallKind::Action, &mut dice), Some(slow));
    }
}
