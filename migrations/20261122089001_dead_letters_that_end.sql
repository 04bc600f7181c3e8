-- What became of a dead letter: a person had it read again, or said that nothing is to come of it. A row of its own, so that what
-- was refused stays as it was; at most one, so that nothing is read twice.
CREATE TABLE quell.dead_letter_ends (
    letter_id uuid PRIMARY KEY REFERENCES quell.dead_letters (id),
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    ended_at  timestamptz NOT NULL DEFAULT quell.now(),
    ended_as  text NOT NULL CONSTRAINT dead_letter_end CHECK (ended_as IN ('retried', 'dropped')),
    by        text NOT NULL,
    reason    text NOT NULL,
    -- The event that it became, when it was read again.
    event_id  uuid,
    CONSTRAINT what_was_retried_became_an_event CHECK ((ended_as = 'retried') = (event_id IS NOT NULL))
);
CREATE INDEX dead_letters_of_an_event ON quell.dead_letters (event_id) WHERE event_id IS NOT NULL;
