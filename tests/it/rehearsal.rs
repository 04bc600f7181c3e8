//! The rehearsal against the daemon: the same events and hours through both, by the store's transactions and a database
//! clock set forward on the one side, in memory on the other. What a rehearsal tells is only worth something while the
//! two agree.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use quell::domain::action::ActionEvent;
use quell::domain::alert::{Alert, EventKind};
use quell::domain::approval::RequestNumber;
use quell::domain::containment::change::Answer;
use quell::domain::decision::Rules;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::domain::verdict::{AskTerms, Mode};
use quell::playbook::rehearse::{Happening, Input, Rehearsal, What};
use quell::playbook::{PlaybookSet, SourceFile};
use quell::store::approvals::{Answered, Refusal};

use crate::approvals::{Says, answer, no, yes};
use crate::support::ground::{Ground, asking_playbook, device, playbook};

/// One step of a made-up day.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many minutes pass.
    Pass(i64),
    /// An alert of this category on this device.
    Alert(&'static str, char),
    /// A person says yes to everything that is asked about this device.
    Approve(char),
    /// A person says no to it.
    Reject(char),
}

/// Steps from a seed, by Knuth's generator: the same in every run.
fn steps(mut seed: u64, count: usize) -> Vec<Step> {
    const CATEGORIES: [&str; 7] = ["plain", "restarts", "asks", "acts", "limited", "both", "release"];
    let mut next = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    (0..count)
        .map(|_| {
            if next(3) == 0 {
                return Step::Pass(i64::try_from(10 * (1 + next(9))).expect("it is small"));
            }
            let answers = next(6);
            let category = usize::try_from(next(CATEGORIES.len() as u64)).expect("it is small");
            let device = char::from(b'a' + u8::try_from(next(4)).expect("it is small"));
            match answers {
                0 => Step::Approve(device),
                1 => Step::Reject(device),
                _ => Step::Alert(CATEGORIES[category], device),
            }
        })
        .collect()
}

/// Playbooks that together do everything a containment can go through.
fn playbooks() -> Vec<String> {
    let also = |text: String, id: &str| {
        text.replace(
            &format!("alert.category: {id}}}"),
            &format!("alert.category: [{id}, both]}}"),
        )
    };
    vec![
        also(playbook("plain"), "plain"),
        playbook("restarts").replace("after: 4h}", "after: 2h, restart_on: match}"),
        also(asking_playbook("asks", "skip"), "asks"),
        asking_playbook("acts", "act").replace("after: 4h", "after: 1h"),
        playbook("limited").replace("after: 4h", "after: 30m")
            + "limits: [{devices: 2, per: 1h, otherwise: ask}, {devices: 3, per: 3h, otherwise: skip}]\n",
        "id: release\ntitle: Release\nowner: soc@example.com\nmode: enforce\nwhen: {alert.category: release}\n\
         then: [release_app_restriction: {comment: it is over}]\n"
            .to_owned(),
        // Observes the same alerts: counted by itself, and nothing of it is called.
        playbook("observes")
            .replace("mode: enforce", "mode: observe")
            .replace("alert.category: observes", "alert.category: [limited, both]")
            + "limits: [{devices: 2, per: 2h, otherwise: skip}]\n",
    ]
}

fn compiled() -> PlaybookSet {
    let files: Vec<_> = playbooks()
        .into_iter()
        .map(|text| {
            let id = text.lines().next().and_then(|line| line.strip_prefix("id: "));
            SourceFile {
                name: format!("{}.yaml", id.expect("a playbook begins with its id")),
                text,
            }
        })
        .collect();
    PlaybookSet::compile(&files).expect("the playbooks are right").0
}

fn rules() -> Rules {
    Rules {
        ceiling: Mode::Enforce,
        freshness: std::time::Duration::from_secs(3_600),
        never: Protections::default(),
        caps: Vec::new(),
        surge: quell::domain::surge::Surge::default(),
        default_ask: AskTerms {
            from: Vec::new(),
            approvals: 1,
            within: std::time::Duration::from_secs(1_800),
            otherwise_act: false,
        },
    }
}

/// What a rehearsal told, in the words of the tables.
#[derive(Default)]
struct Told {
    containments: Vec<(DeviceId, String, &'static str, String)>,
    actions: BTreeMap<DeviceId, Vec<String>>,
}

impl Told {
    fn note(&mut self, happening: Happening<'_>) {
        let id = happening.device;
        let mut comes_to = |playbook: &str, mode: Mode, state: String| {
            let open = self
                .containments
                .iter_mut()
                .rev()
                .find(|(device, its, its_mode, was)| {
                    device == id
                        && its == playbook
                        && *its_mode == mode.as_str()
                        && (was == "asked" || was == "active")
                });
            match open {
                Some(open) => open.3 = state,
                None => self
                    .containments
                    .push((id.clone(), playbook.to_owned(), mode.as_str(), state)),
            }
        };
        match happening.what {
            What::Asked { playbook, .. } => comes_to(playbook, Mode::Enforce, "asked".to_owned()),
            What::Began { playbook, mode, .. } => comes_to(playbook, mode, "active".to_owned()),
            What::Declined { playbook } => comes_to(playbook, Mode::Enforce, "declined".to_owned()),
            What::Expired { playbook } => comes_to(playbook, Mode::Enforce, "expired".to_owned()),
            What::Ended {
                playbook,
                mode,
                reason,
                ..
            } => comes_to(playbook, mode, format!("ended {}", reason.as_str())),
            What::Action { kind, .. } => self
                .actions
                .entry(id.clone())
                .or_default()
                .push(kind.as_str().to_owned()),
            What::Restarted { .. } | What::FellBack { .. } => {}
        }
    }

    fn containments_of(&self, id: &DeviceId) -> Vec<String> {
        let its = self.containments.iter().filter(|(device, ..)| device == id);
        let mut its: Vec<_> = its
            .map(|(_, playbook, mode, state)| format!("{playbook} {mode} {state}"))
            .collect();
        its.sort();
        its
    }
}

/// Calls everything that is queued, and Defender does it at once.
async fn call_everything(ground: &mut Ground) {
    while !ground
        .words("SELECT kind FROM quell.actions WHERE state = 'queued'".to_owned())
        .await
        .is_empty()
    {
        ground
            .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), false)
            .await;
    }
}

/// Says yes or no to everything that is asked about a device; a limit that the question did not come from may refuse a yes.
async fn answer_all(ground: &mut Ground, id: &DeviceId, says: Says<'_>) {
    let asked = format!(
        "SELECT request::text FROM quell.containments WHERE device_id = '{id}' AND state = 'asked' ORDER BY id"
    );
    for number in ground.words(asked).await {
        let request = RequestNumber::parse(&number).expect("every ask has a request");
        let only = [id.clone()];
        let says = Says {
            only: &only,
            ..says.clone()
        };
        let answered = answer(ground, request, says).await;
        assert!(
            matches!(
                answered,
                Answered::Given(_) | Answered::Refused(Refusal::Guard, _)
            ),
            "{answered:?}"
        );
    }
}

/// Runs the steps of a seed through both; gives how the containments ended up.
async fn they_agree(seed: u64) -> Vec<String> {
    let (set, rules) = (compiled(), rules());
    let mut ground = Ground::new(&playbooks()).await;
    let mut now = Timestamp::UNIX_EPOCH;
    let mut world = Rehearsal::new(&set, &rules, "ground", now);
    let mut told = Told::default();
    let devices = ['a', 'b', 'c', 'd'].map(device);
    let steps = steps(seed, 70);
    for (at, step) in steps.iter().enumerate() {
        match *step {
            Step::Pass(minutes) => {
                // Ten minutes at a time: every span of the playbooks is a multiple, so nothing falls between two looks.
                for _ in 0..minutes / 10 {
                    now += SignedDuration::from_mins(10);
                    world.advance(now, &mut |happening| told.note(happening));
                    ground.pass(SignedDuration::from_mins(10)).await;
                    ground.expire().await;
                    call_everything(&mut ground).await;
                }
            }
            Step::Approve(name) | Step::Reject(name) => {
                let (said, says) = match step {
                    Step::Reject(_) => (Answer::Decline, no("ann")),
                    _ => (Answer::Approve, yes("ann")),
                };
                let id = device(name);
                let asks: Vec<String> = (world.device(&id).into_iter())
                    .flat_map(|device| device.asks())
                    .map(|ask| ask.playbook.to_owned())
                    .collect();
                for playbook in &asks {
                    world.answer(&id, playbook, said, &mut |happening| told.note(happening));
                }
                answer_all(&mut ground, &id, says).await;
                call_everything(&mut ground).await;
            }
            Step::Alert(category, name) => {
                let id = device(name);
                let alert = Alert {
                    category: Fact::Is(category.to_owned()),
                    occurred_at: Fact::Is(now),
                    ..Alert::default()
                };
                let input = Input {
                    at: now,
                    event: EventKind::New,
                    alert: &alert,
                    device_id: &id,
                    device: &DeviceFacts::default(),
                };
                let decision = world.event(&input, &mut |happening| told.note(happening));
                ground.alert(category, &id).await;
                call_everything(&mut ground).await;
                let recorded = ground
                    .words(
                        "SELECT kind || ' ' || reason FROM quell.decisions ORDER BY event_id DESC LIMIT 1"
                            .to_owned(),
                    )
                    .await;
                let rehearsed = format!("{} {}", decision.kind.as_str(), decision.reason);
                assert_eq!(recorded, [rehearsed], "seed {seed}, step {at}: {step:?}");
            }
        }
        for id in &devices {
            let mut recorded = ground
                .words(format!(
                    "SELECT concat_ws(' ', playbook, mode, state, end_reason) FROM quell.containments WHERE device_id = '{id}'"
                ))
                .await;
            recorded.sort();
            assert_eq!(
                recorded,
                told.containments_of(id),
                "seed {seed}, step {at}: {step:?}"
            );
            let called = ground
                .words(format!(
                    "SELECT kind FROM quell.actions WHERE device_id = '{id}' ORDER BY id"
                ))
                .await;
            let rehearsed = told.actions.get(id).cloned().unwrap_or_default();
            assert_eq!(called, rehearsed, "seed {seed}, step {at}: {step:?}");
        }
    }
    ground.close().await;
    told.containments.into_iter().map(|(.., state)| state).collect()
}

#[tokio::test]
async fn a_rehearsal_decides_and_does_what_the_daemon_decides_and_does() {
    let mut seen = Vec::new();
    for seed in [1, 2, 3, 4, 5, 6] {
        seen.extend(they_agree(seed).await);
    }
    for state in [
        "ended time",
        "ended release_playbook",
        "expired",
        "declined",
        "asked",
        "active",
    ] {
        assert!(
            seen.iter().any(|its| its == state),
            "the seeds make no containment {state}: take others"
        );
    }
}
