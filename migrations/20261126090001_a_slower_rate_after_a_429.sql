-- A 429 that names a window says that Defender counts otherwise than the ledger. Then all but critical calls keep to a slower rate for a
-- while: one in so many seconds, the next not before, until. It stands where the closed gate stands, so that every replica obeys it, and
-- a restart forgets nothing.
ALTER TABLE quell.budgets
    ADD COLUMN slow_seconds double precision,
    ADD COLUMN slow_next_at timestamptz,
    ADD COLUMN slow_until   timestamptz;
