-- Which set was in force from when on: a decision names the version it was made under, and must lead to its playbooks for
-- ever. `active_sets` knows only the current one.
CREATE TABLE quell.set_activations (
    tenant_id    integer NOT NULL REFERENCES quell.tenants (id),
    version      bigint NOT NULL,
    set_hash     text NOT NULL,
    activated_at timestamptz NOT NULL DEFAULT quell.now(),
    -- Who activated it and why; null: it was activated before this was recorded.
    activated_by text,
    reason       text,
    PRIMARY KEY (tenant_id, version)
);
INSERT INTO quell.set_activations (tenant_id, version, set_hash, activated_at)
SELECT tenant_id, version, set_hash, activated_at FROM quell.active_sets;
