-- A decision that was half-way when a stop began had not seen it: what it began stayed queued, and left after a plain resume. So
-- whoever lets a containment become active holds a lock, shared, from the beginning of his transaction, before any device; a stop
-- takes it for itself. Its number is beyond those of the inbox's shards (0 to 63) and of the limits (64).
CREATE FUNCTION quell.hold_off_stops(tenant integer) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared(tenant, 65)
$$;

CREATE OR REPLACE FUNCTION quell.inbox_claim(tenant integer, most bigint, OUT moment timestamptz, OUT seqs bigint[])
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    held    smallint[];
    devices text[];
BEGIN
    PERFORM quell.hold_off_stops(tenant);
    moment := quell.now();
    -- Rows of one device share a shard, so two claimers never decide the same device out of order.
    held := ARRAY(SELECT s::smallint FROM generate_series(0, 63) AS s WHERE pg_try_advisory_xact_lock(tenant, s));
    SELECT coalesce(array_agg(due.seq ORDER BY due.seq), '{}'), array_agg(DISTINCT due.device_id) INTO seqs, devices
    FROM (SELECT i.seq, i.device_id FROM quell.inbox i
          WHERE i.tenant_id = tenant AND i.shard = ANY (held) AND (i.wait_until IS NULL OR i.wait_until <= moment)
            AND NOT EXISTS (SELECT 1 FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                            AND w.seq < i.seq AND w.wait_until > moment)
          ORDER BY i.seq LIMIT most) AS due;
    IF devices IS NOT NULL THEN
        PERFORM 1 FROM quell.devices d WHERE d.tenant_id = tenant AND d.device_id = ANY (devices)
            ORDER BY d.device_id FOR UPDATE;
    END IF;
END $$;
