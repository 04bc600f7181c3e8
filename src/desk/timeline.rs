//! What happened to a device or for an action, one moment after the other, in words. The words are for people; what a program needs
//! stands in `kind`, `state` and `links`.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::devices::one_more;
use crate::desk::page::{Page, behind};
use crate::desk::{Desk, DeskError};
use crate::domain::approval::RequestNumber;
use crate::store::views::{EventSaid, Happened, MomentKey, MomentRow};

/// An action's course is told by at most so many moments.
const COURSE: usize = 1_000;

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MomentKind {
    /// An event was accepted.
    Event,
    /// It was decided.
    Decision,
    /// A containment came into a state.
    Containment,
    /// A person answered a request.
    Answer,
    /// An action came into a state.
    Action,
    /// A call to Defender was made.
    Call,
    /// It was answered, or settled.
    CallAnswered,
    /// Somebody else did something at Defender.
    Drift,
    /// A person was to be told.
    Alarm,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: MomentKind,
    /// In a few words.
    pub title: String,
    /// By whom, why, and what else there is to say.
    pub detail: Option<String>,
    /// The word for what it came to: a state, a decision's kind, a call's outcome.
    pub state: Option<String>,
    /// What it leads to.
    pub links: Vec<Link>,
}

/// Something that a moment is about, with its id as the API takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// What.
    pub to: LinkTo,
    /// Its id, number or name.
    pub id: String,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkTo {
    /// An event.
    Event,
    /// An alert.
    Alert,
    /// A containment.
    Containment,
    /// An action.
    Action,
    /// A request, by its number.
    Approval,
    /// A playbook, by its name.
    Playbook,
}

impl Desk {
    /// What happened to a device, by its whole id, the newest first. A decision comes with the event that it was made of, at the time
    /// when that was accepted.
    ///
    /// # Errors
    /// `after` is no place in this list, or Postgres is away.
    pub async fn timeline_of(
        &self,
        device: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Moment>, DeskError> {
        let after: Option<MomentKey> = after.map(behind).transpose()?;
        let rows = self
            .store
            .moments(self.tenant, device, None, after.as_ref(), one_more(limit))
            .await?;
        let page = Page::of(rows, limit, |row| row.key.clone());
        let mut items: Vec<Moment> = page.items.into_iter().flat_map(moments).collect();
        items.sort_by_key(|moment| std::cmp::Reverse(moment.at));
        Ok(Page {
            items,
            next: page.next,
        })
    }

    /// What led to an action and became of it, in the order in which it happened.
    pub(in crate::desk) async fn course_of(
        &self,
        device: &str,
        action: Uuid,
    ) -> Result<Vec<Moment>, DeskError> {
        let rows = self
            .store
            .moments(self.tenant, device, Some(action), None, one_more(COURSE))
            .await?;
        let mut moments: Vec<Moment> = rows.into_iter().rev().flat_map(moments).collect();
        moments.sort_by_key(|moment| moment.at);
        Ok(moments)
    }
}

/// A row as moments, in their order: a decision with its event are two.
fn moments(row: MomentRow) -> Vec<Moment> {
    let at = row.key.at;
    let new = |kind, title: String, detail: String| Moment {
        at,
        kind,
        title,
        detail: Some(detail).filter(|detail| !detail.is_empty()),
        state: None,
        links: Vec::new(),
    };
    match row.what {
        Happened::Decided {
            event,
            decision,
            reason,
        } => {
            let decided = new(MomentKind::Decision, format!("decided: {decision}"), reason)
                .state(decision)
                .link(LinkTo::Event, event);
            let accepted = row.event.map(|said| accepted(event, said));
            accepted.into_iter().chain([decided]).collect()
        }
        Happened::Changed {
            entity,
            id,
            of,
            playbook,
            from,
            to,
            by,
            reason,
        } => {
            let (kind, link) = match entity.as_str() {
                "action" => (MomentKind::Action, LinkTo::Action),
                _ => (MomentKind::Containment, LinkTo::Containment),
            };
            let is = to.replace('_', " ");
            let title = match from.as_deref() == Some(to.as_str()) {
                true => format!("{}: its terms changed", words(&of)),
                false => format!("{}: {is}", words(&of)),
            };
            let moment = new(kind, title, format!("by {by}: {reason}"))
                .state(to)
                .link(link, id);
            vec![match playbook {
                Some(playbook) => moment.link(LinkTo::Playbook, playbook),
                None => moment,
            }]
        }
        Happened::Answered {
            containment,
            request,
            person,
            answer,
            reason,
        } => {
            let moment = new(MomentKind::Answer, format!("{person}: {answer}"), reason)
                .state(answer)
                .link(LinkTo::Containment, containment);
            let request = request.map(|number| RequestNumber(number).to_string());
            vec![match request {
                Some(request) => moment.link(LinkTo::Approval, request),
                None => moment,
            }]
        }
        Happened::Called { action, kind, n } => {
            let title = format!("call {}: {}", n.unwrap_or_default(), words(&kind));
            vec![new(MomentKind::Call, title, String::new()).link(LinkTo::Action, action)]
        }
        Happened::Returned {
            action,
            kind,
            n,
            outcome,
            status,
            code,
            message,
        } => {
            let outcome = outcome.unwrap_or_else(|| "settled".to_owned());
            let title = format!(
                "call {}: {} {}",
                n.unwrap_or_default(),
                words(&kind),
                words(&outcome)
            );
            let said = [status.map(|status| format!("HTTP {status}")), code, message];
            let said: Vec<String> = said.into_iter().flatten().collect();
            let moment = new(MomentKind::CallAnswered, title, said.join("; "));
            vec![moment.state(outcome).link(LinkTo::Action, action)]
        }
        Happened::Others {
            defender,
            kind,
            requestor,
            verdict,
        } => {
            let title = format!("{} by {requestor} at Defender", words(&kind));
            let detail = format!("{}; Defender's action {defender}", words(&verdict));
            vec![new(MomentKind::Drift, title, detail).state(verdict)]
        }
        Happened::Alarm { kind, told, action } => {
            let moment = new(MomentKind::Alarm, told, String::new()).state(kind);
            vec![match action {
                Some(action) => moment.link(LinkTo::Action, action),
                None => moment,
            }]
        }
    }
}

fn accepted(event: Uuid, said: EventSaid) -> Moment {
    let title = said.title.unwrap_or_else(|| format!("alert {}", said.alert_id));
    let severity = said
        .severity
        .map(|severity| format!("{severity} severity, "))
        .unwrap_or_default();
    Moment {
        at: said.received_at,
        kind: MomentKind::Event,
        title,
        detail: Some(format!("{severity}accepted through {}", said.source)),
        state: None,
        links: Vec::new(),
    }
    .link(LinkTo::Event, event)
    .link(LinkTo::Alert, said.alert_id)
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

impl Moment {
    fn state(self, state: String) -> Self {
        Self {
            state: Some(state),
            ..self
        }
    }

    fn link(mut self, to: LinkTo, id: impl ToString) -> Self {
        let id = id.to_string();
        self.links.push(Link { to, id });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).expect("in range")
    }

    fn row(seconds: i64, what: Happened, event: Option<EventSaid>) -> MomentRow {
        MomentRow {
            key: MomentKey {
                at: at(seconds),
                rank: 20,
                id: String::new(),
            },
            what,
            event,
        }
    }

    #[test]
    fn a_decision_is_told_behind_its_event_and_without_it_when_that_is_gone() {
        let decided = || Happened::Decided {
            event: Uuid::nil(),
            decision: "act".to_owned(),
            reason: "matched".to_owned(),
        };
        let said = EventSaid {
            received_at: at(-2),
            source: "hub".to_owned(),
            alert_id: "da637".to_owned(),
            title: None,
            severity: Some("high".to_owned()),
        };
        let told = moments(row(0, decided(), Some(said)));
        let kinds: Vec<MomentKind> = told.iter().map(|moment| moment.kind).collect();
        assert_eq!(kinds, [MomentKind::Event, MomentKind::Decision]);
        assert_eq!((told[0].at, told[0].title.as_str()), (at(-2), "alert da637"));
        assert_eq!(
            told[0].detail.as_deref(),
            Some("high severity, accepted through hub")
        );
        assert_eq!(
            (told[1].state.as_deref(), told[1].detail.as_deref()),
            (Some("act"), Some("matched"))
        );
        assert_eq!(moments(row(0, decided(), None)).len(), 1);
    }

    #[test]
    fn a_call_that_was_refused_says_by_what() {
        let told = moments(row(
            0,
            Happened::Returned {
                action: Uuid::nil(),
                kind: "restrict".to_owned(),
                n: Some(2),
                outcome: Some("throttled".to_owned()),
                status: Some(429),
                code: Some("TooManyRequests".to_owned()),
                message: None,
            },
            None,
        ));
        assert_eq!(told[0].title, "call 2: restrict throttled");
        assert_eq!(told[0].detail.as_deref(), Some("HTTP 429; TooManyRequests"));
        let link = Link {
            to: LinkTo::Action,
            id: Uuid::nil().to_string(),
        };
        assert_eq!(told[0].links, [link]);
    }
}
