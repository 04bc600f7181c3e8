-- A release of a selection: many containments ended by one word of an operator. The list is frozen when the run begins, and is
-- worked off in batches, each a transaction of its own, by whoever is there: the command, or any daemon after it was killed.
CREATE TABLE quell.release_runs (
    id          uuid PRIMARY KEY,
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    state       text NOT NULL CONSTRAINT release_run_state CHECK (state IN ('running', 'done')),
    -- What was selected, in the words of the command.
    selection   jsonb NOT NULL,
    by          text NOT NULL,
    reason      text NOT NULL,
    begun_at    timestamptz NOT NULL DEFAULT quell.now(),
    done_at     timestamptz,
    CONSTRAINT done_has_a_time CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX release_runs_running ON quell.release_runs (tenant_id, id) WHERE state = 'running';

CREATE TABLE quell.release_run_items (
    run_id         uuid NOT NULL REFERENCES quell.release_runs (id),
    containment_id uuid NOT NULL REFERENCES quell.containments (id),
    device_id      text NOT NULL,
    -- waiting: not looked at yet. ended, declined: by this run. left: it was over already, or could not be ended; `why` says.
    state          text NOT NULL DEFAULT 'waiting'
        CONSTRAINT release_run_item_state CHECK (state IN ('waiting', 'ended', 'declined', 'left')),
    tries          smallint NOT NULL DEFAULT 0,
    why            text,
    PRIMARY KEY (run_id, containment_id)
);
CREATE INDEX release_run_items_waiting ON quell.release_run_items (run_id, device_id) WHERE state = 'waiting';
