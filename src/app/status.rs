//! The one line that `systemctl status` shows of a daemon: what is contained, what is queued, how much of the hour is used. Made from the
//! figures that the dispatching replica looks at for its metrics; it asks nothing of its own.

use tokio::sync::watch;

use crate::store::Figures;

/// The figures of every tenant, and what was last said of them.
#[derive(Debug, Default)]
pub(super) struct StatusLine {
    tenants: Vec<(String, watch::Receiver<Option<Figures>>)>,
    said: Option<String>,
}

impl StatusLine {
    /// Where the figures of one more tenant are to stand.
    pub(super) fn follows(&mut self, tenant: &str) -> watch::Sender<Option<Figures>> {
        let (sender, receiver) = watch::channel(None);
        self.tenants.push((tenant.to_owned(), receiver));
        sender
    }

    /// The line, if it is another than was last given.
    pub(super) fn changed(&mut self) -> Option<String> {
        let tenants: Vec<String> = self
            .tenants
            .iter()
            .map(|(name, figures)| match self.tenants.len() {
                1 => of_tenant(figures.borrow().as_ref()),
                _ => format!("{name}: {}", of_tenant(figures.borrow().as_ref())),
            })
            .collect();
        let line = tenants.join("; ");
        if self.said.as_ref() == Some(&line) {
            return None;
        }
        self.said = Some(line.clone());
        Some(line)
    }
}

fn of_tenant(figures: Option<&Figures>) -> String {
    let Some(figures) = figures else {
        return "standing by: another replica dispatches".to_owned();
    };
    let queued: i64 = figures.queue.iter().map(|lane| lane.actions).sum();
    let mut line = format!(
        "{} devices restricted, {} isolated, {queued} actions queued",
        figures.restricted, figures.isolated
    );
    // The longest window is the hour, also where a rehearsal lets hours pass in a minute.
    let hour = figures.windows.iter().max_by_key(|(window, _)| window.per);
    if let Some((window, used)) = hour {
        let share = used * 100 / i64::from(window.limit.max(1));
        line.push_str(&format!(
            ", {share} % of the hour used ({used} of {})",
            window.limit
        ));
    }
    if figures.actions_closed {
        line.push_str(", nothing may leave for a while");
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::budget::Window;
    use crate::domain::verdict::Lane;
    use crate::store::LaneFigures;

    fn figures() -> Figures {
        let window = |limit, seconds| Window {
            limit,
            per: Duration::from_secs(seconds),
        };
        let lane = |lane, actions| LaneFigures {
            lane,
            actions,
            oldest: Duration::ZERO,
        };
        Figures {
            windows: vec![(window(100, 60), 60), (window(1_500, 3_600), 615)],
            queue: vec![lane(Lane::Critical, 2), lane(Lane::Low, 40)],
            restricted: 7,
            isolated: 1,
            ..Figures::default()
        }
    }

    #[test]
    fn the_line_tells_what_is_contained_and_queued_and_how_much_of_the_hour_is_used() {
        let mut line = StatusLine::default();
        let one = line.follows("contoso");
        assert_eq!(
            line.changed().as_deref(),
            Some("standing by: another replica dispatches")
        );
        one.send_replace(Some(figures()));
        let told = "7 devices restricted, 1 isolated, 42 actions queued, 41 % of the hour used (615 of 1500)";
        assert_eq!(line.changed().as_deref(), Some(told));
        assert_eq!(line.changed(), None, "what was said is not said again");
        let two = line.follows("fabrikam");
        two.send_replace(Some(Figures {
            actions_closed: true,
            ..Figures::default()
        }));
        assert_eq!(
            line.changed(),
            Some(format!(
                "contoso: {told}; fabrikam: 0 devices restricted, 0 isolated, 0 actions queued, nothing may leave for a while"
            ))
        );
    }
}
