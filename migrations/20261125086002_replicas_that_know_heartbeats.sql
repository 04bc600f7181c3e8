-- A replica of before heartbeats takes the row of one for an event that is gone, and makes a dead letter of it each time. So none is sent
-- while such a replica lives. Whatever knows them says so; an older version writes its row without this column.
ALTER TABLE quell.replicas ADD COLUMN knows_heartbeats boolean NOT NULL DEFAULT false;
