//! The metrics of what keeps it running: sources, HTTP, playbook files, inventory, audit, retention, the process itself.

use super::Metric;

#[rustfmt::skip]
pub(super) const SOURCES: &[Metric] = &[
    Metric::flag("quell_source_up", &["source"], "Whether a source can be read: 0 while it is away or refuses us"),
    Metric::counter("quell_source_events_total", &["source", "outcome"], "Records received from a source, by outcome: accepted, duplicate, rejected"),
    Metric::counter("quell_source_failures_total", &["source"], "Reads of a source that is polled that failed"),
    Metric::counter("quell_source_errors_total", &["source", "kind"], "Failures of a kafka source, by kind: broker, login, topic, postgres, full"),
    Metric::counter("quell_source_lost_total", &["source"], "Messages of a kafka source that the topic's retention removed before they were read"),
    Metric::counter("quell_source_redelivered_total", &["source"], "Messages that a broker delivered again because they had not been acknowledged in time"),
    Metric::gauge("quell_source_lag_messages", &["source"], "Messages of a kafka source that this replica has still to read, over all the partitions that it reads"),
    Metric::gauge("quell_source_lag_seconds", &["source"], "How far what was read of a source that is polled is behind"),
    Metric::gauge("quell_source_last_message_timestamp_seconds", &["source"], "When the newest message that was stored from a kafka source was written"),
    Metric::counter("quell_webhook_refused_total", &["source", "reason"], "Requests to a source that did not show whose they are, by reason: missing, malformed, stale, forged, keys_unavailable, no_way"),
    Metric::counter("quell_webhook_repeated_total", &["source", "body"], "Deliveries whose id was there within a day, by body: same_body (answered as the first time), another_body (refused)"),
];

#[rustfmt::skip]
pub(super) const TELLING: &[Metric] = &[
    Metric::counter("quell_notifications_total", &["outcome"], "Tries of this replica to deliver a message to a receiver, by outcome: delivered, failed, given_up"),
    Metric::counter("quell_notifications_failed_total", &[], "Attempts to deliver a notification that failed"),
    Metric::gauge("quell_notifications_oldest_seconds", &["tenant"], "How long the oldest notification that is due has waited for its delivery"),
];

#[rustfmt::skip]
pub(super) const UPKEEP: &[Metric] = &[
    Metric::counter("quell_access_refused_total", &["reason"], "Requests to operators' routes that were refused, by reason: no_credentials, unknown_token, expired, revoked, malformed, not_here, wrong_host, cross_site, no_role, no_right, other_tenant, too_many_attempts, sign_in_lost, issuer, no_issuer, store_unavailable, user_unseen"),
    Metric::counter("quell_http_requests_total", &["route", "status"], "HTTP requests answered, by route and status"),
    Metric::counter("quell_http_connections_refused_total", &[], "Connections closed because their peer had as many as one may have"),
    Metric::counter("quell_http_handshakes_failed_total", &[], "TLS handshakes that failed or took too long"),
    Metric::flag("quell_postgres_up", &[], "Whether Postgres answered this replica's last question"),
    Metric::counter("quell_playbooks_reloads_total", &["outcome"], "Looks into the playbook files that were worth one, by outcome: good, bad, unavailable (Postgres)"),
    Metric::counter("quell_playbooks_reload_failures_total", &[], "Looks into the playbook files that found them unusable; the set in force stayed"),
    Metric::flag("quell_playbooks_last_reload_success", &[], "Whether the playbook files could be used when last looked into"),
    Metric::gauge("quell_playbooks_last_reload_success_timestamp_seconds", &[], "When the playbook files were last found good"),
    Metric::gauge("quell_playbooks_set_version", &["tenant"], "Version of the playbook set in force"),
    Metric::gauge("quell_inventory_devices", &["tenant"], "Devices that the last whole reading of the inventory counted"),
    Metric::counter("quell_inventory_failures_total", &[], "Readings of the inventory that failed"),
    Metric::counter("quell_facts_failures_total", &[], "Readings of single devices' facts that failed"),
    Metric::counter("quell_lookups_total", &["lookup"], "Look-ups about devices that were answered"),
    Metric::counter("quell_lookup_failures_total", &["lookup"], "Look-ups about devices that failed"),
    Metric::counter("quell_audit_sealed_rows_total", &["tenant"], "Rows of the audit that were sealed"),
    Metric::gauge("quell_audit_unsealed_rows", &["tenant"], "Rows of the audit that wait for their seal, counted up to 10,000"),
    Metric::gauge("quell_audit_unsealed_seconds", &["tenant"], "How long the oldest row of the audit has waited for its seal"),
    Metric::gauge("quell_audit_broken_rows", &["tenant"], "Places where the last walk along the audit's chain found it changed: not zero needs a person"),
    Metric::counter("quell_pruned_bytes_total", &[], "What the partitions took that this replica dropped, their time being over"),
    Metric::counter("quell_pruned_rows_total", &["table"], "Rows that this replica deleted one by one, their time being over"),
    Metric::counter("quell_log_lines_held_total", &[], "Log lines that were held back because equal ones had just been written"),
    Metric::counter("quell_spans_lost_total", &[], "Spans of traces that did not reach the collector"),
    Metric::gauge("quell_build_info", &["version"], "Always 1: which version runs"),
    Metric::gauge("process_start_time_seconds", &[], "When this process was started"),
    Metric::counter("process_cpu_seconds_total", &[], "Processor time that this process has used, user and system, whole seconds"),
    Metric::gauge("process_resident_memory_bytes", &[], "Memory that this process holds"),
    Metric::gauge("process_open_fds", &[], "File descriptors that this process has open"),
    Metric::gauge("process_max_fds", &[], "File descriptors that it may have open"),
];
