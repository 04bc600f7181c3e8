-- Devices: the facts that Defender's inventory told, and the last known state of the restriction.
CREATE TABLE quell.devices (
    tenant_id         integer NOT NULL REFERENCES quell.tenants (id),
    device_id         text NOT NULL CONSTRAINT device_id_is_callable CHECK (device_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    facts             jsonb,
    facts_fetched_at  timestamptz,
    -- Defender answered 404: it does not know the device.
    is_unknown_to_defender boolean NOT NULL DEFAULT false,
    facts_wanted_at   timestamptz,
    facts_tried_at    timestamptz,
    facts_failures    smallint NOT NULL DEFAULT 0,
    restriction       text NOT NULL DEFAULT 'free'
        CONSTRAINT device_restriction CHECK (restriction IN ('free', 'restricted', 'restricted_by_other', 'unknown')),
    restriction_at    timestamptz,
    -- Somebody else restricted it, and nobody's release was seen since: then it is not ours to lift.
    is_restricted_by_others boolean NOT NULL DEFAULT false,
    -- Actions in a row that came to nothing: they set the delay before the next.
    failures          smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, device_id)
);
CREATE INDEX devices_wanting_facts ON quell.devices (tenant_id, facts_wanted_at) WHERE facts_wanted_at IS NOT NULL;
CREATE INDEX devices_not_free ON quell.devices (tenant_id) WHERE restriction <> 'free';
