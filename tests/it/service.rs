//! What a service manager hears from the daemon: ready, how it is, that it lives, its reload, its end.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::support::alert::restrict;
use crate::support::{Setup, World, eventually};

const SOON: Duration = Duration::from_secs(30);

/// The service manager's side of `NOTIFY_SOCKET`.
struct Manager {
    socket: UnixDatagram,
    heard: Vec<String>,
    /// What was heard up to the message that was waited for last, and with it.
    passed: Vec<String>,
}

impl Manager {
    /// One that listens in the world's directory; and where.
    fn of(world: &World) -> (Self, String) {
        let path = world.directory().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a path of our own is free");
        socket.set_nonblocking(true).expect("a socket can be told so");
        let manager = Self {
            socket,
            heard: Vec::new(),
            passed: Vec::new(),
        };
        (manager, path.to_str().expect("a plain path").to_owned())
    }

    /// Waits until a message holds all of these lines, and forgets what came before it.
    async fn hears(&mut self, lines: &[&str]) -> String {
        let mut found = None;
        eventually(&format!("{lines:?} is heard"), SOON, async || {
            let mut message = [0; 4096];
            while let Ok(length) = self.socket.recv(&mut message) {
                self.heard
                    .push(String::from_utf8_lossy(&message[..length]).into_owned());
            }
            let holds = |message: &String| {
                lines
                    .iter()
                    .all(|wanted| message.lines().any(|line| line.starts_with(wanted)))
            };
            found = self.heard.iter().position(holds);
            found.is_some()
        })
        .await;
        let message = self.heard[found.expect("the wait above ended with it")].clone();
        self.passed = self.heard.drain(..=found.unwrap_or_default()).collect();
        message
    }
}

#[tokio::test]
async fn a_service_manager_hears_how_the_daemon_is_from_its_start_to_its_end() {
    let mut world = Setup::new(60, &[&restrict("one", "4h")]).prepare().await;
    let (mut manager, path) = Manager::of(&world);
    let environment = [("NOTIFY_SOCKET", &*path), ("WATCHDOG_USEC", "800000")];
    let mut daemon = world.spawn_in(&environment);
    manager.hears(&["READY=1"]).await;
    assert!(daemon.ready().await, "{}", daemon.log());
    let status = manager.hears(&["STATUS=0 devices restricted"]).await;
    assert!(status.contains("0 % of the hour used (0 of "), "{status}");
    manager.hears(&["WATCHDOG=1"]).await;
    daemon.hang_up();
    let reloading = manager.hears(&["RELOADING=1", "MONOTONIC_USEC="]).await;
    let moment = reloading
        .lines()
        .find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
    assert!(moment.is_some_and(|moment| moment.parse::<u64>().is_ok_and(|at| at > 0)));
    manager.hears(&["READY=1"]).await;
    world.adopt(daemon);
    let (status, _) = world.terminate().await;
    assert!(status.success(), "{status}");
    manager.hears(&["STOPPING=1", "STATUS=stopping"]).await;
    world.finish().await;
}

#[tokio::test]
async fn a_reload_that_is_asked_for_before_postgres_answers_is_promised_and_done_after_that() {
    let setup = Setup::new(60, &[&restrict("one", "4h")]);
    let mut world = setup.prepare_with_own_postgres().await;
    world.take_postgres_away().await;
    let (mut manager, path) = Manager::of(&world);
    let mut daemon = world.spawn_in(&[("NOTIFY_SOCKET", &*path)]);
    manager.hears(&["READY=1"]).await;
    manager.hears(&["STATUS=waiting for postgres"]).await;
    daemon.hang_up();
    eventually("the signal is heard", SOON, async || {
        !daemon.says("reload asked for").is_empty()
    })
    .await;
    world.give_postgres_back().await;
    manager.hears(&["READY=1"]).await;
    let reloading = |passed: &[String]| passed.iter().any(|message| message.contains("RELOADING=1"));
    assert!(
        !reloading(&manager.passed),
        "`systemctl reload` would wait as long as Postgres is away: {:?}",
        manager.passed
    );
    manager.hears(&["RELOADING=1"]).await;
    manager.hears(&["READY=1"]).await;
    assert!(daemon.ready().await, "{}", daemon.log());
    world.adopt(daemon);
    world.finish().await;
}
