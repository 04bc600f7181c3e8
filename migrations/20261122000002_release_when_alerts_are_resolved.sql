-- A containment may end before its time, when every alert behind it is resolved: so the alerts behind it are kept.
ALTER TABLE quell.containments
    -- What may end it before `until`, besides people and release playbooks.
    ADD COLUMN release_when text[] NOT NULL DEFAULT '{}'
        CONSTRAINT containment_release_when CHECK (release_when <@ ARRAY['alert_resolved']),
    DROP CONSTRAINT containment_end_reason,
    ADD CONSTRAINT containment_end_reason CHECK (end_reason IN
        ('time', 'release_playbook', 'operator', 'drift', 'failed', 'mode', 'alert_resolved'));

-- The alert that began a containment, and each one that matched again while it was open.
CREATE TABLE quell.containment_alerts (
    containment_id uuid NOT NULL REFERENCES quell.containments (id),
    -- Empty when the record carried none; such an alert is never seen resolved.
    alert_id    text NOT NULL,
    -- The first event of the alert that counted.
    event_id    uuid NOT NULL,
    seen_at     timestamptz NOT NULL DEFAULT quell.now(),
    -- Null again when there is later news of the alert. Kept only where `release_when` asks for it.
    resolved_at timestamptz,
    PRIMARY KEY (containment_id, alert_id)
);
