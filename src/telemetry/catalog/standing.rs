//! The metrics of what is the case: containments, the budget, the queue, what keeps the gate closed.

use super::Metric;

#[rustfmt::skip]
pub(super) const CONTAINMENTS: &[Metric] = &[
    Metric::counter("quell_containments_begun_total", &["state", "mode", "measure"], "Containments begun, by first state, mode and measure"),
    Metric::counter("quell_containments_ended_total", &["reason", "measure"], "Containments ended, by reason and measure"),
    Metric::counter("quell_containments_needing_attention_total", &[], "Containments that came to need a person"),
    Metric::gauge("quell_containments_needing_attention", &["tenant"], "Active containments that need a person"),
    Metric::gauge("quell_contained_devices", &["tenant", "measure"], "Devices with an active, enforced containment"),
    Metric::gauge("quell_releases_pending", &["tenant"], "Releases that are queued or under way"),
    Metric::gauge("quell_releases_overdue", &["tenant"], "Devices contained long after their last containment ended or should have"),
    Metric::counter("quell_releases_failing_total", &[], "Releases that Defender refused so often that a person must look"),
    Metric::counter("quell_release_runs_total", &[], "Runs that release many devices"),
    Metric::counter("quell_devices_left_restricted_total", &["measure"], "Devices left as they were at a containment's end, because others had contained them first"),
    Metric::counter("quell_drift_total", &["verdict"], "What others did at Defender, by how it was judged"),
    Metric::gauge("quell_approvals_waiting", &["tenant"], "Containments that wait for a person's answer"),
    Metric::gauge("quell_approvals_expire_seconds", &["tenant"], "Until the first of them expires; 0 when none waits"),
    Metric::counter("quell_alarms_total", &["kind"], "Alarms raised, by kind"),
];

#[rustfmt::skip]
pub(super) const BUDGET: &[Metric] = &[
    Metric::gauge("quell_budget_limit_calls", &["tenant", "window"], "Calls that a window allows, by its length in seconds"),
    Metric::gauge("quell_budget_used_calls", &["tenant", "window"], "Slots of a window that are held"),
    Metric::gauge("quell_budget_reserve_calls", &["tenant"], "Slots of the longest window that are kept for critical actions at most"),
    Metric::gauge("quell_queue_actions", &["tenant", "lane"], "Queued actions, by lane"),
    Metric::gauge("quell_queue_oldest_seconds", &["tenant", "lane"], "How long the oldest queued action of a lane has been due"),
    Metric::gauge("quell_queue_drain_seconds", &["tenant"], "Until the last queued action may be called, as forecast, if nothing is added"),
    Metric::gauge("quell_actions_expected_late", &["tenant"], "Queued actions that, as forecast, lose their validity before they can be called"),
    Metric::flag("quell_retries_held", &["tenant"], "Whether repeated calls of the bulk lanes wait because too many came to nothing"),
    Metric::flag("quell_lease_held", &["tenant"], "Whether this replica dispatches for the tenant"),
    Metric::flag("quell_gate_closed", &["tenant", "scope"], "Whether nothing may leave for a while after an answer of Defender, by scope: actions, reads"),
    Metric::flag("quell_stopped", &["tenant"], "Whether a stop is in force: no restriction leaves"),
    Metric::flag("quell_clock_frozen", &[], "Whether sending is frozen because the database's clock jumped"),
    Metric::counter("quell_clock_jumps_total", &[], "Jumps of the database's clock"),
    Metric::gauge("quell_figures_last_success_timestamp_seconds", &["tenant"], "When the replica that dispatches last read these figures from Postgres"),
];
