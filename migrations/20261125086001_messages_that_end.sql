-- Every message ends, and what was told to nobody goes with time.

-- What was tried before a person had a message sent again stays to be seen, and the number of a try is never given twice: what a try of
-- before the resending says late is not taken for the answer of a later one.
ALTER TABLE quell.outbox
    -- How many of `tries` were before it was sent again last.
    ADD COLUMN tries_before integer NOT NULL DEFAULT 0,
    -- What became of it each time before it was sent again, the oldest first: [{"tries", "was", "last_error", "ended_at"}].
    ADD COLUMN earlier jsonb NOT NULL DEFAULT '[]';

-- Those that nobody sends any more are found by their time.
CREATE INDEX outbox_unended ON quell.outbox (tenant_id, until) WHERE ended_at IS NULL;

-- As before, and with them what was told to nobody (no receiver of that name, or none at all), and messages whose tenant no daemon has any
-- more, so that nobody ends them: long past the time at which they should have been given up.
CREATE OR REPLACE FUNCTION quell.outbox_prune(before timestamptz, most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old uuid[];
    nobodys bigint;
BEGIN
    IF before > quell.now() - interval '7 days' THEN
        RAISE EXCEPTION 'nothing younger than seven days is deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    old := ARRAY((SELECT o.id FROM quell.outbox o WHERE o.ended_at < before LIMIT most)
                 UNION ALL
                 (SELECT o.id FROM quell.outbox o WHERE o.ended_at IS NULL AND o.until < before LIMIT most));
    DELETE FROM quell.notifications WHERE message_id = ANY(old);
    DELETE FROM quell.outbox WHERE id = ANY(old);
    DELETE FROM quell.notifications WHERE id IN (
        SELECT n.id FROM quell.notifications n WHERE n.message_id IS NULL AND n.created_at < before LIMIT most);
    GET DIAGNOSTICS nobodys = ROW_COUNT;
    RETURN cardinality(old) + nobodys;
END $$;
