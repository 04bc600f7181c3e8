-- What an answer to an ask is bound to. The alert, the device and the facts that were seen stand in the decision of the
-- containment's event and device; the revision stands on the containment.
ALTER TABLE quell.containments
    -- What an approval lifts, for this device alone: `ask`, `limits[0]`, `freshness`, `if_unknown.device.tags`. Null where
    -- it lifts nothing: a cap of the installation is lifted by an act of its own.
    ADD COLUMN ask_lifts text,
    -- The playbook's limits, every span as it holds in real time: counted again when an unanswered ask would act.
    ADD COLUMN limits jsonb;

-- The answers, one a person; the containment becomes active with the last approval that its terms want.
CREATE TABLE quell.approvals (
    containment_id uuid NOT NULL REFERENCES quell.containments (id),
    tenant_id      integer NOT NULL REFERENCES quell.tenants (id),
    person         text NOT NULL CONSTRAINT approval_has_a_person CHECK (person <> ''),
    answer         text NOT NULL CONSTRAINT approval_answer CHECK (answer IN ('approved', 'denied')),
    -- What was approved: the revision that the person reviewed, and what the answer lifts.
    revision       text,
    lifts          text,
    reason         text NOT NULL,
    answered_at    timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (containment_id, person),
    CONSTRAINT a_denial_lifts_nothing CHECK (answer = 'approved' OR lifts IS NULL)
);
