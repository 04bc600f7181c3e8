-- A playbook that is still in its canary falls back to observe by itself: when one of its limits is hit, or two of its
-- containments end as false positives. The row holds for that revision; a changed one starts anew.
CREATE TABLE quell.canary_fallbacks (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    playbook  text NOT NULL,
    revision  text NOT NULL,
    reason    text NOT NULL
        CONSTRAINT fallback_reason CHECK (reason ~ '^canary[.](limits\[[0-9]+\]|false_positives)$'),
    since     timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (tenant_id, playbook, revision)
);

ALTER TABLE quell.containments
    -- It began while its playbook had a canary.
    ADD COLUMN is_canary boolean NOT NULL DEFAULT false,
    -- It ended by an event whose alert is classified as a false positive, or by an operator who said so.
    ADD COLUMN false_positive boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT false_positive_is_over CHECK (NOT false_positive OR state = 'ended');
CREATE INDEX containments_false_in_canary ON quell.containments (tenant_id, playbook, revision)
    WHERE is_canary AND false_positive;

-- A revision that may not act any more, whatever set it is in.
ALTER TABLE quell.playbook_revisions
    ADD COLUMN revoked_at timestamptz,
    ADD COLUMN revoked_by text,
    ADD COLUMN revoked_reason text,
    ADD CONSTRAINT revoked_by_someone_for_a_reason
        CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_reason IS NULL));
