-- A decision keeps what it was judged by, so that every playbook's lines can be weighed again later, those that plainly did
-- not match too. Millions of rows: what many of them share is stored once and referred to by its hash.

-- What decisions were judged by: the facts of a device (a fact that was absent is null, one that was unknown is left out;
-- `last_seen`, which changes every day, stands in the decision), or the installation's rules. A row that no decision
-- refers to any more may be deleted. No foreign key leads here: it would cost each decision a lookup and a lock.
CREATE TABLE quell.decision_inputs (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    -- The first 128 bits of the sha256 of the content.
    hash      uuid NOT NULL,
    content   jsonb NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);

-- Null in decisions made before this: those keep the facts they have in `facts`, and their rulings in the longer form.
ALTER TABLE quell.decisions
    ADD COLUMN event_kind text CONSTRAINT decision_event_kind CHECK (event_kind IN ('new', 'updated', 'resolved')),
    -- Null: no fresh facts of the device were at hand, all were unknown.
    ADD COLUMN facts_hash uuid,
    ADD COLUMN last_seen  timestamptz,
    -- What quell itself knew of the device, e.g. which playbooks restricted it; null: nothing.
    ADD COLUMN own_facts  jsonb,
    ADD COLUMN rules_hash uuid;
