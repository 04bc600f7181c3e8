-- Events as they arrived, the keys that make a second delivery harmless, the inbox (the embedded queue), and what was
-- refused.
CREATE TABLE quell.events (
    id          uuid PRIMARY KEY,
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    source      text NOT NULL,
    format      text NOT NULL,
    alert_id    text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT quell.now(),
    -- The bytes as received.
    payload     bytea NOT NULL,
    -- The normalised event (`domain::alert::Event`), so that every decision can be explained later.
    normalised  jsonb NOT NULL
);
ALTER TABLE quell.events ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX events_by_alert ON quell.events (tenant_id, alert_id);

-- sha256 over alert id and content. It stands apart from the events so that they can be partitioned and pruned by day
-- while the key holds for the whole retention.
CREATE TABLE quell.event_keys (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    key       bytea NOT NULL CONSTRAINT event_key_is_a_sha256 CHECK (octet_length(key) = 32),
    event_id  uuid NOT NULL,
    PRIMARY KEY (tenant_id, key)
);

-- The first event of an alert for a device: tells new from updated.
CREATE TABLE quell.alert_devices (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    alert_id  text NOT NULL,
    device_id text NOT NULL,
    event_id  uuid NOT NULL,
    PRIMARY KEY (tenant_id, alert_id, device_id)
);

-- One row per (event, device), deleted with its decision. Rows of one device are decided in order: they share a shard,
-- and a claimer holds the advisory lock (tenant, shard) for its transaction.
CREATE TABLE quell.inbox (
    seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    event_id    uuid NOT NULL,
    device_id   text NOT NULL CONSTRAINT inbox_device_is_callable CHECK (device_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    event_kind  text NOT NULL CONSTRAINT inbox_event_kind CHECK (event_kind IN ('new', 'updated', 'resolved')),
    shard       smallint NOT NULL CONSTRAINT inbox_shard CHECK (shard BETWEEN 0 AND 63),
    enqueued_at timestamptz NOT NULL DEFAULT quell.now(),
    -- Set while the device's facts are being fetched; the row waits until then.
    wait_until  timestamptz,
    failures    smallint NOT NULL DEFAULT 0
);
CREATE INDEX inbox_in_order ON quell.inbox (tenant_id, shard, seq);
CREATE INDEX inbox_by_device ON quell.inbox (tenant_id, device_id, seq);

-- What was refused at intake, or could not be decided: nothing is dropped without a row.
CREATE TABLE quell.dead_letters (
    id          uuid PRIMARY KEY,
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    received_at timestamptz NOT NULL DEFAULT quell.now(),
    source      text NOT NULL,
    event_id    uuid,
    device_id   text,
    reason      text NOT NULL,
    payload     bytea NOT NULL CONSTRAINT dead_letter_is_capped CHECK (octet_length(payload) <= 65536)
);
CREATE INDEX dead_letters_by_time ON quell.dead_letters (tenant_id, received_at);
