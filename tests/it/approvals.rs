//! Asks answered: one request for many devices, who may say yes, what an answer is bound to, and what may happen beside it.
//! Every test ends with the audit, which must find nothing.

mod by_hand;
mod changed;
mod races;
mod shell;

use std::time::Duration;

use jiff::SignedDuration;
use quell::desk::sayings;
use quell::domain::approval::{ApprovalRules, RequestNumber};
use quell::domain::device::DeviceId;
use quell::domain::device::kind::KindSigns;
use quell::store::approvals::{Answer, AnswerTerms, Answered, Refusal, Review, Told};

use crate::audit::{audit, failing};
use crate::support::ground::{Ground, asking_playbook, device, playbook};

/// The people of the group that is asked, and the rules.
pub fn rules(four_eyes: bool) -> ApprovalRules {
    let leads = ["ann", "ann@contoso.com", "corp\\ann", "bob", "carl", "soc"];
    ApprovalRules {
        groups: [("soc-leads".to_owned(), leads.map(str::to_owned).to_vec())].into(),
        four_eyes,
    }
}

/// The playbook `two`, which asks so many of the leads.
pub fn asking(approvals: u32) -> String {
    asking_playbook("two", "skip").replace("approvals: 1", &format!("approvals: {approvals}"))
}

/// A ground at the beginning of a minute, so that what follows at once is one request.
pub async fn ground(playbooks: &[String]) -> Ground {
    let mut ground = Ground::new(playbooks).await;
    next_minute(&mut ground).await;
    ground
}

pub async fn next_minute(ground: &mut Ground) {
    let sql = "UPDATE quell.clock SET shift = shift + make_interval(secs => 62 - extract(second FROM quell.now())::float8)";
    ground.execute(sql.to_owned()).await;
}

/// The minute of a request is over: it gets no device any more.
pub async fn settle(ground: &mut Ground) {
    ground.pass(SignedDuration::from_secs(100)).await;
}

/// The request that a device's latest ask belongs to.
pub async fn request_of(ground: &mut Ground, device: &DeviceId) -> RequestNumber {
    let sql = format!(
        "SELECT request::text FROM quell.containments WHERE device_id = '{device}' ORDER BY id DESC LIMIT 1"
    );
    let number = ground.words(sql).await.remove(0);
    RequestNumber::parse(&number).expect("every ask has a request")
}

/// What somebody says.
#[derive(Clone)]
pub struct Says<'a> {
    pub who: &'a str,
    pub is_yes: bool,
    pub only: &'a [DeviceId],
    pub reviewed: Option<&'a str>,
    pub rules: ApprovalRules,
}

pub fn yes(who: &str) -> Says<'_> {
    Says {
        who,
        is_yes: true,
        only: &[],
        reviewed: None,
        rules: rules(true),
    }
}

pub fn no(who: &str) -> Says<'_> {
    Says {
        is_yes: false,
        ..yes(who)
    }
}

pub async fn answer(ground: &Ground, request: RequestNumber, says: Says<'_>) -> Answered {
    let (store, tenant) = (&ground.store, ground.tenant);
    let asks = store
        .request_asks(tenant, request)
        .await
        .expect("the database is up");
    let sayings = sayings::read(store, tenant, &asks)
        .await
        .expect("the database is up");
    let terms = AnswerTerms {
        rules: &says.rules,
        gate: ground.gate(),
        fleet: None,
        facts_max_age: Duration::from_secs(3_600),
        sayings: &sayings,
        kinds: &KindSigns::default(),
    };
    let answer = Answer {
        request,
        is_yes: says.is_yes,
        only: says.only,
        except: &[],
        who: says.who,
        groups: &[],
        reason: "looked at it",
        reviewed: says.reviewed,
    };
    store
        .approval_answer(tenant, &answer, &terms)
        .await
        .expect("the database is up")
}

pub async fn review(ground: &Ground, request: RequestNumber) -> Review {
    let (store, tenant) = (&ground.store, ground.tenant);
    let asks = store
        .request_asks(tenant, request)
        .await
        .expect("the database is up");
    let sayings = sayings::read(store, tenant, &asks)
        .await
        .expect("the database is up");
    let rules = rules(true);
    let terms = AnswerTerms {
        rules: &rules,
        gate: ground.gate(),
        fleet: None,
        facts_max_age: Duration::from_secs(3_600),
        sayings: &sayings,
        kinds: &KindSigns::default(),
    };
    let review = store.request_review(tenant, request, &terms).await;
    review
        .expect("the database is up")
        .expect("there is such a request")
}

/// What was said about each device, e.g. `approved`, when the answer was taken.
#[track_caller]
pub fn taken(answered: &Answered) -> Vec<&'static str> {
    match answered {
        Answered::Given(told) => told.iter().map(|told| told.what).collect(),
        Answered::Refused(refusal, told) => panic!("refused: {refusal:?} {told:?}"),
    }
}

/// Why it was refused, and the first thing that was said.
#[track_caller]
pub fn refused(answered: &Answered) -> (Refusal, String) {
    let Answered::Refused(refusal, told) = answered else {
        panic!("it was taken: {answered:?}");
    };
    let first = told.first().map(|Told { told, .. }| told.clone());
    (*refusal, first.unwrap_or_default())
}

/// Closes the ground; nothing in it may break an invariant.
pub async fn sound(ground: Ground) {
    let database = ground.close().await;
    let found = audit(&database).await;
    assert_eq!(failing(&found), [""; 0], "{:?}", found.checks);
}

#[tokio::test]
async fn a_burst_of_one_playbook_is_one_request_and_another_playbook_or_minute_is_another() {
    let other = asking_playbook("three", "skip");
    let mut ground = ground(&[asking(1), other]).await;
    for c in ['a', 'b', 'c'] {
        ground.alert("two", &device(c)).await;
    }
    ground.alert("three", &device('a')).await;
    let first = request_of(&mut ground, &device('b')).await;
    let third = request_of(&mut ground, &device('a')).await;
    assert!(first.to_string().starts_with("A-1"), "{first}");
    assert_ne!(first, third, "another playbook");
    assert_eq!(request_of(&mut ground, &device('c')).await, first);
    next_minute(&mut ground).await;
    ground.alert("two", &device('d')).await;
    assert_ne!(
        request_of(&mut ground, &device('d')).await,
        first,
        "another minute"
    );
    let waiting = ground
        .store
        .requests_waiting(ground.tenant)
        .await
        .expect("the database is up");
    assert_eq!((waiting.requests, waiting.devices), (3, 5));
    settle(&mut ground).await;
    assert_eq!(taken(&answer(&ground, first, yes("ann")).await), ["activated"; 3]);
    assert_eq!(ground.containments(&device('c')).await, ["two active"]);
    assert_eq!(ground.actions(&device('c')).await, ["restrict queued"]);
    assert_eq!(ground.containments(&device('d')).await, ["two asked"]);
    sound(ground).await;
}

#[tokio::test]
async fn so_many_distinct_people_as_the_playbook_wants_make_it_active_and_its_time_runs_from_there() {
    let mut ground = ground(&[asking(2)]).await;
    let a = device('a');
    ground.alert("two", &a).await;
    let request = request_of(&mut ground, &a).await;
    ground.pass(SignedDuration::from_mins(20)).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["approved"]);
    // One person under other spellings is one person, and to say it again changes nothing.
    for ann in ["ann", "ann@contoso.com", "corp\\ann"] {
        assert_eq!(
            taken(&answer(&ground, request, yes(ann)).await),
            ["already_approved"],
            "{ann}"
        );
    }
    assert_eq!(ground.containments(&a).await, ["two asked"]);
    assert_eq!(taken(&answer(&ground, request, yes("bob")).await), ["activated"]);
    assert_eq!(
        ground.audit(&a).await,
        [
            "asked decide: ask",
            "active bob: approved by ann and bob: looked at it"
        ]
    );
    let until = "SELECT (until - activated_at = interval '4 h' AND activated_at > created_at + interval '19 min')::text
                 FROM quell.containments";
    assert_eq!(ground.words(until.to_owned()).await, ["true"]);
    let answers =
        "SELECT concat_ws(' ', from_state, to_state, by, reason, after ->> 'lifts') FROM quell.transitions
                   WHERE entity = 'approval' ORDER BY id";
    assert_eq!(
        ground.words(answers.to_owned()).await,
        ["approved ann looked at it ask", "approved bob looked at it ask"]
    );
    // Both are told the same afterwards; whoever comes late is told that it is settled.
    for who in ["ann", "bob"] {
        assert_eq!(taken(&answer(&ground, request, yes(who)).await), ["over"]);
    }
    let (refusal, said) = refused(&answer(&ground, request, yes("carl")).await);
    assert_eq!(refusal, Refusal::Over);
    assert!(
        said.starts_with("active already: approved by ann and bob"),
        "{said}"
    );
    sound(ground).await;
}

#[tokio::test]
async fn nobody_approves_who_is_not_asked_wrote_the_playbook_or_put_it_in_force() {
    // Its owner is soc@example.com.
    let mut ground = ground(&[asking(1)]).await;
    ground
        .activate_as("bob", &[asking(1).replace("title: Restrict", "title: Changed")])
        .await;
    // Whoever changes something else does not put this one in force.
    ground
        .activate_as(
            "carl",
            &[
                asking(1).replace("title: Restrict", "title: Changed"),
                playbook("one"),
            ],
        )
        .await;
    let a = device('a');
    ground.alert("two", &a).await;
    let request = request_of(&mut ground, &a).await;
    settle(&mut ground).await;
    for (who, why) in [
        ("mallory", "only soc-leads may answer"),
        ("soc-leads", "only soc-leads may answer"),
        ("soc", "nobody approves what he wrote"),
        ("bob", "nobody approves what he put in force"),
    ] {
        let (refusal, said) = refused(&answer(&ground, request, yes(who)).await);
        assert_eq!(refusal, Refusal::NotAllowed, "{who}");
        assert!(said.starts_with(why), "{who}: {said}");
    }
    assert_eq!(
        refused(&answer(&ground, request, no("mallory")).await).0,
        Refusal::NotAllowed
    );
    assert_eq!(ground.containments(&a).await, ["two asked"]);
    assert_eq!(
        ground
            .words("SELECT person FROM quell.approvals".to_owned())
            .await,
        [""; 0]
    );
    let one_person = Says {
        rules: rules(false),
        ..yes("bob")
    };
    assert_eq!(taken(&answer(&ground, request, one_person).await), ["activated"]);
    sound(ground).await;
}

#[tokio::test]
async fn an_expired_ask_is_answered_by_nobody_and_is_not_denied() {
    let mut ground = ground(&[asking(1)]).await;
    let (a, b) = (device('a'), device('b'));
    ground.alert("two", &a).await;
    let request = request_of(&mut ground, &a).await;
    ground.pass(SignedDuration::from_mins(30)).await;
    // Its time is over, and nobody has written that down yet.
    for says in [yes("ann"), no("ann")] {
        let (refusal, said) = refused(&answer(&ground, request, says).await);
        assert_eq!(refusal, Refusal::Over);
        assert_eq!(said, "expired: nobody answered in time, which is no rejection");
    }
    ground.expire().await;
    assert_eq!(
        refused(&answer(&ground, request, yes("ann")).await).0,
        Refusal::Over
    );
    assert_eq!(ground.containments(&a).await, ["two expired"]);
    next_minute(&mut ground).await;
    ground.alert("two", &b).await;
    let other = request_of(&mut ground, &b).await;
    // The author may say no; he may not say yes.
    assert_eq!(taken(&answer(&ground, other, no("soc")).await), ["declined"]);
    let (refusal, said) = refused(&answer(&ground, other, yes("ann")).await);
    assert_eq!(refusal, Refusal::Over);
    assert_eq!(said, "declined by soc: rejected: looked at it");
    let all = ground
        .store
        .requests(ground.tenant, true, 10)
        .await
        .expect("the database is up");
    let counts: Vec<String> = all.iter().map(|one| format!("{:?}", one.asks)).collect();
    assert_eq!(counts, [r#"{"declined": 1}"#, r#"{"expired": 1}"#]);
    sound(ground).await;
}

#[tokio::test]
async fn an_answer_stands_and_a_later_one_of_the_same_person_is_refused_plainly() {
    let mut ground = ground(&[asking(2)]).await;
    let a = device('a');
    ground.alert("two", &a).await;
    let request = request_of(&mut ground, &a).await;
    settle(&mut ground).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["approved"]);
    let (refusal, said) = refused(&answer(&ground, request, no("ann")).await);
    assert_eq!(refusal, Refusal::AnsweredBefore);
    assert!(said.starts_with("you said before that it is approved"), "{said}");
    // One other person who says no is enough, whoever approved before.
    assert_eq!(taken(&answer(&ground, request, no("bob")).await), ["declined"]);
    assert_eq!(
        refused(&answer(&ground, request, yes("carl")).await).0,
        Refusal::Over
    );
    assert_eq!(ground.containments(&a).await, ["two declined"]);
    assert!(ground.actions(&a).await.is_empty());
    sound(ground).await;
}

#[tokio::test]
async fn what_was_said_of_one_ask_counts_for_no_other_of_the_same_device() {
    let mut ground = ground(&[asking(2)]).await;
    let (a, b) = (device('a'), device('b'));
    ground.alert("two", &a).await;
    let first = request_of(&mut ground, &a).await;
    let token = review(&ground, first).await.token;
    assert_eq!(
        taken(
            &answer(
                &ground,
                first,
                Says {
                    reviewed: Some(&token),
                    ..yes("ann")
                }
            )
            .await
        ),
        ["approved"]
    );
    ground.pass(SignedDuration::from_mins(30)).await;
    ground.expire().await;
    next_minute(&mut ground).await;
    ground.alert("two", &a).await;
    ground.alert("two", &b).await;
    let second = request_of(&mut ground, &a).await;
    assert_ne!(first, second);
    // The token of another request is none.
    let reused = Says {
        reviewed: Some(&token),
        ..yes("bob")
    };
    assert_eq!(
        refused(&answer(&ground, second, reused).await).0,
        Refusal::Changed
    );
    settle(&mut ground).await;
    // Nor does ann's earlier yes count.
    assert_eq!(taken(&answer(&ground, second, yes("bob")).await), ["approved"; 2]);
    assert_eq!(ground.containments(&a).await, ["two expired", "two asked"]);
    sound(ground).await;
}

#[tokio::test]
async fn devices_that_come_after_the_review_are_not_approved_with_the_others() {
    let mut ground = ground(&[asking(1)]).await;
    let (a, b) = (device('a'), device('b'));
    ground.alert("two", &a).await;
    let request = request_of(&mut ground, &a).await;
    let shown = review(&ground, request).await;
    assert!(shown.grows_until.is_some());
    ground.alert("two", &b).await;
    assert_eq!(request_of(&mut ground, &b).await, request);
    let (refusal, said) = refused(
        &answer(
            &ground,
            request,
            Says {
                reviewed: Some(&shown.token),
                ..yes("ann")
            },
        )
        .await,
    );
    assert_eq!(
        (refusal, said.as_str()),
        (
            Refusal::Changed,
            "what was looked at with that token is not what is there now"
        )
    );
    // Without a token nobody can tell what was seen of a request that still grows, but for devices that are named.
    assert_eq!(
        refused(&answer(&ground, request, yes("ann")).await).0,
        Refusal::MayGrow
    );
    assert_eq!(ground.containments(&a).await, ["two asked"]);
    let only = Says {
        only: std::slice::from_ref(&a),
        ..yes("ann")
    };
    assert_eq!(taken(&answer(&ground, request, only).await), ["activated"]);
    assert_eq!(ground.containments(&b).await, ["two asked"]);
    settle(&mut ground).await;
    assert!(review(&ground, request).await.grows_until.is_none());
    assert_eq!(taken(&answer(&ground, request, yes("bob")).await), ["activated"]);
    sound(ground).await;
}
