-- What a delivery by webhook was answered, by the id that its sender gave it (`webhook-id`, `Idempotency-Key`). A sender that got no
-- answer sends the same again, and so does whoever recorded it; both hear the first answer, and nothing is stored twice. The row
-- is written in the transaction that stores the events: there is never one without the other. Kept for a day, then pruned; the
-- keys of events hold for longer.
CREATE TABLE quell.webhook_deliveries (
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    source      text NOT NULL,
    id          text NOT NULL CONSTRAINT delivery_id_is_bounded CHECK (octet_length(id) BETWEEN 1 AND 255),
    -- sha256 of the raw body: another body under the same id is another delivery, and refused.
    body_hash   bytea NOT NULL CONSTRAINT delivery_hash CHECK (octet_length(body_hash) = 32),
    status      smallint NOT NULL CONSTRAINT delivery_status CHECK (status BETWEEN 200 AND 499),
    -- The first answer, as it was sent.
    answer      text NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, source, id)
);
-- For pruning.
CREATE INDEX webhook_deliveries_by_time ON quell.webhook_deliveries (answered_at);
