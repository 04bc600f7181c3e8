//! Tests over time: events, answers and expectations, each at its moment, run through the rehearsal.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::coverage::Coverage;
use super::expect::{Expect, Place, Stand, describe};
use super::failure::{Decider, Failure, deciders};
use super::given::{Given, NOW, device_id};
use super::guards::Guards;
use crate::domain::approval::distinct_people;
use crate::domain::containment::change::Answer;
use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::device::DeviceId;
use crate::domain::fact::Fact;
use crate::domain::measure::Measure;
use crate::domain::verdict::Mode;
use crate::playbook::rehearse::{Begun, Happening, Input, Rehearsal, What};
use crate::playbook::set::PlaybookSet;
use crate::yaml::{Code, Diagnostics, Map, Node, duration};

/// Moments in the order of time.
#[derive(Debug)]
pub(super) struct Timeline {
    moments: Vec<Moment>,
}

#[derive(Debug)]
struct Moment {
    at: Duration,
    place: String,
    event: Option<Given>,
    answer: Option<(Answer, Vec<String>)>,
    /// Its scan ends: whether it succeeded.
    scan: Option<bool>,
    /// The device that is answered about or looked at.
    device: DeviceId,
    expect: Option<Expect>,
}

impl Timeline {
    /// Reads the list of moments.
    pub(super) fn read(
        node: &Node<'_>,
        file: &str,
        facts: Option<&Map<'_>>,
        found: &mut Diagnostics,
    ) -> Option<Self> {
        let items = node.seq(found)?;
        let errors_before = found.errors();
        let mut moments: Vec<Moment> = Vec::new();
        let mut of = Vec::new();
        for item in &items {
            let last = moments.last().map(|moment: &Moment| moment.at);
            let device = moments.iter().rev().find_map(|moment| moment.event.as_ref());
            let device = device.map(|event| event.device_id.clone());
            if let Some((moment, named)) = read_moment(item, file, facts, last, device, found) {
                of.extend(named.then(|| (moment.device.clone(), item.clone())));
                moments.push(moment);
            }
        }
        for (device, node) in of {
            let mut events = moments.iter().filter_map(|moment| moment.event.as_ref());
            if !events.any(|event| event.device_id == device) {
                let message = format!("no event of the timeline is about the device `{device}`");
                found.push(
                    node.diagnostic(Code::TEST_DEVICE, message)
                        .help("`of` takes a `device.id` that an event gives"),
                );
            }
        }
        let expects = moments.iter().any(|moment| moment.expect.is_some());
        if found.errors() == errors_before && !expects {
            let message = "the timeline expects nothing";
            found.push(
                node.diagnostic(Code::TEST_EMPTY, message)
                    .help("add an entry such as `{at: 4h30m, expect: {device: restricted}}`"),
            );
        }
        Some(Self { moments })
    }

    /// Lets it happen; tells of the first moment that is not as expected.
    pub(super) fn run(&self, set: &PlaybookSet, guards: &Guards, coverage: &mut Coverage) -> Option<Failure> {
        let mut world = Rehearsal::new(set, &guards.rules, "test", NOW)
            .with_fleet(guards.fleet)
            .with_groups(guards.groups.iter().cloned());
        let mut record = Record::default();
        for moment in &self.moments {
            let now = after(moment.at);
            world.advance(now, &mut |happening| record.note(happening, coverage));
            let decision = moment.event.as_ref().map(|given| {
                world.set_tenant(&given.tenant);
                for playbook in given.restricted_by() {
                    world.restricted_before(&given.device_id, playbook);
                    record.restricted.insert(given.device_id.clone());
                }
                for (at, device) in given.history() {
                    world.acted_before(at, &device);
                }
                let mut subject = given.subject();
                subject.restricted_by = Fact::Is(world.restricted_by(&given.device_id));
                let decision = world.event(&input(given, now), &mut |happening| {
                    record.note(happening, coverage)
                });
                coverage.event(set, &subject, &decision);
                let lines = deciders(set, &subject, guards, world.usage(), &decision);
                record.decided.insert(given.device_id.clone(), lines);
                decision
            });
            let stand = |world: &Rehearsal<'_>, record: &Record| record.stand(world, &moment.device);
            let fail = |expected: String, got: String, record: &Record| Failure {
                moment: Some(duration::show(moment.at)),
                at: moment.place.clone(),
                expected,
                got,
                so_far: record.log_of(&moment.device),
                lines: record.decided.get(&moment.device).cloned().unwrap_or_default(),
            };
            if let Some((answer, people)) = &moment.answer
                && !record.answer(&mut world, &moment.device, *answer, people, coverage)
            {
                let expected = format!("a question that {} can answer", people.join(" and "));
                return Some(fail(expected, stand(&world, &record).to_string(), &record));
            }
            if let Some(has_succeeded) = moment.scan
                && !world.scan_ends(&moment.device, has_succeeded, &mut |happening| {
                    record.note(happening, coverage)
                })
            {
                let expected = "a scan that is under way".to_owned();
                return Some(fail(expected, stand(&world, &record).to_string(), &record));
            }
            let Some(expect) = &moment.expect else { continue };
            let its = stand(&world, &record);
            if decision.as_ref().is_none_or(|decision| expect.holds(decision)) && expect.stands(&its) {
                continue;
            }
            let decided = decision.filter(|_| expect.is_of_a_decision());
            let parts = [
                decided.as_ref().map(describe),
                expect.is_of_a_device().then(|| its.to_string()),
            ];
            let got: Vec<_> = parts.into_iter().flatten().collect();
            return Some(fail(expect.to_string(), got.join(", "), &record));
        }
        None
    }
}

fn input<'g>(given: &'g Given, at: Timestamp) -> Input<'g> {
    Input {
        at,
        event: given.event,
        alert: &given.alert,
        device_id: &given.device_id,
        device: &given.device,
    }
}

/// A moment, and whether it names its device itself.
fn read_moment(
    item: &Node<'_>,
    file: &str,
    facts: Option<&Map<'_>>,
    last: Option<Duration>,
    device: Option<DeviceId>,
    found: &mut Diagnostics,
) -> Option<(Moment, bool)> {
    let map = item.map(found)?;
    map.only(
        &["at", "event", "approve", "decline", "scan", "of", "expect"],
        found,
    );
    let at_node = map.required("at", found);
    let at = at_node.as_ref().and_then(|node| node.duration(found));
    if let (Some(at), Some(last), Some(node)) = (at, last, &at_node)
        && at < last
    {
        let (at, last) = (duration::show(at), duration::show(last));
        let message = format!("`{at}` stands after `{last}`, and a timeline goes forward");
        found.push(
            node.diagnostic(Code::TIMELINE_ORDER, message)
                .help("sort the entries by `at`, which counts from the beginning of the timeline"),
        );
    }
    let event = map.get("event").map(|node| {
        let given = Given::read(&node, after(at.unwrap_or_default()), facts, found);
        if given.restricted_by.value().is_none() {
            let message = "in a timeline `device.restricted_by` is what the timeline does";
            found.push(
                node.diagnostic(Code::FACT_VALUE, message)
                    .help("name the playbooks that restricted the device before, or leave it out"),
            );
        }
        given
    });
    let answer = read_answer(&map, found);
    let scan_node = map.get("scan");
    let scan = scan_node
        .as_ref()
        .and_then(|node| node.choice(&["succeeded", "failed"], found));
    let place = if event.is_some() {
        Place::Event
    } else {
        Place::Moment
    };
    let expect_node = map.get("expect");
    let expect = expect_node
        .as_ref()
        .and_then(|node| Expect::read(node, place, found));
    if event.is_none() && answer.is_none() && scan_node.is_none() && expect_node.is_none() {
        let message = "nothing happens at this moment, and nothing is expected";
        found.push(
            item.diagnostic(Code::TIMELINE_ENTRY, message)
                .help("give `event`, `approve`, `decline`, `scan` or `expect`"),
        );
    }
    let named = map.get("of").and_then(|node| {
        let id = node.str(found)?;
        let id = device_id(id);
        if let Err(problem) = &id {
            found.push(node.diagnostic(Code::FACT_VALUE, problem.clone()));
        }
        id.ok()
    });
    let is_named = named.is_some();
    let device = named
        .or(event.as_ref().map(|event| event.device_id.clone()))
        .or(device);
    if device.is_none() && (answer.is_some() || scan.is_some() || expect_node.is_some()) {
        let message = "nothing has happened to any device by this moment";
        found.push(
            item.diagnostic(Code::TIMELINE_ENTRY, message)
                .help("begin with an `event`"),
        );
    }
    let moment = Moment {
        at: at?,
        place: format!("{file}:{}", item.line()),
        event,
        answer,
        scan: scan.map(|word| word == "succeeded"),
        device: device?,
        expect,
    };
    Some((moment, is_named))
}

/// `approve` or `decline`, by one name or several.
fn read_answer(map: &Map<'_>, found: &mut Diagnostics) -> Option<(Answer, Vec<String>)> {
    let mut answers = [("approve", Answer::Approve), ("decline", Answer::Decline)]
        .into_iter()
        .filter_map(|(key, answer)| map.get(key).map(|node| (node, answer)));
    let (node, answer) = answers.next()?;
    if let Some((second, _)) = answers.next() {
        let message = "`approve` and `decline` exclude each other";
        found.push(
            second
                .diagnostic(Code::TIMELINE_ENTRY, message)
                .help("write an entry for each"),
        );
    }
    let people = if node.is_seq() {
        node.strs(found)?
    } else {
        vec![node.str(found)?]
    };
    if people.is_empty() {
        let message = format!("`{}` names nobody", node.path());
        found.push(node.diagnostic(Code::EMPTY_LIST, message));
        return None;
    }
    Some((answer, people.into_iter().map(str::to_owned).collect()))
}

fn after(span: Duration) -> Timestamp {
    SignedDuration::try_from(span)
        .ok()
        .and_then(|span| NOW.checked_add(span).ok())
        .unwrap_or(Timestamp::MAX)
}

/// How long after the beginning, as the timeline writes it.
fn since(at: Timestamp) -> String {
    Duration::try_from(at.duration_since(NOW)).map_or_else(|_| at.to_string(), duration::show)
}

/// What happened so far, as far as expectations and failures need it.
#[derive(Default)]
struct Record {
    log: Vec<(DeviceId, String)>,
    /// Devices that were restricted at some time.
    restricted: HashSet<DeviceId>,
    ended_by: HashMap<DeviceId, String>,
    approved_by: HashMap<(DeviceId, String), BTreeSet<String>>,
    decided: HashMap<DeviceId, Vec<Decider>>,
}

impl Record {
    fn note(&mut self, happening: Happening<'_>, coverage: &mut Coverage) {
        coverage.happening(&happening.what);
        let device = happening.device;
        match happening.what {
            What::Began {
                mode: Mode::Enforce, ..
            } => {
                self.restricted.insert(device.clone());
            }
            What::Ended {
                mode: Mode::Enforce,
                reason,
                by,
                ..
            } => {
                let by = by.map_or_else(|| term(reason), str::to_owned);
                self.ended_by.insert(device.clone(), by);
            }
            What::Asked { playbook, .. } => {
                self.approved_by.remove(&(device.clone(), playbook.to_owned()));
            }
            _ => {}
        }
        if let Some(told) = told(&happening.what) {
            self.say(happening.at, device, &told);
        }
    }

    fn say(&mut self, at: Timestamp, device: &DeviceId, what: &str) {
        self.log
            .push((device.clone(), format!("at {}: {what}", since(at))));
    }

    fn log_of(&self, device: &DeviceId) -> Vec<String> {
        let its = self.log.iter().filter(|(about, _)| about == device);
        its.map(|(_, line)| line.clone()).collect()
    }

    /// Answers everything that is asked about a device; says whether anything is.
    fn answer(
        &mut self,
        world: &mut Rehearsal<'_>,
        device: &DeviceId,
        answer: Answer,
        people: &[String],
        coverage: &mut Coverage,
    ) -> bool {
        let asks: Vec<(String, usize)> = world
            .device(device)
            .into_iter()
            .flat_map(|device| device.asks())
            .map(|ask| {
                (
                    ask.playbook.to_owned(),
                    usize::try_from(ask.approvals).unwrap_or(usize::MAX),
                )
            })
            .collect();
        for (playbook, needed) in &asks {
            let key = (device.clone(), playbook.clone());
            let said = match answer {
                Answer::Decline => format!("{playbook}: {} said no", people.join(" and ")),
                Answer::Approve => {
                    let approved = self.approved_by.entry(key.clone()).or_default();
                    approved.extend(people.iter().cloned());
                    let have = distinct_people(approved.iter().map(String::as_str));
                    let people = people.join(" and ");
                    format!("{playbook}: {people} said yes, {have} of {needed}")
                }
            };
            self.say(world.now(), device, &said);
            let enough = answer == Answer::Decline
                || self
                    .approved_by
                    .get(&key)
                    .is_some_and(|approved| distinct_people(approved.iter().map(String::as_str)) >= *needed);
            if !enough {
                continue;
            }
            let became = world.answer(device, playbook, answer, &mut |happening| {
                self.note(happening, coverage)
            });
            if answer == Answer::Approve && became != Some(ContainmentState::Active) {
                self.say(
                    world.now(),
                    device,
                    &format!("{playbook}: a limit or a cap holds"),
                );
            }
        }
        !asks.is_empty()
    }

    fn stand(&self, world: &Rehearsal<'_>, id: &DeviceId) -> Stand {
        let device = world.device(id);
        let mut more = String::new();
        for ask in device.into_iter().flat_map(|device| device.asks()) {
            more.push_str(&format!(", asked by {} until {}", ask.playbook, since(ask.until)));
        }
        let is_held = |measure| device.is_some_and(|device| device.is_held(measure));
        let held = Measure::ALL.map(is_held);
        let (state, by) = if held.contains(&true) {
            let state = match held {
                [true, true] => "restricted and isolated",
                [true, false] => "restricted",
                _ => "isolated",
            };
            (state, world.restricted_by(id))
        } else if self.restricted.contains(id) {
            ("released", self.ended_by.get(id).cloned().into_iter().collect())
        } else {
            ("free", Vec::new())
        };
        Stand { state, by, more }
    }
}

/// How timelines name what ended a containment without a playbook's doing.
fn term(reason: EndReason) -> String {
    match reason {
        EndReason::Time => "release.after".to_owned(),
        EndReason::AlertResolved => "release.when".to_owned(),
        EndReason::ScanClean => "release.when.scan_clean".to_owned(),
        other => other.as_str().to_owned(),
    }
}

/// What happened, for people; `None` for what follows from the rest.
fn told(what: &What<'_>) -> Option<String> {
    let until =
        |until: Option<Timestamp>| until.map_or_else(String::new, |at| format!(", until {}", since(at)));
    let observed = |mode: Mode| {
        if mode == Mode::Observe {
            " to be observed"
        } else {
            ""
        }
    };
    Some(match *what {
        What::Asked {
            playbook,
            reason,
            until,
        } => format!("{playbook} asked, because {reason}, until {}", since(until)),
        What::Began {
            playbook,
            mode,
            until: end,
            by,
        } => {
            let by = match by {
                Begun::Match => "",
                Begun::LaterMatch => ", a later event settled the question",
                Begun::Approval => ", approved",
                Begun::NoAnswer => ", nobody answered",
            };
            format!("{playbook} began{}{by}{}", observed(mode), until(end))
        }
        What::Restarted {
            playbook, until: end, ..
        } => format!("{playbook} restarted{}", until(end)),
        What::Ended {
            playbook, reason, by, ..
        } => {
            let by = by.map_or_else(|| term(reason), str::to_owned);
            format!("{playbook} ended, by {by}")
        }
        What::Declined { playbook } => format!("{playbook} was declined"),
        What::Expired { playbook } => format!("{playbook} expired, nobody answered"),
        What::FellBack { playbook, reason } => format!("{playbook} observes from now on, because {reason}"),
        What::Action { .. } => return None,
    })
}
