//! The book of actions by itself: life cycles, duplicates, cancelling, and what makes a client an offender.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::simulator::action::{Action, Details, Kind, Request, Source, Status};
use crate::simulator::book::{Book, NotCancelled, Offence, Placed};
use crate::simulator::clock::Clock;
use crate::simulator::switches::Switches;
use crate::simulator::{DuplicateMode, GIVES_UP_AFTER, Options};

struct World {
    book: Book,
    options: Options,
    clock: Clock,
}

impl World {
    fn new(change: impl FnOnce(&mut Options)) -> Self {
        let seconds = |seconds| Duration::from_secs(seconds)..=Duration::from_secs(seconds);
        let mut options = Options {
            pending_for: seconds(5),
            in_progress_for: seconds(10),
            ..Options::default()
        };
        change(&mut options);
        Self {
            clock: Clock::start(options.scale),
            book: Book::default(),
            options,
        }
    }

    fn place(&mut self, kind: Kind, source: Source) -> Placed {
        let request = Request {
            kind,
            device: "d".to_owned(),
            computer_dns_name: String::new(),
            requestor: String::new(),
            comment: String::new(),
            title: None,
            external_id: None,
            source,
            details: Details::default(),
        };
        let switches = Switches::of(&self.options);
        self.book
            .place(request, &switches, &self.options, &self.clock, self.clock.now())
    }

    fn id(&mut self, kind: Kind) -> String {
        self.place(kind, Source::PublicApi)
            .action
            .expect("it is not refused")
            .id
            .clone()
    }

    fn cancel(&mut self, id: &str, takes_effect: bool) -> Result<Arc<Action>, NotCancelled> {
        self.book
            .cancel(id, ("app", "why"), takes_effect, &self.clock, self.clock.now())
    }

    async fn pass(&mut self, span: Duration) {
        tokio::time::advance(span).await;
        self.book.settle(&self.clock, self.clock.now());
    }

    fn status(&self, id: &str) -> Status {
        self.book.get(id, self.clock.now()).expect("it is there").status
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_action_moves_on_at_its_time_and_each_step_carries_that_time() {
    let mut world = World::new(|_| {});
    let id = world.id(Kind::Restrict);
    world.pass(SECOND * 4).await;
    assert_eq!(world.status(&id), Status::Pending);
    world.pass(SECOND).await;
    assert_eq!(world.status(&id), Status::InProgress);
    world.pass(SECOND * 1000).await;
    let action = world.book.get(&id, world.clock.now()).expect("it is there");
    assert_eq!(action.status, Status::Succeeded);
    let took = action.updated_at.duration_since(action.created_at);
    assert_eq!(took, SignedDuration::from_secs(15), "however late anybody looked");
    assert_eq!(
        (world.book.is_restricted("d"), world.book.restricted()),
        (true, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn delays_shrink_with_the_scale() {
    let mut world = World::new(|options| options.scale = 10.0);
    let id = world.id(Kind::Restrict);
    world.pass(Duration::from_millis(1499)).await;
    assert_eq!(world.status(&id), Status::InProgress);
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(world.status(&id), Status::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn an_offline_device_fires_when_it_comes_back() {
    let mut world = World::new(|options| {
        options.offline_percent = 100.0;
        options.offline_for = SECOND * 3600;
    });
    let first = world.id(Kind::Restrict);
    world.pass(SECOND * 3604).await;
    assert_eq!(world.status(&first), Status::Pending);
    world.pass(SECOND * 11).await;
    assert_eq!(world.status(&first), Status::Succeeded);
    let second = world.id(Kind::Release);
    world.pass(SECOND * 15).await;
    assert_eq!(world.status(&second), Status::Succeeded, "it is back for good");
}

#[tokio::test(start_paused = true)]
async fn a_device_that_stays_away_for_three_days_makes_the_action_time_out() {
    let mut world = World::new(|options| {
        options.offline_percent = 100.0;
        options.offline_for = SECOND * 3600 * 24 * 4;
    });
    let id = world.id(Kind::Restrict);
    world.pass(GIVES_UP_AFTER - SECOND).await;
    assert_eq!(world.status(&id), Status::Pending);
    world.pass(SECOND).await;
    assert_eq!(world.status(&id), Status::TimeOut);
    world.pass(SECOND * 3600 * 48).await;
    assert!(
        !world.book.is_restricted("d"),
        "what timed out does not fire later"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_action_carries_an_error_and_changes_nothing() {
    let mut world = World::new(|options| options.fail_percent = 100.0);
    let id = world.id(Kind::Restrict);
    world.pass(SECOND * 15).await;
    assert_eq!(world.status(&id), Status::Failed);
    assert_ne!(world.status(&id).error_hresult(), 0);
    assert!(!world.book.is_restricted("d"));
}

#[tokio::test(start_paused = true)]
async fn a_stuck_duplicate_lands_after_the_release() {
    let mut world = World::new(|options| options.duplicate_mode = DuplicateMode::SecondStuckPending);
    let first = world.id(Kind::Restrict);
    let twin = world.place(Kind::Restrict, Source::PublicApi);
    assert_eq!(twin.offence, Some(Offence::DoublesOpen));
    world.pass(SECOND * 60).await;
    let twin = twin.action.expect("a second action").id.clone();
    assert_eq!(
        (world.status(&first), world.status(&twin)),
        (Status::Succeeded, Status::Pending)
    );
    let release = world.place(Kind::Release, Source::PublicApi);
    assert_eq!(
        release.offence,
        Some(Offence::OppositeOpen),
        "the twin is still open"
    );
    world.pass(SECOND * 15).await;
    assert!(!world.book.is_restricted("d"));
    world.pass(SECOND).await;
    assert_eq!(world.status(&twin), Status::Succeeded);
    assert!(
        world.book.is_restricted("d"),
        "the device is restricted again after its release"
    );
}

#[tokio::test(start_paused = true)]
async fn repeating_the_known_state_is_a_duplicate_and_making_sure_is_not() {
    let mut world = World::new(|_| {});
    let offence = |world: &mut World, kind| world.place(kind, Source::PublicApi).offence;
    assert_eq!(
        offence(&mut world, Kind::Release),
        Some(Offence::RepeatsState),
        "it was never restricted"
    );
    world.pass(SECOND * 15).await;
    let restrict = world.id(Kind::Restrict);
    world.cancel(&restrict, false).expect("it is open");
    assert_eq!(
        offence(&mut world, Kind::Release),
        None,
        "a cancelled restrict may have taken effect"
    );
    world.pass(SECOND * 15).await;
    assert_eq!(offence(&mut world, Kind::Restrict), None);
    assert_eq!(offence(&mut world, Kind::Release), Some(Offence::OppositeOpen));
}

#[tokio::test(start_paused = true)]
async fn what_others_do_makes_nobody_else_an_offender() {
    let mut world = World::new(|_| {});
    let theirs = world.place(Kind::Restrict, Source::Portal);
    let ours = world.place(Kind::Restrict, Source::PublicApi);
    assert_eq!((theirs.offence, ours.offence), (None, None));
    let id = |placed: &Placed| placed.action.as_ref().map(|action| action.id.clone());
    assert_eq!(
        id(&ours),
        id(&theirs),
        "the service answers with the pending one all the same"
    );
    world.pass(SECOND * 15).await;
    assert_eq!(world.place(Kind::Restrict, Source::PublicApi).offence, None);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_action_may_take_effect_all_the_same() {
    let mut world = World::new(|_| {});
    let id = world.id(Kind::Restrict);
    world.pass(SECOND * 6).await;
    let cancelled = world.cancel(&id, true).expect("it is open");
    assert_eq!(cancelled.status, Status::Cancelled);
    assert!(world.book.is_restricted("d"));
    world.pass(SECOND * 60).await;
    assert_eq!(
        world.status(&id),
        Status::Cancelled,
        "it does not move on afterwards"
    );
    assert!(matches!(
        world.cancel(&id, false),
        Err(NotCancelled::Over(Status::Cancelled))
    ));
}
