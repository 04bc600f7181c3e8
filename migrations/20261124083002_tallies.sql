-- How many events were accepted and decisions made, ever: whoever looks at the status is not to count a million rows for it. What is older than
-- five minutes is added up once, by one transaction a minute of whichever daemon comes first; a look adds what came since, by an index. Nothing
-- of an event's way writes here.
CREATE TABLE quell.tallies (
    tenant_id int NOT NULL REFERENCES quell.tenants (id),
    what      text NOT NULL CONSTRAINT tally_of CHECK (what IN ('event', 'decision', 'device')),
    -- The kind of a decision; else empty.
    key       text NOT NULL,
    n         bigint NOT NULL,
    PRIMARY KEY (tenant_id, what, key)
);
-- Up to where that is done: events by the time in their ids, decisions by when they were made.
CREATE TABLE quell.tally_marks (
    only_row        bool PRIMARY KEY DEFAULT true CONSTRAINT tally_marks_has_one_row CHECK (only_row),
    events_until    timestamptz,
    decisions_until timestamptz
);
INSERT INTO quell.tally_marks DEFAULT VALUES;

-- What else the status counts, of which there are some hundred thousand: by indexes that hold nothing but the words. An action's and a
-- containment's change of state writes new entries of its indexes already.
CREATE INDEX actions_by_state ON quell.actions (tenant_id, state);
CREATE INDEX containments_by_state ON quell.containments (tenant_id, mode, state);
CREATE INDEX attempts_throttled ON quell.attempts (tenant_id, answered_at) WHERE outcome = 'throttled';

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_app') THEN
        GRANT SELECT, INSERT, UPDATE ON quell.tallies, quell.tally_marks TO quell_app;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_read') THEN
        GRANT SELECT ON quell.tallies, quell.tally_marks TO quell_read;
    END IF;
END $$;
