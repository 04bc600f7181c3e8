-- What arrives is kept compressed, by dictionaries that quell carries; what is asked for by what it says stands in columns. Rows
-- from before stay as they are (codec 0: the payload as it came, the event in `normalised`).
ALTER TABLE quell.events
    ALTER COLUMN normalised DROP NOT NULL,
    -- How `payload` and `event` were written (src/store/packing.rs); it names the dictionaries.
    ADD COLUMN codec smallint NOT NULL DEFAULT 0,
    -- The normalised event (`domain::alert::Event`), packed; null in rows from before.
    ADD COLUMN event bytea,
    -- What the event says, for whoever asks by it; null where it says nothing, and in rows from before.
    ADD COLUMN devices     text[],
    ADD COLUMN severity    text,
    ADD COLUMN category    text,
    ADD COLUMN status      text,
    ADD COLUMN occurred_at timestamptz,
    ADD CONSTRAINT event_is_kept_by_its_codec CHECK ((codec = 0) = (normalised IS NOT NULL) AND (codec = 0) = (event IS NULL)) NOT VALID;
-- Compressed already.
ALTER TABLE quell.events ALTER COLUMN event SET STORAGE EXTERNAL;

ALTER TABLE quell.dead_letters
    ADD COLUMN codec smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT dead_letter_is_capped,
    -- What cannot be compressed becomes a little longer.
    ADD CONSTRAINT dead_letter_is_capped CHECK (octet_length(payload) <= 66048) NOT VALID;

-- The ids of events are UUIDv7, which begin with their time in milliseconds: the first that an event of a moment can have.
CREATE FUNCTION quell.first_id_of(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS
$$ SELECT (lpad(to_hex(greatest(0, floor(extract(epoch FROM at) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- The tables of events and decisions become the first partitions in the migration after the next: this says which ids they have, so that
-- nothing has to be read while everybody waits. What arrives within the next days belongs to them too.
DO $$
DECLARE
    today timestamptz := date_trunc('day', clock_timestamp(), 'UTC');
BEGIN
    EXECUTE format('ALTER TABLE quell.events ADD CONSTRAINT events_up_to CHECK (id < %L) NOT VALID',
                   quell.first_id_of(today + interval '8 days'));
    EXECUTE format('ALTER TABLE quell.decisions ADD CONSTRAINT decisions_up_to CHECK (event_id < %L) NOT VALID',
                   quell.first_id_of(date_trunc('month', today, 'UTC') + interval '2 months'));
END $$;
