//! What a playbook is evaluated against, and what it sees of it.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::alert::{Alert, EventKind};
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;

/// What a playbook is evaluated against: one event, one device, one moment.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// What the event tells of its alert.
    pub alert: &'a Alert,
    /// What happened to the alert.
    pub event: EventKind,
    /// The device, when the event names one that may be called.
    pub device_id: Option<&'a DeviceId>,
    /// What is known of the device.
    pub device: &'a DeviceFacts,
    /// The tenant's name.
    pub tenant: &'a str,
    /// The time of evaluation.
    pub now: Timestamp,
    /// How many times faster than real time the installation runs. Ages are multiplied by it, so that `{within: 1h}` means
    /// one hour of the time that is played.
    pub time_scale: u32,
    /// The ids of the playbooks with an active containment on the device.
    pub restricted_by: Fact<Vec<String>>,
}

/// What was seen of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen<'a> {
    /// Of types text, word and level.
    Text(Cow<'a, str>),
    /// Of type list.
    List(Cow<'a, [String]>),
    /// Of types time and age: how long ago, never negative.
    Ago(Duration),
}
