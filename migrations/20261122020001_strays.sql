-- What Defender's list shows with a marker of ours and our books do not know by its id: a call that was carried out after
-- its absence had been concluded, or an action whose row a restored backup has lost. It is taken into the books.

-- Such an action is born where it stands at Defender: it has been called already.
CREATE OR REPLACE FUNCTION quell.action_may_become(before_state text, after_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE before_state
        WHEN 'none' THEN after_state IN ('queued', 'submitted')
        WHEN 'queued' THEN after_state IN ('submitting', 'withdrawn', 'expired')
        WHEN 'submitting' THEN after_state IN ('submitted', 'queued', 'failed', 'in_doubt')
        WHEN 'in_doubt' THEN after_state IN ('submitted', 'queued', 'failed')
        WHEN 'submitted' THEN after_state IN ('succeeded', 'failed', 'timed_out', 'cancelled')
        ELSE false END
$$;

-- What a person must be told of, each once: a page. `subject` is what it is about, such as Defender's id of an action.
CREATE TABLE quell.alarms (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    at        timestamptz NOT NULL DEFAULT quell.now(),
    kind      text NOT NULL CONSTRAINT alarm_kind CHECK (kind IN
        ('seen_after_quiescence', 'late_restrict', 'orphan', 'restored', 'clock_jump', 'release_settled')),
    subject   text NOT NULL,
    device_id text,
    action_id uuid,
    told      text NOT NULL,
    CONSTRAINT one_alarm_per_subject UNIQUE (tenant_id, kind, subject)
);
CREATE INDEX alarms_by_time ON quell.alarms (tenant_id, at DESC);

-- For a day after a release its device is watched for a restrict of ours that comes late.
CREATE INDEX actions_released ON quell.actions (tenant_id, final_at) WHERE kind = 'release' AND state = 'succeeded';
