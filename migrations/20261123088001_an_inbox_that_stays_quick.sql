-- The claim numbered all rows of all shards and sorted them: 0.4 s for a batch with a million queued. Now it reads the heads of
-- each source along an index in their order, from where the oldest was when the claimer last looked: rows that are long decided
-- and that an old snapshot keeps in the index are not walked over. Sources take turns, so that a flood from one does not hold up
-- another's alert. A row still waits for whatever came before it for its device, from whichever source.
ALTER TABLE quell.inbox ADD COLUMN source text NOT NULL DEFAULT '';

-- The sources that ever had a row, so that the claim need not search for them.
CREATE TABLE quell.inbox_sources (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    source    text NOT NULL,
    PRIMARY KEY (tenant_id, source)
);
INSERT INTO quell.inbox_sources (tenant_id, source) SELECT DISTINCT tenant_id, source FROM quell.inbox;

-- INVARIANT: whoever inserts a row, its source is known: the claim would never see it otherwise.
-- With the rights of whoever owns it: who may deliver events need not be allowed to write here.
CREATE FUNCTION quell.inbox_know_sources() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO quell.inbox_sources (tenant_id, source)
    SELECT DISTINCT a.tenant_id, a.source FROM added a
    WHERE NOT EXISTS (SELECT 1 FROM quell.inbox_sources s WHERE s.tenant_id = a.tenant_id AND s.source = a.source)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER inbox_knows_its_sources AFTER INSERT ON quell.inbox REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION quell.inbox_know_sources();

-- `seq + 0`: an order that only this index has. By the table's own key, which a planner prefers that takes all rows for one source's, a
-- quiet source's row would be searched for among a flood's.
CREATE INDEX inbox_by_source ON quell.inbox (tenant_id, source, (seq + 0));
DROP INDEX quell.inbox_in_order;
CREATE INDEX inbox_waiting ON quell.inbox (tenant_id, device_id, seq) WHERE wait_until IS NOT NULL;

-- Claims at most so many rows of the shards `part`, `part + parts`, … that nobody else holds, and the locks of their devices, in the
-- order of their ids. Fewer rows than there are sources are of any of them: not always of the one whose row came first. `known` and `floors`: for each source that the caller knows, the number below which it saw no row. `heads` and
-- `oldest` tell the same of now, for each source that has a row; `more`, that there may be more to claim; `had_all`, that nobody else
-- held a shard of the part. Each statement in here
-- sees what was committed before it (the function is volatile); the client reads the rows after it, when nobody else can change them.
-- The settings keep the planner to the indexes whatever it believes of the size of a table that is empty now and full in a minute.
CREATE FUNCTION quell.inbox_claim(tenant integer, most bigint, part integer, parts integer, known text[], floors bigint[],
    OUT moment timestamptz, OUT seqs bigint[], OUT heads text[], OUT oldest bigint[], OUT more boolean,
    OUT had_all boolean)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_incremental_sort = off SET jit = off AS $$
DECLARE
    held    smallint[];
    devices text[];
    each    bigint;
    least   bigint;
BEGIN
    PERFORM quell.hold_off_stops(tenant);
    moment := quell.now();
    -- Rows of one device share a shard, so two claimers never decide the same device out of order.
    held := ARRAY(SELECT s::smallint FROM generate_series(part, 63, parts) AS s WHERE pg_try_advisory_xact_lock(tenant, s));
    had_all := cardinality(held) = (SELECT count(*) FROM generate_series(part, 63, parts));
    SELECT array_agg(h.source), array_agg(h.seq) INTO heads, oldest
    FROM (SELECT s.source, (SELECT i.seq FROM quell.inbox i
                            WHERE i.tenant_id = tenant AND i.source = s.source
                              AND i.seq + 0 >= coalesce(floors[array_position(known, s.source)], 0)
                            ORDER BY i.seq + 0 LIMIT 1) AS seq
          FROM quell.inbox_sources s WHERE s.tenant_id = tenant) AS h
    WHERE h.seq IS NOT NULL;
    seqs := '{}';
    more := false;
    IF heads IS NULL OR held = '{}' THEN
        heads := coalesce(heads, '{}');
        oldest := coalesce(oldest, '{}');
        RETURN;
    END IF;
    -- Twice its share of each: what one does not use, others may.
    each := CASE cardinality(heads) WHEN 1 THEN most WHEN 2 THEN most ELSE greatest(2 * most / cardinality(heads), 20) END;
    IF cardinality(heads) = 1 THEN
        SELECT coalesce(array_agg(due.seq), '{}'), array_agg(DISTINCT due.device_id) INTO seqs, devices
        FROM (SELECT i.seq, i.device_id FROM quell.inbox i
              WHERE i.tenant_id = tenant AND i.source = heads[1] AND i.seq + 0 >= oldest[1] AND i.shard = ANY (held)
                AND (i.wait_until IS NULL OR i.wait_until <= moment)
                AND (SELECT w.seq FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                     AND w.seq < i.seq AND w.wait_until > moment LIMIT 1) IS NULL
              ORDER BY i.seq + 0 LIMIT most) AS due;
        more := cardinality(seqs) >= most;
    ELSE
        least := (SELECT min(o) FROM unnest(oldest) AS o);
        -- What came before for the same device, from whichever source, goes first; so each device goes on with every batch.
        SELECT coalesce(array_agg(due.seq), '{}'), array_agg(DISTINCT due.device_id) INTO seqs, devices
        FROM (SELECT before.seq, picked.device_id, before.n
              FROM (SELECT turn.device_id, max(turn.seq) AS last
                    FROM (SELECT due.device_id, due.seq
                          FROM unnest(heads, oldest) AS h (source, seq)
                          CROSS JOIN LATERAL (
                              SELECT i.seq, i.device_id, row_number() OVER (ORDER BY i.seq + 0) AS n FROM quell.inbox i
                              WHERE i.tenant_id = tenant AND i.source = h.source AND i.seq + 0 >= h.seq AND i.shard = ANY (held)
                                AND (i.wait_until IS NULL OR i.wait_until <= moment)
                                AND (SELECT w.seq FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                                     AND w.seq < i.seq AND w.wait_until > moment LIMIT 1) IS NULL
                              ORDER BY i.seq + 0 LIMIT each) AS due
                          ORDER BY due.n, CASE WHEN most < cardinality(heads) THEN random() ELSE 0 END, due.seq LIMIT most) AS turn
                    GROUP BY turn.device_id) AS picked
              CROSS JOIN LATERAL (
                  SELECT i.seq, row_number() OVER (ORDER BY i.seq) AS n FROM quell.inbox i
                  WHERE i.tenant_id = tenant AND i.device_id = picked.device_id AND i.seq BETWEEN least AND picked.last
                  ORDER BY i.seq LIMIT 16) AS before
              ORDER BY before.n, before.seq LIMIT most) AS due;
        more := seqs <> '{}';
    END IF;
    IF devices IS NOT NULL THEN
        PERFORM 1 FROM unnest(devices) WITH ORDINALITY AS wanted (id, n)
            JOIN quell.devices d ON d.tenant_id = tenant AND d.device_id = wanted.id ORDER BY wanted.n FOR UPDATE OF d;
    END IF;
END $$;
