-- While a stop is in force nobody can say yes, so no question runs out: it may still be rejected. An approval beyond its time
-- stays refused, stop or none.
CREATE OR REPLACE FUNCTION quell.answer_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its record;
BEGIN
    SELECT tenant_id, state, ask_until, begun_by INTO its FROM quell.containments WHERE id = NEW.containment_id;
    IF its.state <> 'asked' OR (its.ask_until <= quell.now()
        AND (NEW.answer = 'approved' OR quell.stop_in_force(its.tenant_id) IS NULL)) THEN
        RAISE EXCEPTION 'containment % is not asked any more', NEW.containment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_is_in_time';
    END IF;
    IF NEW.answer = 'approved' AND lower(its.begun_by) = lower(NEW.person) THEN
        RAISE EXCEPTION '% began containment % and may not approve it', NEW.person, NEW.containment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
    END IF;
    RETURN NEW;
END $$;
