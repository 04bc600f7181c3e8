-- A source may name a device by Entra's id or by its DNS name, and the inventory tells which device that is. Both stand in its facts;
-- columns made of them can be looked for, and change only when they do. A device that the inventory had before this migration has
-- its DNS name at once, and its Entra id after the next reading.
ALTER TABLE quell.devices
    ADD COLUMN entra_id text GENERATED ALWAYS AS (lower(facts -> 'entra_id' ->> 'is')) STORED,
    ADD COLUMN dns_name text GENERATED ALWAYS AS (lower(facts -> 'name' ->> 'is')) STORED,
    -- live: onboarded, not merged into another, not inactive; gone: one of these does not hold; unclear: the inventory does not say.
    ADD COLUMN standing text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN is_unknown_to_defender OR facts -> 'merged_into' ->> 'is' IS NOT NULL
                  OR lower(facts -> 'onboarding' ->> 'is') <> 'onboarded' OR lower(facts -> 'health' ->> 'is') = 'inactive' THEN 'gone'
             WHEN lower(facts -> 'onboarding' ->> 'is') = 'onboarded' AND facts ->> 'merged_into' = 'absent'
                  AND facts -> 'health' ->> 'is' IS NOT NULL THEN 'live'
             ELSE 'unclear' END) STORED;
CREATE INDEX devices_by_entra_id ON quell.devices (tenant_id, entra_id) WHERE entra_id IS NOT NULL;
-- By the first part: a bare name must not be taken for a longer one that begins with it.
CREATE INDEX devices_by_dns_name ON quell.devices (tenant_id, split_part(dns_name, '.', 1)) WHERE dns_name IS NOT NULL;
