//! Answers beside one another, beside expiry and beside a release: each ask ends in one state, once.

#![expect(
    clippy::disallowed_methods,
    reason = "what races here are tasks of the test's own"
)]

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quell::desk::sayings;
use quell::domain::approval::RequestNumber;
use quell::domain::device::kind::KindSigns;
use quell::store::Store;
use quell::store::approvals::{Answer, AnswerTerms, Answered, Refusal};
use quell::worker::expire;

use super::{asking, ground, request_of, rules, settle, sound};
use crate::support::ground::{Ground, device};

/// One person approves, as a process of its own would.
async fn approves(store: Store, ground: Arc<Ground>, request: RequestNumber, who: String) -> Answered {
    let tenant = ground.tenant;
    let asks = store
        .request_asks(tenant, request)
        .await
        .expect("the database is up");
    let sayings = sayings::read(&store, tenant, &asks)
        .await
        .expect("the database is up");
    let rules = quell::domain::approval::ApprovalRules {
        groups: [("soc-leads".to_owned(), vec![who.clone()])].into(),
        ..rules(true)
    };
    let terms = AnswerTerms {
        rules: &rules,
        gate: ground.gate(),
        fleet: None,
        facts_max_age: Duration::from_secs(3_600),
        sayings: &sayings,
        kinds: &KindSigns::default(),
    };
    let answer = Answer {
        request,
        is_yes: true,
        only: &[],
        except: &[],
        who: &who,
        groups: &[],
        reason: "looked at it",
        reviewed: None,
    };
    store
        .approval_answer(tenant, &answer, &terms)
        .await
        .expect("the database is up")
}

#[tokio::test]
async fn twenty_people_at_once_make_a_request_of_two_approvals_active_exactly_once() {
    let mut ground = ground(&[asking(2)]).await;
    let devices = ['a', 'b', 'c'].map(device);
    for one in &devices {
        ground.alert("two", one).await;
    }
    let request = request_of(&mut ground, &devices[0]).await;
    settle(&mut ground).await;
    let ground = Arc::new(ground);
    let people = (0..20).map(|n| {
        let (store, ground) = (ground.store.clone(), Arc::clone(&ground));
        tokio::spawn(approves(store, ground, request, format!("person-{n}")))
    });
    let mut outcomes = Vec::new();
    for one in people.collect::<Vec<_>>() {
        outcomes.push(one.await.expect("it does not panic"));
    }
    let mut ground = Arc::into_inner(ground).expect("everybody is done");
    let given = |what: &str| {
        let is_it = |one: &&Answered| matches!(one, Answered::Given(told) if told.iter().all(|told| told.what == what));
        outcomes.iter().filter(is_it).count()
    };
    let late = outcomes
        .iter()
        .filter(|one| matches!(one, Answered::Refused(Refusal::Over, _)));
    assert_eq!(
        (given("approved"), given("activated"), late.count()),
        (1, 1, 18),
        "{outcomes:?}"
    );
    for one in &devices {
        assert_eq!(ground.containments(one).await, ["two active"]);
        assert_eq!(ground.actions(one).await, ["restrict queued"]);
    }
    let answers = "SELECT count(*)::text FROM quell.approvals";
    assert_eq!(ground.words(answers.to_owned()).await, ["6"]);
    sound(ground).await;
}

/// An approval beside something else that settles the same asks; each round both begin at once.
async fn beside(what: &str, rounds: u32) {
    let mut ground = ground(&[asking(1)]).await;
    let devices = ['a', 'b', 'c', 'd'].map(device);
    for _ in 0..rounds {
        super::next_minute(&mut ground).await;
        for one in &devices {
            ground.alert("two", one).await;
        }
        let request = request_of(&mut ground, &devices[0]).await;
        settle(&mut ground).await;
        // As near to the end as a test can be: some approvals come before it, some after.
        let almost =
            "UPDATE quell.containments SET ask_until = quell.now() + interval '15 ms' WHERE state = 'asked'";
        if what == "expiry" {
            ground.execute(almost.to_owned()).await;
        }
        let shared = Arc::new(ground);
        let approval = tokio::spawn(approves(
            shared.store.clone(),
            Arc::clone(&shared),
            request,
            "ann".to_owned(),
        ));
        let others = match what {
            "expiry" => {
                let context = shared.context();
                tokio::spawn(async move {
                    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
                    let mut settled = 0;
                    // Until all are settled, one way or the other.
                    while settled == 0 && tokio::time::Instant::now() < deadline {
                        expire::run_once(&context).await.expect("the database is up");
                        let waiting = context.store.requests_waiting(context.tenant).await;
                        settled = u32::from(waiting.expect("the database is up").devices == 0);
                    }
                })
            }
            _ => {
                let (store, tenant, devices) = (shared.store.clone(), shared.tenant, devices.clone());
                tokio::spawn(async move {
                    for one in devices.iter().rev() {
                        let released = store.device_release(tenant, one, "dora", "a false alarm", false);
                        released.await.expect("the database is up");
                    }
                })
            }
        };
        let answered = approval.await.expect("it does not panic");
        others.await.expect("it does not panic");
        ground = Arc::into_inner(shared).expect("everybody is done");
        let states = "SELECT DISTINCT state FROM quell.containments c
                      WHERE c.request = (SELECT max(request) FROM quell.containments) ORDER BY state";
        ground.expire().await;
        let states = ground.words(states.to_owned()).await;
        match (&answered, what) {
            (Answered::Given(_), "expiry") => assert_eq!(states, ["active"], "as a whole"),
            (Answered::Refused(Refusal::Over, _), "expiry") => assert_eq!(states, ["expired"]),
            // Those that were declined before are not part of the answer any more; the others were released after it.
            (Answered::Given(_) | Answered::Refused(Refusal::Over, _), _) => {
                assert!(
                    states.iter().all(|state| state == "ended" || state == "declined"),
                    "{states:?}"
                );
            }
            other => panic!("{other:?}"),
        }
        // What was restricted is let go, so that the next round begins anew.
        for one in &devices {
            let done = ground
                .store
                .device_release(ground.tenant, one, "dora", "the next round", false);
            done.await.expect("the database is up");
        }
        ground.pass(SignedDuration::from_mins(5)).await;
    }
    sound(ground).await;
}

#[tokio::test]
async fn an_approval_beside_the_expiry_of_its_asks_is_taken_as_a_whole_or_not_at_all() {
    beside("expiry", 12).await;
}

#[tokio::test]
async fn an_approval_beside_a_release_leaves_nothing_restricted() {
    beside("release", 12).await;
}
