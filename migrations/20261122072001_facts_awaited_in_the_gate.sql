-- A queued restrict whose device's facts have grown too old is not called under protections that nobody can judge: it waits
-- for fresh ones. Since when, so that a person is told when that takes too long.
ALTER TABLE quell.actions ADD COLUMN facts_awaited_at timestamptz;
