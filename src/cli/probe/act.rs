//! The acting part of a probe: one containment by hand with a short life, made by the daemon under every guard like any other;
//! watched, ended, and seen to its end. However the watching ends, the containment is ended; and should this process die, the
//! containment ends by its time, because it stands in the ledger with it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::signal::unix::{Signal, SignalKind, signal};
use uuid::Uuid;

use super::questions::time;
use super::report::Answer;
use crate::cli::operator::Session;
use crate::cli::progress::Progress;
use crate::cli::reads::{Aside, NotRead};
use crate::clock::Monotonic;
use crate::defender::{Look, Question};
use crate::desk::words::span;
use crate::domain::device::DeviceId;
use crate::domain::probe::ProbeQuestion;
use crate::store::{Probed, ProbedAction, StoreError, chain};

/// How often the database is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// A new machine action is looked for so long, and so often.
const READABLE_WITHIN: Duration = Duration::from_secs(10);
const READ_EVERY: Duration = Duration::from_millis(500);
/// The end of a containment is written again and again for so long, while Postgres is away.
const END_WITHIN: Duration = Duration::from_secs(60);

/// Both ways in which a person or a service manager interrupts. Made before anything begins, so that none is missed.
pub struct Interrupts(Signal, Signal, Signal);

impl Interrupts {
    /// From now on a signal no longer ends the process by itself.
    pub fn catch() -> std::io::Result<Self> {
        Ok(Self(
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            // The terminal is gone, which must not leave the device restricted until its time.
            signal(SignalKind::hangup())?,
        ))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
            _ = self.2.recv() => {}
        }
    }
}

/// The containment that a probe began.
pub struct Begun {
    /// Its id.
    pub containment: Uuid,
    /// When it was begun, by the database's clock, or a moment before.
    pub at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// What the acting part needs.
pub struct Act<'a> {
    /// The tenant's rows.
    pub session: &'a Session,
    /// Reads beside the daemon.
    pub aside: &'a Aside<'a>,
    /// The device.
    pub device: &'a DeviceId,
    /// Who.
    pub by: &'a str,
    /// How long each of the two calls is watched.
    pub patience: Duration,
    /// Whether `ExternalId` is sent.
    pub external_id: bool,
    /// Why.
    pub reason: &'a str,
    /// What is asked by calls that nothing wants.
    pub also: &'a [ProbeQuestion],
    /// How long each of those is waited for before it is taken back.
    pub also_wait: Duration,
}

/// What came of it.
#[derive(Default)]
pub struct Done {
    /// What was answered.
    pub answers: Vec<Answer>,
    /// What went wrong.
    pub trouble: Option<String>,
    /// Whether the device was seen free.
    pub released: bool,
    /// Reads made.
    pub reads: u32,
    /// What was asked by a call that nothing wants.
    pub asked: Vec<&'static str>,
}

impl Act<'_> {
    /// Watches the restriction, ends the containment, and watches the release. A first interrupt ends the watching, a second
    /// one the waiting for the release.
    pub async fn run(&self, begun: &Begun, interrupts: &mut Interrupts) -> Done {
        let mut done = Done::default();
        let mut progress = Progress::on_stderr();
        let watched = tokio::select! {
            biased;
            () = interrupts.next() => Err("interrupted: the device is being released".to_owned()),
            watched = async {
                self.watch(begun, &mut done, &mut progress).await?;
                if self.wants(ProbeQuestion::RestrictTwice) {
                    self.also(ProbeQuestion::RestrictTwice, begun, &mut done, &mut progress).await;
                }
                Ok(())
            } => watched,
        };
        progress.clear();
        done.trouble = watched.err();
        if let Some(trouble) = &done.trouble {
            eprintln!("{trouble}");
        }
        let ended = tokio::select! {
            ended = self.end(begun) => ended,
            () = interrupts.next() => Err("interrupted again, before the end of the containment was recorded".to_owned()),
        };
        if let Err(why) = ended {
            self.fail(&mut done, begun, &why);
            return done;
        }
        let released = tokio::select! {
            released = self.watch_release(begun, &mut done, &mut progress) => released,
            () = interrupts.next() => Err("interrupted again, before the device was seen free".to_owned()),
        };
        progress.clear();
        match released {
            Ok(()) => done.released = true,
            Err(why) => self.fail(&mut done, begun, &why),
        }
        if done.released && done.trouble.is_none() {
            self.ask_of_free(begun, &mut done, &mut progress, interrupts)
                .await;
        }
        done
    }

    /// What is asked of a device that is free; however that goes on, it is seen free again.
    async fn ask_of_free(
        &self,
        begun: &Begun,
        done: &mut Done,
        progress: &mut Progress,
        interrupts: &mut Interrupts,
    ) {
        for question in [ProbeQuestion::ReleaseFree, ProbeQuestion::CancelFinal] {
            if !self.wants(question) || !done.released || done.trouble.is_some() {
                continue;
            }
            let is_interrupted = tokio::select! {
                biased;
                () = interrupts.next() => true,
                () = self.also(question, begun, done, progress) => false,
            };
            progress.clear();
            if is_interrupted {
                let mut why = "interrupted: what was asked is taken back".to_owned();
                eprintln!("{why}");
                if let Err(error) = self.give_up(begun).await {
                    why = format!("interrupted: what was asked is taken back when its time is over: {error}");
                }
                done.trouble = Some(why);
            }
            let free = tokio::select! {
                free = self.until_free(begun, question.as_str(), progress) => free.map(drop),
                () = interrupts.next() => Err("interrupted again, before the device was seen free".to_owned()),
            };
            progress.clear();
            if let Err(why) = free {
                done.released = false;
                self.fail(done, begun, &why);
            }
        }
    }

    fn fail(&self, done: &mut Done, begun: &Begun, why: &str) {
        let before = done
            .trouble
            .take()
            .map(|before| format!("{before}; "))
            .unwrap_or_default();
        done.trouble = Some(format!(
            "{before}{why}; the containment {} stands in the ledger, and the daemon releases the device at the latest after {:.0}, as soon as Defender lets it",
            begun.containment, begun.until
        ));
    }

    /// Follows the restriction to its end, and asks what it can answer.
    async fn watch(&self, begun: &Begun, done: &mut Done, progress: &mut Progress) -> Result<(), String> {
        let restrict = self
            .until(
                begun,
                "restriction: waits to be taken by Defender",
                progress,
                |probed| {
                    let action = of_kind(probed, "restrict")?;
                    (action.defender_id.is_some() || is_over(action)).then(|| action.clone())
                },
            )
            .await?;
        let Some(id) = restrict.defender_id.clone() else {
            let why = restrict.error.unwrap_or_else(|| restrict.state.clone());
            return Err(format!("the restriction was not taken by Defender: {why}"));
        };
        let first = self.read_after_write(&restrict, &id, done, progress).await?;
        if let Some(entity) = &first {
            done.answers.extend(self.echoes(entity, &restrict));
        }
        let over = self
            .until(begun, "restriction: is being carried out", progress, |probed| {
                of_kind(probed, "restrict")
                    .filter(|action| is_over(action))
                    .cloned()
            })
            .await?;
        let answer = self.takes("restrict_takes", &over, done).await;
        done.answers.push(answer);
        match over.state.as_str() {
            "succeeded" => Ok(()),
            state => Err(format!(
                "the restriction ended as {}{}",
                state.replace('_', " "),
                over.error.map(|why| format!(": {why}")).unwrap_or_default()
            )),
        }
    }

    /// Reads the new machine action until it is there.
    async fn read_after_write(
        &self,
        restrict: &ProbedAction,
        id: &str,
        done: &mut Done,
        progress: &mut Progress,
    ) -> Result<Option<Value>, String> {
        let name = "read_after_write";
        let began = Monotonic::now();
        let mut absent = None;
        loop {
            progress.show("restriction: is it readable yet", 1, 3);
            let look = self.read(&Question::action(id), done).await;
            let since = self.since(restrict.answered_at).await;
            match look {
                Ok(look) if look.status == 200 => {
                    let millis = since.map(|since| since.as_millis());
                    done.answers.push(match (absent, millis) {
                        (_, None) => {
                            Answer::unclear(name, "it is readable; when it was answered is not recorded")
                        }
                        (None, Some(millis)) => Answer::of(
                            name,
                            format!("at the latest {millis} ms after the answer: the first look found it"),
                        )
                        .figure(millis as f64, "ms"),
                        (Some(absent), Some(millis)) => Answer::of(
                            name,
                            format!("between {absent} ms and {millis} ms after the answer"),
                        )
                        .figure(millis as f64, "ms"),
                    });
                    return Ok(look.body);
                }
                Ok(look) if look.status == 404 => absent = since.map(|since| since.as_millis()),
                Ok(look) => {
                    done.answers
                        .push(Answer::unclear(name, format!("status {}", look.status)));
                    return Ok(None);
                }
                Err(why) => {
                    done.answers.push(Answer::not_asked(name, why));
                    return Ok(None);
                }
            }
            if began.elapsed() >= READABLE_WITHIN {
                let within = READABLE_WITHIN.as_secs();
                done.answers
                    .push(Answer::of(name, format!("not within {within} s")));
                return Ok(None);
            }
            tokio::time::sleep(READ_EVERY).await;
        }
    }

    /// What came back of what was sent.
    fn echoes(&self, entity: &Value, restrict: &ProbedAction) -> Vec<Answer> {
        let text = |name: &str| entity.get(name).and_then(Value::as_str);
        let sent = restrict.attempt.map(|id| id.to_string());
        let external_id = match (self.external_id, text("externalId"), &sent) {
            (false, ..) => Answer::not_asked(
                "external_id_echo",
                "`external_id` of the tenant is false: it is not sent",
            ),
            (true, Some(back), Some(sent)) if back.eq_ignore_ascii_case(sent) => {
                Answer::of("external_id_echo", "yes, word for word")
            }
            (true, Some(back), _) => Answer::of("external_id_echo", format!("changed: `{back}`")),
            (true, None, _) => Answer::of("external_id_echo", "no: it is null"),
        };
        let comment = match text("requestorComment") {
            Some(comment) => {
                let chars = comment.chars().count();
                let answer = match comment.starts_with("[quell:") && comment.ends_with(super::COMMENT_END) {
                    true => format!("yes, all {chars} characters"),
                    false => format!("no: {chars} characters came back, without the beginning or the end"),
                };
                Answer::of("comment_echo", answer).figure(chars as f64, "characters")
            }
            None => Answer::of("comment_echo", "no: it is null"),
        };
        let requestor = format!(
            "`{}`, from `{}`",
            text("requestor").unwrap_or("nobody"),
            text("requestSource").unwrap_or("nowhere")
        );
        vec![external_id, comment, Answer::of("requestor", requestor)]
    }

    /// How long an action took at Defender, by its own times.
    async fn takes(&self, name: &'static str, action: &ProbedAction, done: &mut Done) -> Answer {
        match &action.defender_id {
            Some(id) => self.takes_of(name, id, done).await,
            None => Answer::not_asked(name, "Defender has no such action"),
        }
    }

    /// The same of Defender's id.
    pub(super) async fn takes_of(&self, name: &'static str, id: &str, done: &mut Done) -> Answer {
        let look = match self.read(&Question::action(id), done).await {
            Ok(look) => look,
            Err(why) => return Answer::not_asked(name, why),
        };
        let entity = look.body.unwrap_or_default();
        let status = entity
            .get("status")
            .and_then(Value::as_str)
            .unwrap_or("?")
            .to_owned();
        match (
            time(&entity, "creationDateTimeUtc"),
            time(&entity, "lastUpdateDateTimeUtc"),
        ) {
            (Some(created), Some(updated)) => {
                let took = updated.duration_since(created);
                Answer::of(
                    name,
                    format!("{}, by Defender's own times ({status})", span(took)),
                )
                .figure((took.as_secs_f64() * 10.0).round() / 10.0, "s")
            }
            _ => Answer::unclear(name, format!("status {}", look.status)),
        }
    }

    pub(super) async fn read(&self, question: &Question, done: &mut Done) -> Result<Look, String> {
        done.reads += 1;
        self.aside.ask(question).await.map_err(|error| match error {
            NotRead::Held(why) => why,
            NotRead::Store(error) => chain(&error),
            NotRead::Defender(error) => error.to_string(),
        })
    }

    /// How long ago that was, by the database's clock.
    async fn since(&self, at: Option<Timestamp>) -> Option<SignedDuration> {
        let now = self.session.store.now().await.ok()?;
        Some(now.duration_since(at?))
    }

    /// Ends the containment; while Postgres is away, again and again.
    async fn end(&self, begun: &Begun) -> Result<(), String> {
        let (store, id) = (&self.session.store, self.session.id);
        let began = Monotonic::now();
        loop {
            let ended = store
                .containment_end(id, self.device, begun.containment, self.by, "the probe is over")
                .await;
            match ended {
                // Not active any more: somebody else ended it, or its time did.
                Ok(_) => return Ok(()),
                Err(error) if began.elapsed() >= END_WITHIN => {
                    return Err(format!(
                        "the end of the containment could not be recorded: {}",
                        chain(&error)
                    ));
                }
                Err(error) => eprintln!(
                    "the end of the containment is not recorded yet: {}",
                    chain(&error)
                ),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Waits until the device is free and nothing is under way.
    async fn watch_release(
        &self,
        begun: &Begun,
        done: &mut Done,
        progress: &mut Progress,
    ) -> Result<(), String> {
        let release = self
            .until_free(begun, "release: waits for Defender", progress)
            .await?;
        // None: the restriction never came to anything, so nothing had to be undone.
        if let Some(release) = release {
            let answer = self.takes("release_takes", &release, done).await;
            done.answers.push(answer);
        }
        Ok(())
    }

    /// Waits until the device is free and nothing is under way; the release.
    async fn until_free(
        &self,
        begun: &Begun,
        what: &str,
        progress: &mut Progress,
    ) -> Result<Option<ProbedAction>, String> {
        self.until(begun, what, progress, |probed| {
            if probed.others > 0 {
                return Some(Err(
                    "something else contains the device meanwhile, so it stays restricted".to_owned(),
                ));
            }
            let is_quiet = probed.actions.iter().all(is_over);
            (probed.restriction == "free" && is_quiet).then(|| Ok(of_kind(probed, "release").cloned()))
        })
        .await?
    }

    /// Looks again and again, for so long as there is patience.
    async fn until<T>(
        &self,
        begun: &Begun,
        what: &str,
        progress: &mut Progress,
        mut holds: impl FnMut(&Probed) -> Option<T>,
    ) -> Result<T, String> {
        let (store, id) = (&self.session.store, self.session.id);
        let began = Monotonic::now();
        let mut last: Option<StoreError> = None;
        while began.elapsed() < self.patience {
            match store.probed(id, self.device, begun.containment, begun.at).await {
                Ok(probed) => {
                    last = None;
                    if let Some(found) = holds(&probed) {
                        return Ok(found);
                    }
                }
                Err(error) => last = Some(error),
            }
            let total = self.patience.as_secs().max(1);
            progress.show(what, began.elapsed().as_secs().min(total), total);
            tokio::time::sleep(LOOK).await;
        }
        let waited = span(SignedDuration::try_from(self.patience).unwrap_or_default());
        let why = last
            .map(|error| format!(": {}", chain(&error)))
            .unwrap_or_default();
        Err(format!("waited {waited} in vain ({what}){why}"))
    }
}

fn of_kind<'p>(probed: &'p Probed, kind: &str) -> Option<&'p ProbedAction> {
    let is_its = |action: &&ProbedAction| action.kind == kind && !action.is_asked;
    probed.actions.iter().rfind(is_its)
}

fn is_over(action: &ProbedAction) -> bool {
    !matches!(
        action.state.as_str(),
        "queued" | "submitting" | "in_doubt" | "submitted"
    )
}
