//! Sets that differ from what their files say, for back-tests: a playbook that only observes is taken for one that
//! enforces, and every span is as short as in an installation whose time runs faster. Their revisions stay those of the
//! files; nothing of this is ever put in force.

use std::sync::Arc;

use super::PlaybookSet;
use crate::domain::verdict::Mode;

impl PlaybookSet {
    /// The same set with these playbooks in enforce mode.
    ///
    /// # Errors
    /// The first id that the set does not hold.
    pub fn enforcing<'i>(&self, ids: &'i [String]) -> Result<Self, &'i str> {
        if let Some(missing) = ids.iter().find(|id| self.get(id).is_none()) {
            return Err(missing);
        }
        let mut playbooks = self.playbooks.clone();
        for playbook in playbooks.iter_mut().filter(|playbook| ids.contains(&playbook.id)) {
            Arc::make_mut(playbook).mode = Mode::Enforce;
        }
        Ok(Self::of(playbooks))
    }

    /// The same set with every span of its actions, questions and limits divided, as the daemon divides those of its
    /// verdicts (`domain::verdict::Verdict::scaled`).
    #[must_use]
    pub fn scaled(&self, time_scale: u32) -> Self {
        let scale = time_scale.max(1);
        let mut playbooks = self.playbooks.clone();
        for playbook in playbooks.iter_mut().map(Arc::make_mut) {
            for action in &mut playbook.then {
                action.shorten(scale);
            }
            if let Some(ask) = &mut playbook.ask {
                ask.terms.within /= scale;
            }
            for limit in &mut playbook.limits {
                limit.per /= scale;
            }
        }
        Self::of(playbooks)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::alert::{Alert, EventKind};
    use crate::domain::device::DeviceFacts;
    use crate::domain::fact::Fact;
    use crate::playbook::{SourceFile, Subject, evaluate};

    fn set() -> PlaybookSet {
        let text = "id: p\ntitle: t\nowner: o\nmode: observe\nwhen: {alert.event: new}\n\
            ask: {from: [a], within: 30m}\n\
            then:\n  - restrict_app_execution: {comment: c, release: {after: 4h}}\n\
            limits: [{devices: 2, per: 1h, otherwise: ask}]\n";
        let file = SourceFile {
            name: "p.yaml".to_owned(),
            text: text.to_owned(),
        };
        PlaybookSet::compile(&[file]).expect("it is right").0
    }

    fn verdict(set: &PlaybookSet) -> crate::domain::verdict::Verdict {
        let (alert, device) = (Alert::default(), DeviceFacts::default());
        let subject = Subject {
            alert: &alert,
            event: EventKind::New,
            device_id: None,
            device: &device,
            tenant: "t",
            time_scale: 1,
            now: Timestamp::UNIX_EPOCH,
            restricted_by: Fact::Is(Vec::new()),
        };
        evaluate(set, &subject).verdicts.remove(0)
    }

    #[test]
    fn a_playbook_can_be_taken_for_one_that_enforces_and_only_one_that_is_there() {
        let set = set();
        assert_eq!(set.enforcing(&["q".to_owned()]).expect_err("there is none"), "q");
        let enforcing = set.enforcing(&["p".to_owned()]).expect("it is there");
        assert_eq!(verdict(&enforcing).mode, Mode::Enforce);
        assert_eq!(verdict(&set).mode, Mode::Observe);
        assert_eq!(set.hash(), enforcing.hash(), "its content is the same");
    }

    #[test]
    fn a_scaled_set_gives_the_verdicts_that_the_daemon_scales() {
        let set = set();
        assert_eq!(verdict(&set.scaled(60)), verdict(&set).scaled(60));
        assert_eq!(verdict(&set.scaled(60)).limits[0].per, Duration::from_secs(60));
        assert_eq!(verdict(&set.scaled(1)), verdict(&set));
    }
}
