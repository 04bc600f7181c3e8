-- The processes that decide for a tenant. One that ends properly takes its row away; whoever starts and finds another's takes care:
-- an event may have killed it. `inbox.failures` tells how often a row was tried alone and
-- whoever tried it did not come back.
CREATE TABLE quell.deciders (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    process   uuid NOT NULL,
    since     timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (tenant_id, process)
);
