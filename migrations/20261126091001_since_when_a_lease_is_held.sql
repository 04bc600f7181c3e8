-- Since when the lease is held without a break. What did not happen in the last minutes says something only of a replica that could have
-- done it all the while: after Postgres was away the same replica takes its lease anew, and has had no time yet.
-- Null: taken by the version before.
ALTER TABLE quell.leases ADD COLUMN taken_at timestamptz;
