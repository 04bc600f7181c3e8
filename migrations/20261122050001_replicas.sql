-- The replicas that could dispatch for a tenant: what lets the tenants of one installation spread over them. One row a
-- tenant and replica, because replicas need not have the same tenants in their configuration. Only an optimisation, as the
-- lease is: who calls is decided by the lease's row, and what may be called by the gate.
CREATE TABLE quell.replicas (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    replica   uuid NOT NULL,
    host      text NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (tenant_id, replica)
);

-- Before this, each tenant's loops had a holder of their own; from now on it is the replica's own id.
CREATE INDEX leases_of_a_holder ON quell.leases (holder);
