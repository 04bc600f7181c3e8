//! The replicas: killed, frozen, and always started again.

use std::net::SocketAddr;
use std::time::Duration;

use crate::support::World;
use crate::support::daemon::Daemon;

/// A daemon of its own, or the next one.
struct Replica {
    daemon: Daemon,
    addr: Option<SocketAddr>,
    is_frozen: bool,
}

impl Replica {
    fn start(world: &mut World) -> Self {
        Self {
            daemon: world.spawn(&[], None),
            addr: None,
            is_frozen: false,
        }
    }
}

/// All of them.
pub struct Replicas(Vec<Replica>);

impl Replicas {
    /// Starts so many, and waits until the first is ready.
    pub async fn start(world: &mut World, count: usize) -> Self {
        let mut all = Self((0..count).map(|_| Replica::start(world)).collect());
        assert!(all.0[0].daemon.ready().await, "{}", all.0[0].daemon.log());
        all.look(world);
        all
    }

    /// kill -9, and another in its place.
    pub fn kill(&mut self, n: usize, world: &mut World) {
        let dead = std::mem::replace(&mut self.0[n], Replica::start(world));
        dead.daemon.kill_9();
    }

    /// SIGSTOP.
    pub fn freeze(&mut self, n: usize) {
        self.0[n].daemon.signal("-STOP");
        self.0[n].is_frozen = true;
    }

    /// SIGCONT, if it is the same process still.
    pub fn thaw(&mut self, n: usize) {
        if std::mem::take(&mut self.0[n].is_frozen) {
            self.0[n].daemon.signal("-CONT");
        }
    }

    /// Learns where they listen. None ends by itself, whatever is done to Postgres or at Defender.
    pub fn look(&mut self, _world: &mut World) {
        for replica in &mut self.0 {
            if replica.addr.is_none() {
                replica.addr = replica.daemon.listens_on();
            }
            let ended = replica.daemon.ended();
            assert!(
                ended.is_none(),
                "a replica ended by itself ({ended:?}):\n{}",
                replica.daemon.log()
            );
        }
    }

    /// Where one of them listens, as far as it is known.
    pub fn address(&self, dice: &mut fastrand::Rng) -> Option<SocketAddr> {
        self.0[dice.usize(0..self.0.len())].addr
    }

    /// Thaws all, and waits until all are ready.
    pub async fn all_up(&mut self, world: &mut World) {
        for n in 0..self.0.len() {
            self.thaw(n);
            assert!(self.0[n].daemon.ready().await, "{}", self.0[n].daemon.log());
        }
        self.look(world);
    }

    /// kill -9 of all, and nobody in their place.
    pub fn die(self) {
        for replica in self.0 {
            replica.daemon.kill_9();
        }
    }

    /// Stops all as an operator does.
    pub async fn stop(self, _world: &mut World) {
        for replica in self.0 {
            let (status, took) = replica.daemon.terminate().await;
            assert!(status.success(), "{status}");
            assert!(took < Duration::from_secs(15), "it took {took:?} to stop");
        }
    }
}
