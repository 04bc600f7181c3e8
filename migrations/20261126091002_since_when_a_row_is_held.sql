-- Since when a row is held because the decider panicked over it alone, so that a look can tell it from one that waits for facts: a quiet
-- tenant with one such row has neither a dead letter nor an alarm. Null: it is not.
ALTER TABLE quell.inbox ADD COLUMN held_since timestamptz;
