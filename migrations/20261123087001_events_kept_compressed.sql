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
-- nothing has to be read while everybody waits. What arrives within the next days belongs to them too, and so does whatever is there
-- already: a clock that was ahead once has left ids of days to come, and an id that is no UUIDv7 stands anywhere.
DO $$
DECLARE
    today timestamptz := date_trunc('day', clock_timestamp(), 'UTC');
    -- What ids can be told apart by ends in the year 10889; this is before it, and what is behind it gets the last id of all.
    last constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    cap constant bigint := 250000000000000;
    newest_event uuid;
    newest_decided uuid;
    newest uuid;
    millis bigint;
    events_to uuid := quell.first_id_of(today + interval '8 days');
    decisions_to uuid := quell.first_id_of(date_trunc('month', today, 'UTC') + interval '2 months');
BEGIN
    -- Nothing arrives between the look and the constraints.
    LOCK TABLE quell.events, quell.decisions IN ACCESS EXCLUSIVE MODE;
    SELECT id INTO newest_event FROM quell.events ORDER BY id DESC LIMIT 1;
    SELECT event_id INTO newest_decided FROM quell.decisions ORDER BY event_id DESC LIMIT 1;
    -- An event that nobody decided yet is decided later.
    newest := greatest(newest_event, newest_decided);
    IF newest >= events_to THEN
        millis := ('x' || lpad(substr(replace(newest::text, '-', ''), 1, 12), 16, '0'))::bit(64)::bigint;
        IF millis >= cap THEN
            events_to := last;
            decisions_to := last;
        ELSE
            events_to := quell.first_id_of(to_timestamp(millis / 1000.0) + interval '1 second');
            decisions_to := greatest(decisions_to, quell.first_id_of(
                date_trunc('month', to_timestamp(millis / 1000.0), 'UTC') + interval '1 month 1 day'));
        END IF;
    END IF;
    EXECUTE format('ALTER TABLE quell.events ADD CONSTRAINT events_up_to CHECK (id < %L) NOT VALID', events_to);
    EXECUTE format('ALTER TABLE quell.decisions ADD CONSTRAINT decisions_up_to CHECK (event_id < %L) NOT VALID', decisions_to);
END $$;
