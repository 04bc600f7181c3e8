//! Reads the files that others put into a directory: stores what they hold in bounded batches, keeps how far in Postgres with each
//! batch, and then moves the file away. A file is known there by what it holds, so a crash in the middle, another name, or a second
//! replica at the same directory neither lose nor double anything.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{self, Monotonic};
use crate::intake::Delivery;
use crate::intake::body::Lines;
use crate::intake::spool::{self, Found, Opened, Spool, Stamp, Unopened};
use crate::store::{Fence, Held, StoreError};
use crate::worker::intake::trouble::Trouble;
use crate::worker::intake::{Inlet, Unstored};
use crate::worker::{Outage, SILENCE, bounded, chain};

/// So many records are stored in one transaction at most.
const BATCH: usize = 500;
/// How long a file is leased, and how old that may become before it is renewed.
const SPAN: Duration = Duration::from_secs(60);
const RENEWED: Duration = Duration::from_secs(20);
/// A file whose first records are all refused, so many of them, is no file of alerts: it is refused as a whole.
const HOPELESS: usize = 1_000;
/// The position of a file whose records are all stored.
const END: &str = "end";
/// What an outage is said of.
const WHAT: &str = "a watched directory";

/// One source of that kind.
pub struct DirectorySource {
    /// Where its events come in.
    pub inlet: Inlet,
    /// The directory.
    pub spool: Arc<Spool>,
    /// This process.
    pub replica: Uuid,
    /// From one look to the next.
    pub every: Duration,
    /// A file that has not changed for so long is complete.
    pub settle: Duration,
}

/// What is remembered between looks.
#[derive(Default)]
struct Memory {
    /// Since when each file looks as it does.
    seen: HashMap<OsString, (Stamp, Monotonic)>,
    /// Names of files that cannot be read or moved, which was said already, and why not.
    said: BTreeMap<OsString, String>,
}

/// Why a file is left for now.
enum Left {
    /// It is another replica's, or not what it was: the next look will see.
    Alone,
    /// The file cannot be read, moved or deleted.
    File(std::io::Error),
    /// The process stops.
    Stop,
}

/// A file on its way in.
struct Reading {
    /// Its name.
    name: OsString,
    /// The file, unless another thread works on it.
    opened: Option<Opened>,
    held: Held,
    renewed: Monotonic,
    accepted: usize,
    refused: usize,
    /// Whether this process has seen it from its first record on.
    is_whole: bool,
}

impl DirectorySource {
    /// Looks until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut trouble = Trouble::of(&self.inlet.source, &self.inlet.state);
        let mut memory = Memory::default();
        loop {
            let spool = Arc::clone(&self.spool);
            let looked = blocking(move || spool.look()).await;
            let wait = match looked {
                Ok(found) => {
                    trouble.answered();
                    if self.take_all(found, &mut memory, &stop).await.is_err() {
                        return;
                    }
                    match memory.trouble() {
                        None => self.inlet.state.fine(),
                        Some(why) => self.inlet.state.trouble(&why, clock::now()),
                    }
                    self.every
                }
                Err(error) => trouble.failed(&error).max(self.every),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Takes every file that is complete. `Err`: the process stops.
    async fn take_all(
        &self,
        found: Vec<(OsString, Found)>,
        memory: &mut Memory,
        stop: &CancellationToken,
    ) -> Result<(), ()> {
        let names: HashSet<OsString> = found.iter().map(|(name, _)| name.clone()).collect();
        memory.seen.retain(|name, _| names.contains(name));
        memory.said.retain(|name, _| names.contains(name));
        for (name, what) in found {
            let done = match what {
                Found::Other(what) => self.refuse(&name, format!("no_file: it is {what}")).await,
                Found::File(stamp) if !memory.is_settled(&name, stamp, self.settle) => continue,
                Found::File(stamp) => self.take(&name, stamp, stop).await,
            };
            match done {
                Ok(()) => drop(memory.said.remove(&name)),
                Err(Left::Alone) => {}
                Err(Left::Stop) => return Err(()),
                Err(Left::File(error)) => {
                    let error = chain(&error);
                    if !memory.said.contains_key(&name) {
                        let (source, file) = (&self.inlet.source, name.to_string_lossy());
                        tracing::warn!(source, %file, error, "a file cannot be read or moved; it stays");
                    }
                    memory.said.insert(name, error);
                }
            }
        }
        Ok(())
    }

    /// Reads one file from where it was left, and moves it away.
    async fn take(&self, name: &OsString, stamp: Stamp, stop: &CancellationToken) -> Result<(), Left> {
        let (spool, its) = (Arc::clone(&self.spool), name.clone());
        let opened = match blocking_plain(move || spool.open(&its, stamp)).await {
            Ok(opened) => opened,
            Err(Unopened::Gone) => return Err(Left::Alone),
            Err(Unopened::Failed(error)) => return Err(Left::File(error)),
            Err(Unopened::Refused(why)) => return self.refuse(name, why).await,
        };
        let Some(held) = self.lease(&opened.hash, stop).await? else {
            return Err(Left::Alone);
        };
        let (epoch, is_lines) = (held.epoch, opened.is_lines);
        let mut reading = Reading {
            name: name.clone(),
            is_whole: held.position.is_none(),
            renewed: Monotonic::now(),
            opened: Some(opened),
            held,
            accepted: 0,
            refused: 0,
        };
        // INVARIANT: looked for once it is leased. Another replica moves a file away before it forgets the place, so that a file that was
        // opened before and leased after that is gone by now; read again, its dead letters would be there twice.
        let there = Arc::clone(&self.spool);
        let is_there = reading.work(move |opened| there.is_there(opened)).await;
        let read = match is_lines {
            _ if !matches!(is_there, Ok(true)) => is_there.and(Err(Left::Alone)),
            true => self.read_lines(&mut reading, stop).await,
            false => self.read_whole(&mut reading, stop).await,
        };
        let done = match read {
            Ok(()) => self.put_away(&mut reading).await,
            Err(left) => Err(left),
        };
        let part = (self.inlet.source.as_str(), reading.held.part.as_str());
        // A file that is gone needs no place any more. What fails here costs nothing but a row, or a minute of waiting.
        let _ = match done {
            Ok(()) => {
                bounded(
                    self.inlet
                        .store
                        .source_part_forget(self.inlet.tenant, part, epoch),
                )
                .await
            }
            // It is another file by now, which nobody will ever read again, or it was gone before anything of it was read.
            Err(Left::Alone) if matches!(reading.held.position.as_deref(), None | Some(END)) => {
                bounded(
                    self.inlet
                        .store
                        .source_part_forget(self.inlet.tenant, part, epoch),
                )
                .await
            }
            Err(_) => {
                bounded(
                    self.inlet
                        .store
                        .source_part_release(self.inlet.tenant, part, epoch),
                )
                .await
            }
        };
        done
    }

    async fn put_away(&self, reading: &mut Reading) -> Result<(), Left> {
        // Whoever writes to it goes on: what is new in it is read as another file, and what was there is known.
        if reading.work(|opened| opened.is_changed()).await? {
            return Err(Left::Alone);
        }
        let (file, accepted, refused) = (reading.shown(), reading.accepted, reading.refused);
        if accepted == 0 && refused > 0 && reading.is_whole {
            let why = format!(
                "nothing_of_use: {refused} records, and none of them is an alert; `quell events dead list` says why"
            );
            return self.refuse(&reading.name, why).await;
        }
        let spool = Arc::clone(&self.spool);
        // INVARIANT: everything it held is committed: its position is the end.
        reading.work(move |opened| spool.finish(opened)).await?;
        tracing::info!(
            source = self.inlet.source,
            file,
            accepted,
            refused,
            "a file has been read"
        );
        Ok(())
    }

    async fn refuse(&self, name: &OsString, why: String) -> Result<(), Left> {
        let (spool, its) = (Arc::clone(&self.spool), name.clone());
        let reason = why.clone();
        blocking(move || spool.refuse(&its, &reason))
            .await
            .map_err(Left::File)?;
        let file = name.to_string_lossy();
        tracing::warn!(source = self.inlet.source, %file, why, "a file was refused, and lies in `refused`");
        Ok(())
    }

    /// A file of lines, piece by piece. Its positions are bytes.
    async fn read_lines(&self, reading: &mut Reading, stop: &CancellationToken) -> Result<(), Left> {
        while reading.held.position.as_deref() != Some(END) {
            let from = reading.place();
            let (inlet, place) = (
                self.inlet.clone(),
                format!("`{}` from byte {from} on", reading.shown()),
            );
            let read = reading.work(move |opened| {
                let lines = opened.lines(from, BATCH)?;
                Ok(lines.map(|lines| (delivery_of(&inlet, &lines, &place), lines.next.to_string())))
            });
            let (delivery, to) = read
                .await?
                .unwrap_or_else(|| (Delivery::default(), END.to_owned()));
            self.store(reading, delivery, to, stop).await?;
            if reading.is_whole && reading.accepted == 0 && reading.refused >= HOPELESS {
                return Ok(());
            }
        }
        Ok(())
    }

    /// A file of any other shape, which has to be known as a whole. Its positions are numbers of records.
    async fn read_whole(&self, reading: &mut Reading, stop: &CancellationToken) -> Result<(), Left> {
        if reading.held.position.as_deref() == Some(END) {
            return Ok(());
        }
        let (inlet, place) = (self.inlet.clone(), format!("`{}`", reading.shown()));
        let read = reading.work(move |opened| Ok(inlet.read(&opened.whole()?, Lines::Unsaid, &place)));
        let mut rest = read.await?;
        let mut from = usize::try_from(reading.place()).unwrap_or(0);
        drop(rest.split_to(from));
        while rest.records() > 0 {
            from += BATCH;
            let next = rest.split_to(from);
            self.store(reading, next, from.to_string(), stop).await?;
        }
        self.store(reading, rest, END.to_owned(), stop).await
    }

    /// Stores a batch with the file's new position.
    async fn store(
        &self,
        reading: &mut Reading,
        delivery: Delivery,
        to: String,
        stop: &CancellationToken,
    ) -> Result<(), Left> {
        let fence = Fence {
            source: self.inlet.source.clone(),
            part: reading.held.part.clone(),
            epoch: reading.held.epoch,
            from: reading.held.position.clone(),
            to,
        };
        let (accepted, refused) = (delivery.incoming.len(), delivery.dead.len());
        match self.insist(reading, &delivery, Some(&fence), stop).await? {
            None => {}
            Some(_) if accepted > 0 => self.store_singly(reading, delivery, &fence, stop).await?,
            Some(error) => return Err(Left::File(std::io::Error::other(error))),
        }
        reading.accepted += accepted;
        reading.refused += refused;
        reading.held.position = Some(fence.to);
        Ok(())
    }

    /// Postgres will not take what one of them holds: each is stored by itself, and what cannot be becomes a dead letter, with which the
    /// position moves. After a crash in between they are all read again, and known.
    async fn store_singly(
        &self,
        reading: &mut Reading,
        mut all: Delivery,
        fence: &Fence,
        stop: &CancellationToken,
    ) -> Result<(), Left> {
        for one in std::mem::take(&mut all.incoming) {
            let payload = one.payload.clone();
            let alone = Delivery {
                incoming: vec![one],
                ..Delivery::default()
            };
            if let Some(error) = self.insist(reading, &alone, None, stop).await? {
                all.refuse("not_storable", &chain(&error), &payload);
            }
        }
        match self.insist(reading, &all, Some(fence), stop).await? {
            None => Ok(()),
            Some(error) => Err(Left::File(std::io::Error::other(error))),
        }
    }

    /// Stores it, however long that takes; `Some` when Postgres will not take what it holds.
    async fn insist(
        &self,
        reading: &mut Reading,
        delivery: &Delivery,
        fence: Option<&Fence>,
        stop: &CancellationToken,
    ) -> Result<Option<StoreError>, Left> {
        let mut outage = Outage::default();
        loop {
            if reading.renewed.elapsed() > RENEWED {
                self.renew(reading).await;
            }
            let storing = tokio::time::timeout(SILENCE, self.inlet.store(delivery.clone(), fence)).await;
            let wait = match storing.unwrap_or_else(|_| Err(Unstored::Store(StoreError::silent()))) {
                Ok(_) => {
                    outage.worked(WHAT);
                    return Ok(None);
                }
                // Another replica reads it, or we did not hear that it was stored. The next look goes on where Postgres says.
                Err(Unstored::Fenced) => return Err(Left::Alone),
                Err(Unstored::Full(wait)) => wait,
                Err(Unstored::Store(error)) if error.is_of_a_row() => return Ok(Some(error)),
                Err(Unstored::Store(error)) => outage.failed(WHAT, &error),
            };
            tokio::select! {
                () = stop.cancelled() => return Err(Left::Stop),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn lease(&self, hash: &str, stop: &CancellationToken) -> Result<Option<Held>, Left> {
        let mut outage = Outage::default();
        loop {
            let part = (self.inlet.source.as_str(), hash);
            let held = self
                .inlet
                .store
                .source_part_take(self.inlet.tenant, part, self.replica, SPAN);
            let wait = match bounded(held).await {
                Ok(held) => {
                    outage.worked(WHAT);
                    return Ok(held);
                }
                Err(error) => outage.failed(WHAT, &error),
            };
            tokio::select! {
                () = stop.cancelled() => return Err(Left::Stop),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// What fails here is found out by the fence.
    async fn renew(&self, reading: &mut Reading) {
        let Inlet {
            store,
            tenant,
            source,
            ..
        } = &self.inlet;
        let renewed = bounded(store.source_parts_renew(*tenant, source, self.replica, SPAN)).await;
        if renewed.is_ok() {
            reading.renewed = Monotonic::now();
        }
    }
}

impl Reading {
    /// Its name, for people.
    fn shown(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Does something with the file that waits for the disk, or takes long, off the runtime's own threads.
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Opened) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Left> {
        // It is missing only after such work has panicked; the next look opens it anew.
        let mut opened = self.opened.take().ok_or(Left::Alone)?;
        let worked = tokio::task::spawn_blocking(move || {
            let done = work(&mut opened);
            (opened, done)
        });
        let (opened, done) = worked
            .await
            .map_err(|error| Left::File(std::io::Error::other(error)))?;
        self.opened = Some(opened);
        done.map_err(Left::File)
    }

    /// Where to go on.
    fn place(&self) -> u64 {
        let position = self.held.position.as_deref();
        position.and_then(|position| position.parse().ok()).unwrap_or(0)
    }
}

impl Memory {
    /// What is wrong with the files that lie there, in the operator's words.
    fn trouble(&self) -> Option<String> {
        let (name, why) = self.said.first_key_value()?;
        let (count, name) = (self.said.len(), name.to_string_lossy());
        Some(match count {
            1 => format!("the file `{name}` cannot be read or moved: {why}"),
            _ => format!("{count} files cannot be read or moved, among them `{name}`: {why}"),
        })
    }

    /// Whether a file has looked the same for so long, and is not empty.
    fn is_settled(&mut self, name: &OsString, stamp: Stamp, settle: Duration) -> bool {
        match self.seen.get(name) {
            Some((seen, since)) if *seen == stamp => since.elapsed() >= settle && !stamp.is_empty(),
            _ => {
                self.seen.insert(name.clone(), (stamp, Monotonic::now()));
                settle.is_zero() && !stamp.is_empty()
            }
        }
    }
}

/// What some lines hold.
fn delivery_of(inlet: &Inlet, lines: &spool::Lines, place: &str) -> Delivery {
    let mut delivery = Delivery::default();
    match &lines.too_long {
        Some(kept) => delivery.refuse("too_large", &format!("{place}: a line of more than 8 MiB"), kept),
        // Blank lines are nothing.
        None if lines.bytes.iter().all(u8::is_ascii_whitespace) => {}
        None => delivery = inlet.read(&lines.bytes, Lines::Declared, place),
    }
    delivery
}

/// Work that waits for the disk, off the runtime's own threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

async fn blocking_plain<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unopened> + Send + 'static,
) -> Result<T, Unopened> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Unopened::Failed(std::io::Error::other(error))))
}
