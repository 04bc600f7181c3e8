-- Evidence of Defender's streaming API once came without title, severity and category: those stand in a record of its own, the
-- AlertInfo of the same alert, which may come before or after and through another message. What it said is kept here for a day, so
-- that evidence can be completed when it is decided. What a decision used of it stands in the decision; this is no history.
CREATE TABLE quell.alert_infos (
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    alert_id    text NOT NULL,
    -- What its source may do. One that may do less has a row of its own, and takes nothing from one that may do more.
    trust       text NOT NULL,
    event_id    uuid NOT NULL,
    -- `domain::alert_info::InfoFacts`
    facts       jsonb NOT NULL,
    -- When it happened, by Defender: an older one that comes late does not replace a newer one.
    occurred_at timestamptz,
    received_at timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (tenant_id, alert_id, trust)
);
CREATE INDEX alert_infos_by_age ON quell.alert_infos (tenant_id, received_at);
