-- How many actions and containments stand how: they are kept for ever, so a look at the status that counts them all costs more each month.
-- What is over stays as it is. So it is added up behind what happens, as events are, and a look counts what is open and what ended since.
ALTER TABLE quell.tallies DROP CONSTRAINT tally_of,
    ADD CONSTRAINT tally_of CHECK (what IN ('event', 'decision', 'device', 'action', 'containment'));
ALTER TABLE quell.tally_marks
    -- Up to where that is done, by when they ended.
    ADD COLUMN over_until timestamptz,
    -- When everything was last counted from the beginning: a clock that was wrong for a while is forgotten by that.
    ADD COLUMN over_counted_at timestamptz;
