-- A person may end a lift of a cap before its time: then `until` becomes that moment, so that whoever counts as of a moment need
-- not know of it. Who and why; both null: it ended, or will end, by its time.
ALTER TABLE quell.cap_lifts
    ADD COLUMN ended_by   text,
    ADD COLUMN end_reason text,
    ADD CONSTRAINT lift_ended_by_somebody_for_a_reason CHECK ((ended_by IS NULL) = (end_reason IS NULL));
