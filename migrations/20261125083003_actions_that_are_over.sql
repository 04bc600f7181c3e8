-- What ended since the tallies were added up. An action gets its entry once, when it ends; nothing of an event's way writes here. Alone in
-- its migration, as the next: while an index is built writers of its table wait, and whoever holds another of these tables is not waited for.
CREATE INDEX actions_over ON quell.actions (tenant_id, final_at, state) WHERE final_at IS NOT NULL;
