-- A restrict that is still pending at Defender when nothing wants it any more is cancelled there, so that its release need
-- not wait for a device that may be offline for days. A cancel is an attempt of the action that it cancels, with a count
-- of its own; that one is due follows from the containments, so it is not stored.
ALTER TABLE quell.actions
    ADD COLUMN cancels integer NOT NULL DEFAULT 0,
    ADD COLUMN cancel_not_before timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX actions_cancellable ON quell.actions (tenant_id, submitted_at)
    WHERE state = 'submitted' AND kind = 'restrict' AND NOT is_adopted;
