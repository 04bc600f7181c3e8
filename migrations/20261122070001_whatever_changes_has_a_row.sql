-- Not only actions and containments change: stops, answers, lifted caps, extended terms do too, and an auditor reads them in
-- one place. So the audit takes any entity, a device where there is one, the revision that was in force, and what changed
-- beside the state.
ALTER TABLE quell.transitions
    DROP CONSTRAINT transition_entity,
    ADD CONSTRAINT transition_entity CHECK (entity ~ '^[a-z][a-z_]{1,30}$'),
    ALTER COLUMN device_id DROP NOT NULL,
    ADD COLUMN revision text,
    -- What changed beside the state, as far as it did: {"until": "2026-11-22T08:00:00Z"} in both.
    ADD COLUMN before jsonb,
    ADD COLUMN after jsonb;

-- Writes one row of the audit, in the transaction that makes the change. Actions and containments have a trigger that does so.
CREATE FUNCTION quell.note_change(
    tenant integer, entity text, entity_id uuid, device text, from_state text, to_state text,
    by text, reason text, revision text DEFAULT NULL, before jsonb DEFAULT NULL, after jsonb DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (tenant, entity, entity_id, device, from_state, to_state, by, reason, revision, before, after)
$$;
