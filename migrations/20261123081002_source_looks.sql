-- What each replica says of the sources of events that it reads, every few seconds: so that `quell status` can tell which source
-- is in trouble, and since when. Only shown; nothing is decided by it.
CREATE TABLE quell.source_looks (
    tenant_id     integer NOT NULL REFERENCES quell.tenants (id),
    source        text NOT NULL,
    replica       uuid NOT NULL,
    host          text NOT NULL,
    kind          text NOT NULL,
    looked_at     timestamptz NOT NULL DEFAULT quell.now(),
    last_event_at timestamptz,
    trouble       text,
    trouble_since timestamptz,
    behind        bigint,
    PRIMARY KEY (tenant_id, source, replica)
);
