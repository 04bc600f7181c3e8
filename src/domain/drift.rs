//! Drift: what others did at Defender to devices of ours, as a listing of its actions shows it. Pure: which action was the last
//! word on a device, and what each one of somebody else's comes to. `worker::reconcile` asks, `store::drift` carries it out.
//!
//! Order is told by the moments at which Defender carried the actions out, on its own clock, never by ours.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::action::{ActionKind, Marker, is_of};
use crate::domain::answer::{MachineAction, MachineActionStatus};
use crate::domain::measure::Measure;

/// What follows when somebody else lifts a restriction of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLift {
    /// A person decided so: our containments end, and the same alert restricts the device no more.
    #[default]
    Respect,
    /// The containments stay, and the device is restricted again, within bounds.
    Enforce,
}

/// How drift is dealt with; spans as they hold in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriftTerms {
    /// What follows a lift.
    pub on_lift: OnLift,
    /// With [`OnLift::Enforce`]: the device is not restricted again sooner after a lift than this.
    pub again_after: Duration,
    /// With [`OnLift::Enforce`]: so many times for one containment; then a person must look.
    pub at_most: u32,
}

impl Default for DriftTerms {
    fn default() -> Self {
        Self {
            on_lift: OnLift::Respect,
            again_after: Duration::from_secs(900),
            at_most: 3,
        }
    }
}

/// Whose action it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// We called it.
    Ours,
    /// Somebody else called it, and it satisfies a containment of ours that found it in progress.
    Adopted,
    /// Somebody else called it.
    Theirs,
}

/// An action that begins or releases a measure, and that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Defender's id.
    pub id: String,
    /// What it did.
    pub kind: ActionKind,
    /// Whose.
    pub whose: Whose,
    /// When it was made, on Defender's clock.
    pub made_at: Timestamp,
    /// When it was carried out, on Defender's clock.
    pub done_at: Timestamp,
}

/// An action of a listing that somebody else may have begun: one of a measure, without a marker of this installation, which
/// was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What it did.
    pub done: Done,
    /// The device, in lower case.
    pub device: String,
    /// Who asked for it, in one line.
    pub requestor: String,
}

/// What a listing shows of one measure on one device: what was done of the other says nothing here.
#[derive(Clone, Debug, Default)]
pub struct OfDevice {
    /// The device, in lower case.
    pub device: String,
    /// The measure.
    pub measure: Measure,
    /// What of somebody else's was not judged yet.
    pub unjudged: Vec<Foreign>,
    /// Everything that was carried out, whosever it is.
    pub done: Vec<Done>,
    /// Every id that is listed, carried out or not.
    pub listed: HashSet<String>,
}

/// The last word on a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastWord {
    /// A restriction of ours, or one that we adopted, is in force.
    pub ours: bool,
    /// The restrict of somebody else's that is in force.
    pub theirs: Option<String>,
    /// The release of somebody else's that lifted a restriction of ours, which was not restored by us since.
    pub lifted: Option<String>,
    /// The release of somebody else's that left the device free.
    pub freed: Option<String>,
    /// Two that contradict each other were carried out at the very same moment, and nothing after them.
    pub is_unclear: bool,
}

impl LastWord {
    /// Whether the device is restricted, whoever did it.
    pub fn is_restricted(&self) -> bool {
        self.ours || self.theirs.is_some()
    }
}

/// What an action of somebody else's comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// It lifted a restriction of ours.
    Lifted,
    /// It left the device free, and nothing of ours was in force.
    Freed,
    /// The device is restricted by it.
    Restricted,
    /// Something later undid it.
    Overtaken,
    /// Whether it or its opposite came last cannot be told.
    Unclear,
}

/// The actions of measures in a listing that were carried out and do not carry a marker of this installation. Those that do
/// not say when, or on which device that could be called, are left out.
pub fn foreign(listing: &[MachineAction], installation: i32) -> Vec<Foreign> {
    let not_ours = |action: &&MachineAction| {
        let marker = action.requestor_comment.as_deref().and_then(Marker::read);
        marker.is_none_or(|marker| !is_of(marker.action, installation))
    };
    let read = |action: &MachineAction| {
        let (device, done) = done(action, Whose::Theirs)?;
        Some(Foreign {
            requestor: one_line(action.requestor.as_deref().unwrap_or_default()),
            device,
            done,
        })
    };
    listing.iter().filter(not_ours).filter_map(read).collect()
}

/// An action of a measure that was carried out, by device in lower case; whose it is, is for the books to say.
pub fn done(action: &MachineAction, whose: Whose) -> Option<(String, Done)> {
    let kind = ActionKind::of(&action.kind).filter(|kind| kind.measure().is_some())?;
    let device = action.machine_id.as_deref()?.to_lowercase();
    let callable = (1..=64).contains(&device.len())
        && device
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let made_at = action.created_at.or(action.updated_at)?;
    let done_at = action.updated_at.or(action.created_at)?.max(made_at);
    (callable && action.status == MachineActionStatus::Succeeded).then(|| {
        let done = Done {
            id: action.id.clone(),
            kind,
            whose,
            made_at,
            done_at,
        };
        (device, done)
    })
}

/// The devices and measures on which something is to be judged, each with all that the listing shows of it.
pub fn by_device(unjudged: Vec<Foreign>, listing: &[MachineAction]) -> Vec<OfDevice> {
    let mut devices: HashMap<(String, Measure), OfDevice> = HashMap::new();
    for foreign in unjudged {
        let Some(measure) = foreign.done.kind.measure() else {
            continue;
        };
        let of = devices.entry((foreign.device.clone(), measure)).or_default();
        of.device.clone_from(&foreign.device);
        of.measure = measure;
        of.unjudged.push(foreign);
    }
    if devices.is_empty() {
        return Vec::new();
    }
    for action in listing {
        let kind = ActionKind::of(&action.kind);
        let (Some(device), Some(measure)) = (
            action.machine_id.as_deref().map(str::to_lowercase),
            kind.and_then(ActionKind::measure),
        ) else {
            continue;
        };
        let Some(of) = devices.get_mut(&(device, measure)) else {
            continue;
        };
        of.listed.insert(action.id.clone());
        of.done.extend(done(action, Whose::Theirs).map(|(_, done)| done));
    }
    let mut devices: Vec<OfDevice> = devices.into_values().collect();
    devices.sort_by(|a, b| (&a.device, a.measure).cmp(&(&b.device, b.measure)));
    devices
}

/// The last word of everything that was carried out of one measure on one device, in whatever order it is given.
pub fn last_word(done: &[Done]) -> LastWord {
    let mut done: Vec<&Done> = done.iter().collect();
    done.sort_by(|a, b| moment(a).cmp(&moment(b)).then_with(|| a.id.cmp(&b.id)));
    done.dedup_by(|a, b| a.id == b.id);
    let mut word = LastWord::default();
    for each in &done {
        match (each.kind.begins(), each.whose) {
            (true, whose) => {
                if whose != Whose::Theirs {
                    word.ours = true;
                    word.lifted = None;
                }
                if whose != Whose::Ours {
                    word.theirs = Some(each.id.clone());
                }
                word.freed = None;
            }
            (false, Whose::Theirs) => {
                if std::mem::take(&mut word.ours) {
                    word.lifted = Some(each.id.clone());
                }
                word.theirs = None;
                word.freed = Some(each.id.clone());
            }
            // A release that we adopted was wanted by us.
            (false, Whose::Ours | Whose::Adopted) => word = LastWord::default(),
        }
    }
    if let Some(last) = done.last() {
        let mut at_once = done.iter().rev().take_while(|each| moment(each) == moment(last));
        word.is_unclear = at_once.any(|each| each.kind != last.kind);
    }
    word
}

/// What one action of somebody else's comes to, given the last word on its device.
pub fn drift(action: &Done, word: &LastWord) -> Drift {
    let is = |id: &Option<String>| id.as_ref() == Some(&action.id);
    match action.kind {
        _ if word.is_unclear => Drift::Unclear,
        kind if kind.begins() && is(&word.theirs) => Drift::Restricted,
        kind if kind.releases() && is(&word.lifted) => Drift::Lifted,
        kind if kind.releases() && is(&word.freed) => Drift::Freed,
        _ => Drift::Overtaken,
    }
}

fn moment(done: &Done) -> (Timestamp, Timestamp) {
    (done.done_at, done.made_at)
}

/// A name as Defender tells it, without what could disturb a terminal or a log.
fn one_line(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_control()).take(100).collect();
    match plain.trim() {
        "" => "somebody".to_owned(),
        plain => plain.to_owned(),
    }
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
