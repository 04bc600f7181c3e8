-- How far each source of events has been read. A source is read in parts (the partitions of a topic, one watermark); a part is
-- leased to one replica, and its position moves only in the transaction that stores what was read, under the lease's epoch. So
-- what a broker delivers enters the inbox exactly once, whoever dies when.
CREATE TABLE quell.source_parts (
    tenant_id  integer NOT NULL REFERENCES quell.tenants (id),
    source     text NOT NULL,
    part       text NOT NULL,
    -- Only the source understands it. NULL: nothing of the part was ever stored.
    position   text,
    moved_at   timestamptz,
    epoch      bigint NOT NULL CONSTRAINT source_part_epoch CHECK (epoch > 0),
    holder     uuid,
    held_until timestamptz,
    PRIMARY KEY (tenant_id, source, part),
    CONSTRAINT source_part_is_held_for_a_span CHECK ((holder IS NULL) = (held_until IS NULL))
);
