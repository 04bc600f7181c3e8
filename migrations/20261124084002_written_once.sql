-- What a write of the API was answered, by the key that its sender gave it (Idempotency-Key): so that a request that is sent
-- again, because the answer was lost, gets the first answer and does nothing twice. The row is there before the write: as
-- `reserved`, under a token of whoever works on it. The transaction that has the effect makes it `done`, and fails when the
-- reservation is no longer its own: so the effect and this state are there together or not at all. The answer comes after.
CREATE TABLE quell.written_once (
    -- 0: the write is for every tenant.
    tenant_id   integer NOT NULL,
    -- Who: how they were known, and their name.
    identity    text NOT NULL,
    key         text NOT NULL CONSTRAINT written_once_key_is_short CHECK (octet_length(key) BETWEEN 1 AND 255),
    -- sha256 over method, path, what was expected to be there, and the body.
    fingerprint bytea NOT NULL CONSTRAINT written_once_fingerprint_is_a_sha256 CHECK (octet_length(fingerprint) = 32),
    -- Who holds the reservation.
    holder      uuid NOT NULL,
    state       text NOT NULL CONSTRAINT written_once_state CHECK (state IN ('reserved', 'done', 'answered')),
    reserved_at timestamptz NOT NULL DEFAULT quell.now(),
    status      smallint,
    answer      text,
    PRIMARY KEY (identity, tenant_id, key),
    CONSTRAINT written_once_answer_is_whole CHECK ((state = 'answered') = (status IS NOT NULL AND answer IS NOT NULL))
);
CREATE INDEX written_once_by_age ON quell.written_once (reserved_at);
