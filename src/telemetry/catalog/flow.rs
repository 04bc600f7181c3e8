//! The metrics of the way of an event: taken, decided, called, followed to the end.

use super::Metric;

/// From a statement in Postgres to the slowest decision that still waits for facts.
const DECISION: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0,
];
/// A transaction.
const TRANSACTION: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0,
];
/// A call to Defender.
const CALL: &[f64] = &[0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 5.0, 10.0, 20.0, 30.0];
/// What waits for its turn: at once, or behind a storm of hours.
const WAIT: &[f64] = &[
    0.05, 0.25, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0,
];
/// From a call to the end that Defender reports: a machine that is off takes days.
const END: &[f64] = &[
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 14_400.0, 86_400.0, 259_200.0,
];

#[rustfmt::skip]
pub(super) const EVENTS: &[Metric] = &[
    Metric::counter("quell_events_received_total", &["outcome"], "Records received over HTTP, by outcome: accepted, duplicate, rejected"),
    Metric::counter("quell_events_sent_away_total", &[], "Requests with events that were answered 503 because the inbox was full"),
    Metric::counter("quell_events_above_rate_total", &[], "Events above the rate of their source: what they would do is asked"),
    Metric::counter("quell_events_put_aside_total", &[], "Events that cannot be decided and became dead letters"),
    Metric::counter("quell_decider_panics_total", &[], "Panics of the decider that it outlived; its batch came to nothing and was begun anew: none is ever expected"),
    Metric::gauge("quell_dead_letters", &["tenant"], "Dead letters of which nobody has said what is to become, counted up to 10,000"),
    Metric::gauge("quell_inbox_depth", &["tenant"], "Rows that wait for their decision; every replica tells the same"),
    Metric::gauge("quell_inbox_age_seconds", &["tenant"], "How long the oldest row that waits for nothing else has waited for its decision"),
    Metric::counter("quell_decisions_total", &["kind"], "Decisions by kind: act, ask, observe, hold, skip"),
    Metric::histogram("quell_event_to_decision_seconds", &[], DECISION, "From the commit of an event to the commit of its decision"),
    Metric::counter("quell_canary_fallbacks_total", &[], "Revisions in canary that only observe because one of their guards fell"),
    Metric::counter("quell_asks_answered_total", &["answer"], "Asks that were answered by people, by answer"),
    Metric::counter("quell_cap_lifts_total", &[], "Caps that were lifted for a while by a person"),
    Metric::gauge("quell_heartbeat_last_success_timestamp_seconds", &["tenant"], "When the newest heartbeat had passed from intake to decision"),
    Metric::histogram("quell_heartbeat_seconds", &["tenant"], DECISION, "From the sending of a heartbeat to the commit of its decision"),
];

#[rustfmt::skip]
pub(super) const CALLS: &[Metric] = &[
    Metric::counter("quell_calls_total", &["tenant", "kind"], "Calls to Defender that change something, by kind of action, or cancel"),
    Metric::counter("quell_answers_total", &["tenant", "outcome"], "What came of them, by outcome: accepted, adopted, throttled, refused, unknown, …"),
    Metric::histogram("quell_call_seconds", &["kind"], CALL, "How long a call took, from its handing over to its answer or time-out"),
    Metric::histogram("quell_gate_seconds", &[], TRANSACTION, "How long the gate's transaction took"),
    Metric::histogram("quell_decision_to_call_seconds", &["lane"], WAIT, "From the queueing of an action to its first call"),
    Metric::histogram("quell_event_to_call_seconds", &["lane"], WAIT, "From the commit of an event to the first call of the action that it led to"),
    Metric::histogram("quell_call_to_end_seconds", &["kind", "state"], END, "From the first call of an action to the end that Defender reports"),
    Metric::histogram("quell_event_to_contained_seconds", &["measure"], END, "From the commit of an event to the success of the restriction or isolation that it led to"),
    Metric::counter("quell_action_transitions_total", &["kind", "to"], "Changes of actions' states, by kind and new state"),
    Metric::gauge("quell_actions_open", &["tenant"], "Actions under way at Defender, or of unknown fate"),
    Metric::counter("quell_actions_without_a_right_total", &["kind"], "Actions that wait because the application lacks a right"),
    Metric::counter("quell_withdrawn_ineligible_total", &["reason"], "Actions taken out before their call because they were certain to fail"),
    Metric::counter("quell_gate_waits_for_facts_total", &[], "Times that the gate let an action wait for its device's facts"),
    Metric::counter("quell_action_seen_after_quiescence_total", &[], "Actions carried out after their absence had been concluded: none is ever expected"),
    Metric::counter("quell_limiter_disagreements_total", &[], "Calls that the ledger allowed and the second guard refused: none is ever expected"),
    Metric::counter("quell_token_failures_total", &[], "Looks at the queue that found no token for Defender"),
    Metric::counter("quell_reconcile_failures_total", &[], "Looks at Defender's list that failed"),
    Metric::counter("quell_unknown_statuses_total", &[], "Answers of Defender with a status that this version does not know"),
    Metric::counter("quell_sweeps_total", &[], "Whole looks at Defender's list"),
    Metric::gauge("quell_strays_waiting", &["tenant"], "Actions of ours in Defender's list that cannot be taken into the books yet"),
    Metric::gauge("quell_drift_waiting", &["tenant"], "Actions of others in Defender's list that cannot be judged yet"),
    Metric::counter("quell_tasks_wished_total", &["kind", "outcome"], "Tasks that decisions wished for, by what became of them: queued, satisfied, limited"),
    Metric::counter("quell_tasks_failed_total", &["kind", "state"], "Tasks that came to nothing"),
    Metric::counter("quell_tasks_needing_attention_total", &[], "Tasks that failed and need a person"),
    Metric::counter("quell_probe_calls_total", &["question"], "Calls of `quell probe`"),
];
