-- The synthetic heartbeat: one row a tenant, overwritten. What is sent is a row of the inbox that belongs to no event (its source is no
-- name that a source may have), so it is claimed, judged and settled like any other, and never decides, contains or calls anything. It
-- stands in no table that operators read.
CREATE TABLE quell.heartbeats (
    tenant_id  integer PRIMARY KEY REFERENCES quell.tenants (id),
    event_id   uuid NOT NULL,
    sent_at    timestamptz NOT NULL,
    decided_at timestamptz
);
