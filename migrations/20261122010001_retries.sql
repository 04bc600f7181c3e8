-- Repetitions are told from first calls, so that those which come to nothing can be held to a small part of the budget. An
-- action is a repetition when an earlier call for the same wish reached Defender and came to nothing; its attempts are then
-- marked, so the ledger alone shows how many there were.
ALTER TABLE quell.actions ADD COLUMN is_retry boolean NOT NULL DEFAULT false;
ALTER TABLE quell.attempts ADD COLUMN is_retry boolean NOT NULL DEFAULT false;
-- Counted by each look of the gate, over the longest window: the marked rows only.
CREATE INDEX attempts_repeated ON quell.attempts (tenant_id, app_id, slot_at) WHERE is_retry;
