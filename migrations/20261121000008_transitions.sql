-- Every change of state has one audit row, and the database itself refuses a change that the state machines do not
-- know. The tables of pairs are the ones of domain::action::next and domain::containment.
CREATE TABLE quell.transitions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id  integer NOT NULL,
    at         timestamptz NOT NULL DEFAULT quell.now(),
    entity     text NOT NULL CONSTRAINT transition_entity CHECK (entity IN ('action', 'containment')),
    entity_id  uuid NOT NULL,
    device_id  text NOT NULL,
    from_state text,
    to_state   text NOT NULL,
    by         text NOT NULL,
    reason     text NOT NULL
);
CREATE INDEX transitions_by_entity ON quell.transitions (entity_id, id);

-- A new row comes from 'none'.
CREATE FUNCTION quell.action_may_become(before_state text, after_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE before_state
        WHEN 'none' THEN after_state = 'queued'
        WHEN 'queued' THEN after_state IN ('submitting', 'withdrawn', 'expired')
        WHEN 'submitting' THEN after_state IN ('submitted', 'queued', 'failed', 'in_doubt')
        WHEN 'in_doubt' THEN after_state IN ('submitted', 'queued', 'failed')
        WHEN 'submitted' THEN after_state IN ('succeeded', 'failed', 'timed_out', 'cancelled')
        ELSE false END
$$;

CREATE FUNCTION quell.containment_may_become(before_state text, after_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE before_state
        WHEN 'none' THEN after_state IN ('asked', 'active')
        WHEN 'asked' THEN after_state IN ('active', 'declined', 'expired')
        WHEN 'active' THEN after_state = 'ended'
        ELSE false END
$$;

CREATE FUNCTION quell.record_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_state text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    allowed boolean;
BEGIN
    IF before_state IS NOT DISTINCT FROM NEW.state THEN
        RETURN NEW;
    END IF;
    allowed := CASE TG_ARGV[0]
        WHEN 'action' THEN quell.action_may_become(coalesce(before_state, 'none'), NEW.state)
        ELSE quell.containment_may_become(coalesce(before_state, 'none'), NEW.state) END;
    IF NOT allowed THEN
        RAISE EXCEPTION '% % may not go from % to %', TG_ARGV[0], NEW.id, before_state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason)
    VALUES (NEW.tenant_id, TG_ARGV[0], NEW.id, NEW.device_id, before_state, NEW.state, NEW.state_by, NEW.state_reason);
    RETURN NEW;
END $$;

CREATE TRIGGER record_transition AFTER INSERT OR UPDATE OF state ON quell.actions
    FOR EACH ROW EXECUTE FUNCTION quell.record_transition('action');
CREATE TRIGGER record_transition AFTER INSERT OR UPDATE OF state ON quell.containments
    FOR EACH ROW EXECUTE FUNCTION quell.record_transition('containment');
