//! What a format's file fills while it reads one record: the devices, the remarks, and the time zone in which a time stamp
//! without an offset was written. Made by [`crate::intake::normalize`](mod@crate::intake::normalize), once for each record.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::alert::Severity;
use crate::domain::fact::Fact;
use crate::intake::devices::Devices;
use crate::intake::field;
use crate::intake::reader::Reader;
use crate::intake::time::{self, Moment, Zone};

/// One record as it is being read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Its devices so far.
    pub devices: Devices<'a>,
    /// What an operator should know of it.
    pub remarks: Vec<String>,
    zone: &'a Zone,
}

impl<'a> Reading<'a> {
    /// Nothing read yet.
    pub fn new(reader: &'a Reader) -> Self {
        Self {
            devices: Devices::new(&reader.rule, &reader.identify_by),
            remarks: Vec::new(),
            zone: &reader.zone,
        }
    }

    /// The latest of several time stamps; unknown when the record carries no readable one.
    pub fn latest<'v>(&mut self, written: impl IntoIterator<Item = Option<&'v Value>>) -> Fact<Timestamp> {
        let texts = written.into_iter().flatten().filter_map(Value::as_str);
        let times = texts.filter_map(|text| self.time(text));
        times.max().map_or(Fact::Unknown, Fact::Is)
    }

    /// The time that a text names; `None` when it names none, which is said when its zone is why.
    pub fn time(&mut self, text: &str) -> Option<Timestamp> {
        match time::read(text, self.zone)? {
            Moment::At(at) => Some(at),
            Moment::Twice(at) => {
                self.remark(format!(
                    "the time `{}` was twice in {} when the clocks went back: the earlier one counts",
                    field::shown(text),
                    self.zone
                ));
                Some(at)
            }
            Moment::Never => {
                self.remark(format!(
                    "the time `{}` never was in {}, where the clocks went forward: it is not known",
                    field::shown(text),
                    self.zone
                ));
                None
            }
        }
    }

    /// The severity, in any case. A spelling that is not one of the four counts as the lowest and leaves a remark.
    pub fn severity(&mut self, written: Fact<String>) -> Fact<Severity> {
        field::severity(written, &mut self.remarks)
    }

    fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}
