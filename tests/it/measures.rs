//! Both measures and the tasks through the whole program: one alert restricts, isolates, scans and collects; each measure ends in
//! its own time, and what somebody lifts at Defender leaves the other alone.

use std::time::Duration;

use quell::simulator::Options;
use quell::simulator::action::Kind;

use crate::support::alert::{alert, device};
use crate::support::{Setup, World};

const SCALE: u32 = 240;
const SOON: Duration = Duration::from_secs(40);

/// Restricts for so long, isolates for so long, scans and collects.
fn playbook(restricted: &str, isolated: &str) -> String {
    format!(
        "id: everything\ntitle: Everything\nowner: soc@example.com\nmode: enforce\npriority: high\n\
         when:\n  alert.event: new\n  alert.severity: {{at_least: high}}\nif_unknown: ask\n\
         then:\n  - restrict_app_execution: {{comment: \"alert {{alert.id}}\", release: {{after: {restricted}}}}}\n  \
         - isolate_device: {{comment: \"alert {{alert.id}}\", release: {{after: {isolated}}}}}\n  \
         - scan: {{comment: \"alert {{alert.id}}\"}}\n  - collect_package: {{comment: \"alert {{alert.id}}\"}}\n"
    )
}

fn with_every_role(options: &mut Options) {
    options.roles = [
        "Machine.RestrictExecution",
        "Machine.Isolate",
        "Machine.Scan",
        "Machine.CollectForensics",
        "Machine.Read.All",
    ]
    .map(str::to_owned)
    .to_vec();
}

/// The kinds of the calls that were answered with a machine action, sorted.
fn called(world: &World) -> Vec<String> {
    let journal = world.simulator.journal();
    let acting = journal.iter().filter(|entry| entry.status == 201);
    let mut called: Vec<String> = acting
        .filter_map(|entry| entry.path.rsplit('/').next())
        .map(str::to_lowercase)
        .collect();
    called.sort();
    called
}

#[tokio::test]
async fn each_measure_ends_in_its_own_time_and_tasks_are_done_once() {
    let world = Setup::new(SCALE, &[&playbook("40m", "20m")])
        .simulate(with_every_role)
        .start()
        .await;
    let id = device(1);
    // Twice: what is under way satisfies the second wish.
    world.send(&[alert("a", &id), alert("b", &id)]).await;
    world
        .seen("both measures hold", SOON, |report| {
            report.restricted_now == 1 && world.simulator.isolation(&id).as_deref() == Some("Full")
        })
        .await;
    world
        .seen(
            "the isolation ended, and the restriction did not",
            SOON,
            |report| world.simulator.isolation(&id).is_none() && report.restricted_now == 1,
        )
        .await;
    world
        .seen("the restriction ended too", SOON, |report| {
            report.restricted_now == 0
        })
        .await;
    world.until_idle(SOON).await;
    assert_eq!(
        called(&world),
        [
            "collectinvestigationpackage",
            "isolate",
            "restrictcodeexecution",
            "runantivirusscan",
            "unisolate",
            "unrestrictcodeexecution"
        ]
    );
    assert_eq!(
        world
            .texts(
                "SELECT measure || ' ' || end_reason || ' ' || count(*) FROM quell.containments GROUP BY measure, end_reason ORDER BY 1"
            )
            .await,
        ["isolation time 1", "restriction time 1"]
    );
    world.finish().await;
}

#[tokio::test]
async fn an_isolation_that_somebody_lifts_leaves_the_restriction() {
    let world = Setup::new(SCALE, &[&playbook("10d", "10d")])
        .simulate(with_every_role)
        .start()
        .await;
    let id = device(1);
    world.send(&[alert("a", &id)]).await;
    world.until_idle(SOON).await;
    assert_eq!(world.simulator.isolation(&id).as_deref(), Some("Full"));
    let done = world.simulator.act_by_other(&id, Kind::ReleaseIsolation);
    assert!(done.is_some(), "the portal takes it");
    world
        .until(
            SOON,
            "SELECT EXISTS (SELECT 1 FROM quell.containments WHERE measure = 'isolation' AND end_reason = 'drift')
                AND EXISTS (SELECT 1 FROM quell.containments WHERE measure = 'restriction' AND state = 'active')
                AND EXISTS (SELECT 1 FROM quell.devices WHERE restriction = 'restricted' AND isolation = 'free')",
        )
        .await;
    world.until_idle(SOON).await;
    let report = world.finish().await;
    assert_eq!(report.restricted_now, 1, "the restriction is nobody else's");
}

#[tokio::test]
async fn without_the_right_to_isolate_restrictions_go_on() {
    let world = Setup::new(SCALE, &[&playbook("10d", "10d")])
        .simulate(|options| {
            with_every_role(options);
            options.roles.retain(|role| role != "Machine.Isolate");
        })
        .start()
        .await;
    world
        .send(&[alert("a", &device(1)), alert("b", &device(2))])
        .await;
    world
        .seen("both are restricted", SOON, |report| report.restricted_now == 2)
        .await;
    world
        .until(
            SOON,
            "SELECT count(*) = 2 FROM quell.actions WHERE kind = 'isolate' AND state = 'queued' AND attempts > 0",
        )
        .await;
    assert_eq!(
        world
            .number("SELECT count(*) FROM quell.budgets WHERE closed_until > quell.now()")
            .await,
        0,
        "the gate is open for everything else"
    );
    world.finish().await;
}
