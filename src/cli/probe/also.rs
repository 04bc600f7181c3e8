//! What a probe asks by calls that nothing wants, where `--also` says so: the daemon makes each, under the gate, and takes back what
//! stays pending. Here it is asked for, watched, and told what came of it.

use std::time::Duration;

use jiff::SignedDuration;
use uuid::Uuid;

use super::act::{Act, Begun, Done};
use super::questions;
use super::report::Answer;
use crate::cli::progress::Progress;
use crate::clock::Monotonic;
use crate::desk::words::span;
use crate::domain::probe::ProbeQuestion;
use crate::store::{ProbeCall, ProbeWish, chain};

/// How often the database is looked at.
const LOOK: Duration = Duration::from_millis(100);

impl Act<'_> {
    /// Whether `--also` names it.
    pub(super) fn wants(&self, question: ProbeQuestion) -> bool {
        self.also.contains(&question)
    }

    /// Asks one question, watches it for as long as `--also-wait` says, and takes back what is not over then. Whatever happens is an
    /// answer, or says why there is none.
    pub(super) async fn also(
        &self,
        question: ProbeQuestion,
        begun: &Begun,
        done: &mut Done,
        progress: &mut Progress,
    ) {
        let name = question.as_str();
        if question == ProbeQuestion::ReleaseFree
            && let Some(why) = self.not_free_at_defender(done).await
        {
            done.answers.push(Answer::not_asked(name, why));
            return;
        }
        let wish = ProbeWish {
            device: self.device,
            containment: begun.containment,
            question,
            by: self.by,
            reason: self.reason,
            within: self.also_wait,
        };
        let (store, gate) = (&self.session.store, self.session.gate());
        let id = match store.probe_ask(self.session.id, &gate, &wish).await {
            Ok(Ok(id)) => id,
            Ok(Err(why)) => {
                done.answers.push(Answer::not_asked(name, why));
                return;
            }
            Err(error) => {
                let why = format!("whether it was asked is not known: {}", chain(&error));
                done.answers.push(Answer::unclear(name, why));
                return;
            }
        };
        done.asked.push(name);
        let call = self.watch_call(id, question, progress).await;
        let is_over = call.as_ref().is_some_and(|call| is_over(question, call));
        if !is_over && let Err(error) = self.give_up(begun).await {
            eprintln!("what was asked is taken back when its time is over: {error}");
        }
        let Some(call) = call else {
            let why = "Postgres did not tell what came of it";
            done.answers.push(Answer::unclear(name, why));
            return;
        };
        let answer = match (judge(question, &call), &call.defender_id) {
            (Some(answer), _) => answer,
            (None, Some(id)) if is_over && !is_taken_back(&call) => {
                let takes = self.takes_of(name, id, done).await;
                Answer {
                    answer: format!("a machine action of its own is made; it took {}", takes.answer),
                    ..takes
                }
            }
            (None, _) => {
                let waited = span(SignedDuration::try_from(self.also_wait).unwrap_or_default());
                let status = match call.defender_status.as_deref() {
                    _ if is_over => "not over".to_owned(),
                    Some(status) => format!("still {status}"),
                    None => "still without a status".to_owned(),
                };
                Answer::of(
                    name,
                    format!("a machine action of its own is made, {status} after {waited}: it is taken back"),
                )
                .figure(self.also_wait.as_secs_f64(), "s")
            }
        };
        done.answers.push(answer);
    }

    /// Whatever the probe asked and is not over is taken back.
    ///
    /// # Errors
    /// Postgres is away: it is taken back when its time is over.
    pub(super) async fn give_up(&self, begun: &Begun) -> Result<(), String> {
        let (store, tenant) = (&self.session.store, self.session.id);
        let given_up = store.probe_give_up(tenant, self.device, begun.containment, self.by);
        given_up.await.map_err(|error| chain(&error))
    }

    /// Looks until it is over, or is waited for no longer; what was seen last.
    async fn watch_call(
        &self,
        id: Uuid,
        question: ProbeQuestion,
        progress: &mut Progress,
    ) -> Option<ProbeCall> {
        let began = Monotonic::now();
        let mut seen = None;
        loop {
            if let Ok(call) = self.session.store.probe_call(self.session.id, id).await {
                if is_over(question, &call) {
                    return Some(call);
                }
                seen = Some(call);
            }
            if began.elapsed() >= self.also_wait {
                return seen;
            }
            let total = self.also_wait.as_secs().max(1);
            progress.show(question.as_str(), began.elapsed().as_secs().min(total), total);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Why Defender's own list does not say that the device is free: what somebody else restricted just now is not released.
    async fn not_free_at_defender(&self, done: &mut Done) -> Option<String> {
        match self.read(&questions::newest(self.device), done).await {
            Ok(look) => questions::not_free(&look),
            Err(why) => Some(why),
        }
    }
}

fn is_over(question: ProbeQuestion, call: &ProbeCall) -> bool {
    match question {
        ProbeQuestion::CancelFinal => call.answered_at.is_some(),
        _ => !matches!(
            call.state.as_deref(),
            None | Some("queued" | "submitting" | "in_doubt" | "submitted")
        ),
    }
}

/// Whether it ended because it was taken back: the daemon does that by itself when its time is over, maybe before it is looked at here.
fn is_taken_back(call: &ProbeCall) -> bool {
    call.cancels > 0 && call.state.as_deref() == Some("cancelled")
}

/// What the answer to the call says by itself; `None`: a machine action was made, whose end tells the rest.
fn judge(question: ProbeQuestion, call: &ProbeCall) -> Option<Answer> {
    let name = question.as_str();
    if call.reserved_at.is_none() {
        let state = call.state.as_deref().unwrap_or("queued");
        return Some(Answer::not_asked(
            name,
            format!("the call did not leave in time ({})", state.replace('_', " ")),
        ));
    }
    if let Some((status, code, words)) = &call.refusal {
        let said = format!("status {status}: {code} {words}").trim_end().to_owned();
        // Of these the cause is elsewhere, and says nothing of the question.
        let is_answer = (400..500).contains(status) && ![401, 403, 408, 429].contains(status);
        return Some(match is_answer {
            true => Answer::of(name, format!("it is refused: {said}")).figure(f64::from(*status), "status"),
            false => Answer::unclear(name, said),
        });
    }
    let outcome = call.outcome.as_deref();
    if question == ProbeQuestion::CancelFinal {
        return Some(match outcome {
            Some("accepted") => Answer::of(name, "it is accepted like any other cancel"),
            Some(outcome) => Answer::unclear(name, outcome.replace('_', " ")),
            None => Answer::unclear(name, "no answer came"),
        });
    }
    if call.is_same {
        return Some(Answer::of(
            name,
            "the machine action that is there comes back, and none is made",
        ));
    }
    match (outcome, &call.defender_id) {
        (_, Some(_)) => None,
        (Some(outcome), None) => Some(Answer::unclear(name, outcome.replace('_', " "))),
        (None, None) => Some(Answer::unclear(name, "no answer came")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::probe::report::Outcome;
    use ProbeQuestion::{CancelFinal, ReleaseFree, RestrictTwice};

    fn called(outcome: &str) -> ProbeCall {
        let at = "2026-11-22T03:00:00Z".parse().ok();
        ProbeCall {
            state: Some("succeeded".to_owned()),
            defender_id: Some("a".to_owned()),
            defender_status: Some("Succeeded".to_owned()),
            is_same: false,
            reserved_at: at,
            answered_at: at,
            outcome: Some(outcome.to_owned()),
            refusal: None,
            cancels: 0,
        }
    }

    fn said(question: ProbeQuestion, call: &ProbeCall) -> (Outcome, String) {
        let answer = judge(question, call).expect("it says so by itself");
        (answer.outcome, answer.answer)
    }

    fn refused(status: i32) -> ProbeCall {
        let refusal = Some((status, "BadRequest".to_owned(), "no".to_owned()));
        ProbeCall {
            refusal,
            ..called("rejected")
        }
    }

    #[test]
    fn a_refusal_is_an_answer_unless_its_cause_is_elsewhere() {
        for question in ProbeQuestion::ALL {
            let (outcome, text) = said(question, &refused(400));
            assert_eq!(outcome, Outcome::Answered);
            assert_eq!(text, "it is refused: status 400: BadRequest no");
            for elsewhere in [401, 403, 429, 503] {
                assert_eq!(
                    said(question, &refused(elsewhere)).0,
                    Outcome::Unclear,
                    "{elsewhere}"
                );
            }
        }
    }

    #[test]
    fn what_a_call_made_is_told_from_what_was_there() {
        assert!(judge(RestrictTwice, &called("accepted")).is_none());
        let same = ProbeCall {
            is_same: true,
            ..called("adopted")
        };
        assert!(
            said(ReleaseFree, &same)
                .1
                .starts_with("the machine action that is there")
        );
        assert_eq!(
            said(CancelFinal, &called("accepted")),
            (
                Outcome::Answered,
                "it is accepted like any other cancel".to_owned()
            )
        );
        let unknown = ProbeCall {
            defender_id: None,
            ..called("unknown")
        };
        assert_eq!(said(RestrictTwice, &unknown).0, Outcome::Unclear);
    }

    #[test]
    fn a_call_that_did_not_leave_answers_nothing() {
        let held = ProbeCall {
            state: Some("withdrawn".to_owned()),
            reserved_at: None,
            answered_at: None,
            outcome: None,
            ..called("accepted")
        };
        let (outcome, text) = said(ReleaseFree, &held);
        assert_eq!(outcome, Outcome::NotAsked);
        assert_eq!(text, "the call did not leave in time (withdrawn)");
    }
}
