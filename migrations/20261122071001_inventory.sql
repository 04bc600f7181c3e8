-- The inventory is read as a whole, page by page, as often as the configuration says. What was read so far is kept, so that
-- a crash costs one page; what a complete reading counted is kept, because limits are parts of it.
CREATE TABLE quell.inventory_sweeps (
    id          uuid PRIMARY KEY,
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    begun_at    timestamptz NOT NULL,
    -- When the last page was stored: a page further on is good for a while only.
    read_at     timestamptz NOT NULL,
    -- The query of the page to read next, on our own resource; none: the first.
    next_page   text,
    pages       integer NOT NULL DEFAULT 0 CONSTRAINT inventory_pages CHECK (pages >= 0),
    -- Entries received so far, of which the next page's place follows where Defender gives no link.
    received    bigint NOT NULL DEFAULT 0,
    -- Distinct devices stored, and entries that could not be: without an id, or with one that must not be called.
    devices     bigint NOT NULL DEFAULT 0,
    refused     bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    -- complete: every page was read. abandoned: it could not be, or not in time.
    outcome     text CONSTRAINT inventory_outcome CHECK (outcome IN ('complete', 'abandoned')),
    reason      text,
    -- Of a complete one: the devices that limits count. Onboarded, and not merged into another.
    fleet       bigint CONSTRAINT inventory_fleet CHECK (fleet >= 0),
    CONSTRAINT a_finished_sweep_has_an_outcome CHECK ((finished_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT a_complete_sweep_has_counted CHECK ((fleet IS NOT NULL) = (outcome IS NOT DISTINCT FROM 'complete'))
);
CREATE UNIQUE INDEX one_open_sweep_per_tenant ON quell.inventory_sweeps (tenant_id) WHERE finished_at IS NULL;
CREATE INDEX inventory_sweeps_by_time ON quell.inventory_sweeps (tenant_id, begun_at DESC);

-- The same counts for each device group of the last complete sweep; its name in lower case without outer blanks.
CREATE TABLE quell.inventory_groups (
    sweep_id   uuid NOT NULL REFERENCES quell.inventory_sweeps (id) ON DELETE CASCADE,
    group_name text NOT NULL,
    devices    bigint NOT NULL CONSTRAINT inventory_group_devices CHECK (devices >= 0),
    PRIMARY KEY (sweep_id, group_name)
);

-- The last sweep that listed the device. One that a sweep left out is not gone: only a 404 for its own id says so.
ALTER TABLE quell.devices ADD COLUMN seen_in uuid;
