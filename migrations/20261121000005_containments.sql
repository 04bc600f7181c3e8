-- Containments: one reason to keep one device restricted, until when, and how it ended.
CREATE TABLE quell.containments (
    id            uuid PRIMARY KEY,
    tenant_id     integer NOT NULL REFERENCES quell.tenants (id),
    device_id     text NOT NULL,
    state         text NOT NULL
        CONSTRAINT containment_state CHECK (state IN ('asked', 'active', 'ended', 'declined', 'expired')),
    mode          text NOT NULL CONSTRAINT containment_mode CHECK (mode IN ('observe', 'enforce')),
    lane          text NOT NULL
        CONSTRAINT containment_lane CHECK (lane IN ('critical', 'high', 'normal', 'low')),
    playbook      text,
    revision      text,
    event_id      uuid,
    alert_id      text,
    comment       text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT quell.now(),
    -- The terms of the ask, while there is one.
    ask           jsonb,
    ask_reason    text,
    ask_until     timestamptz,
    activated_at  timestamptz,
    -- `release.after`; null is `never: true`, written out.
    release_after interval,
    restart_on_match boolean NOT NULL DEFAULT false,
    until         timestamptz,
    ended_at      timestamptz,
    end_reason    text CONSTRAINT containment_end_reason
        CHECK (end_reason IN ('time', 'release_playbook', 'operator', 'drift', 'failed', 'mode')),
    -- Something that a person must look at; the containment stays active.
    attention     text,
    state_by      text NOT NULL,
    state_reason  text NOT NULL,
    CONSTRAINT containment_has_an_origin CHECK ((playbook IS NULL) = (revision IS NULL)),
    CONSTRAINT asked_has_its_terms CHECK (state <> 'asked' OR (ask IS NOT NULL AND ask_until IS NOT NULL)),
    CONSTRAINT active_since CHECK ((state IN ('active', 'ended')) = (activated_at IS NOT NULL)),
    CONSTRAINT active_until CHECK (state <> 'active' OR (until IS NULL) = (release_after IS NULL)),
    CONSTRAINT ended_at_for_a_reason
        CHECK ((state = 'ended') = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX one_open_containment_per_playbook_and_device
    ON quell.containments (tenant_id, device_id, coalesce(playbook, id::text), mode) WHERE state IN ('asked', 'active');
CREATE INDEX containments_by_device ON quell.containments (tenant_id, device_id, created_at DESC);
CREATE INDEX containments_expiring ON quell.containments (tenant_id, until) WHERE state = 'active' AND until IS NOT NULL;
CREATE INDEX containments_asked ON quell.containments (tenant_id, ask_until) WHERE state = 'asked';
-- Limits and caps: devices whose containment became active in a window.
CREATE INDEX containments_activated ON quell.containments (tenant_id, mode, activated_at) WHERE activated_at IS NOT NULL;
