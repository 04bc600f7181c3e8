-- Each row of the audit says what changed beside the state, and under which revision. In `before` and `after` stands what
-- changed; what is missing there was, or is, null. What a person must be able to follow gets a row also where no state
-- changes: then `from_state` is `to_state`, and it is a change of terms.

-- Two functions in place of one: the fields of the one table are not those of the other.
DROP TRIGGER record_transition ON quell.actions;
DROP TRIGGER record_transition ON quell.containments;
DROP FUNCTION quell.record_transition();

CREATE FUNCTION quell.record_action() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_state text;
    was jsonb;
    became jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        became := jsonb_strip_nulls(jsonb_build_object('kind', NEW.kind, 'lane', NEW.lane, 'containment', NEW.containment_id,
            'playbook', NEW.playbook, 'wanted_by', NEW.wanted_by, 'valid_until', NEW.valid_until,
            'defender_id', NEW.defender_id));
    ELSE
        before_state := OLD.state;
        IF before_state = NEW.state THEN
            RETURN NEW;
        END IF;
        was := nullif(jsonb_strip_nulls(jsonb_build_object(
            'attempts', CASE WHEN NEW.attempts <> OLD.attempts THEN OLD.attempts END,
            'defender_id', CASE WHEN NEW.defender_id IS DISTINCT FROM OLD.defender_id THEN OLD.defender_id END,
            'defender_status', CASE WHEN NEW.defender_status IS DISTINCT FROM OLD.defender_status THEN OLD.defender_status END,
            'adopted', CASE WHEN NEW.is_adopted <> OLD.is_adopted THEN OLD.is_adopted END,
            'error', CASE WHEN NEW.error IS DISTINCT FROM OLD.error THEN OLD.error END)), '{}');
        became := nullif(jsonb_strip_nulls(jsonb_build_object(
            'attempts', CASE WHEN NEW.attempts <> OLD.attempts THEN NEW.attempts END,
            'defender_id', CASE WHEN NEW.defender_id IS DISTINCT FROM OLD.defender_id THEN NEW.defender_id END,
            'defender_status', CASE WHEN NEW.defender_status IS DISTINCT FROM OLD.defender_status THEN NEW.defender_status END,
            'adopted', CASE WHEN NEW.is_adopted <> OLD.is_adopted THEN NEW.is_adopted END,
            'error', CASE WHEN NEW.error IS DISTINCT FROM OLD.error THEN NEW.error END)), '{}');
    END IF;
    IF NOT quell.action_may_become(coalesce(before_state, 'none'), NEW.state) THEN
        RAISE EXCEPTION 'action % may not go from % to %', NEW.id, before_state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (NEW.tenant_id, 'action', NEW.id, NEW.device_id, before_state, NEW.state, NEW.state_by, NEW.state_reason,
            NEW.revision, was, became);
    RETURN NEW;
END $$;
CREATE TRIGGER record_transition AFTER INSERT OR UPDATE OF state ON quell.actions
    FOR EACH ROW EXECUTE FUNCTION quell.record_action();

CREATE FUNCTION quell.record_containment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_state text;
    was jsonb;
    became jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        became := jsonb_strip_nulls(jsonb_build_object('mode', NEW.mode, 'lane', NEW.lane, 'playbook', NEW.playbook,
            'alert', nullif(NEW.alert_id, ''), 'event', NEW.event_id, 'until', NEW.until, 'ask_until', NEW.ask_until,
            'asked_for', NEW.ask_reason));
    ELSE
        before_state := OLD.state;
        IF before_state = NEW.state THEN
            RETURN NEW;
        END IF;
        was := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN OLD.until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN OLD.lane END,
            'revision', CASE WHEN NEW.revision IS DISTINCT FROM OLD.revision THEN OLD.revision END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN OLD.attention END)), '{}');
        became := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN NEW.until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN NEW.lane END,
            'revision', CASE WHEN NEW.revision IS DISTINCT FROM OLD.revision THEN NEW.revision END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN NEW.attention END,
            'end_reason', NEW.end_reason,
            'false_positive', CASE WHEN NEW.false_positive THEN true END)), '{}');
    END IF;
    IF NOT quell.containment_may_become(coalesce(before_state, 'none'), NEW.state) THEN
        RAISE EXCEPTION 'containment % may not go from % to %', NEW.id, before_state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (NEW.tenant_id, 'containment', NEW.id, NEW.device_id, before_state, NEW.state, NEW.state_by, NEW.state_reason,
            NEW.revision, was, became);
    RETURN NEW;
END $$;
CREATE TRIGGER record_transition AFTER INSERT OR UPDATE OF state ON quell.containments
    FOR EACH ROW EXECUTE FUNCTION quell.record_containment();

-- Who changes the terms of a containment whose state stays, and why: written with the change, taken into the audit by the
-- trigger, and never kept, so that the next change is not told as his.
ALTER TABLE quell.containments
    ADD COLUMN change_by text,
    ADD COLUMN change_reason text,
    ADD CONSTRAINT a_change_is_told_once CHECK (change_by IS NULL AND change_reason IS NULL);

CREATE FUNCTION quell.record_terms() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb;
    became jsonb;
BEGIN
    IF NEW.state = OLD.state THEN
        was := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN OLD.until END,
            'release_after', CASE WHEN NEW.release_after IS DISTINCT FROM OLD.release_after THEN OLD.release_after END,
            'ask_until', CASE WHEN NEW.ask_until IS DISTINCT FROM OLD.ask_until THEN OLD.ask_until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN OLD.lane END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN OLD.attention END,
            'false_positive', CASE WHEN NEW.false_positive <> OLD.false_positive THEN OLD.false_positive END)), '{}');
        became := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN NEW.until END,
            'release_after', CASE WHEN NEW.release_after IS DISTINCT FROM OLD.release_after THEN NEW.release_after END,
            'ask_until', CASE WHEN NEW.ask_until IS DISTINCT FROM OLD.ask_until THEN NEW.ask_until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN NEW.lane END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN NEW.attention END,
            'false_positive', CASE WHEN NEW.false_positive <> OLD.false_positive THEN NEW.false_positive END)), '{}');
        IF was IS NOT NULL OR became IS NOT NULL THEN
            INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
            VALUES (NEW.tenant_id, 'containment', NEW.id, NEW.device_id, OLD.state, NEW.state,
                    -- That it was a false positive is told with its end, by whoever ended it.
                    coalesce(NEW.change_by, CASE WHEN NEW.false_positive <> OLD.false_positive THEN NEW.state_by ELSE 'quell' END),
                    coalesce(NEW.change_reason, CASE
                        WHEN NEW.false_positive AND NOT OLD.false_positive THEN 'it was a false positive'
                        WHEN NEW.attention IS DISTINCT FROM OLD.attention AND NEW.attention IS NOT NULL THEN 'a person must look'
                        WHEN NEW.until IS DISTINCT FROM OLD.until THEN 'its time changed'
                        ELSE 'its terms changed' END),
                    NEW.revision, was, became);
        END IF;
    END IF;
    NEW.change_by := NULL;
    NEW.change_reason := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER record_terms BEFORE UPDATE ON quell.containments FOR EACH ROW
    WHEN (NEW.change_by IS NOT NULL OR NEW.change_reason IS NOT NULL
          OR (NEW.state = OLD.state
              AND (NEW.until, NEW.release_after, NEW.ask_until, NEW.lane, NEW.attention, NEW.false_positive)
                  IS DISTINCT FROM (OLD.until, OLD.release_after, OLD.ask_until, OLD.lane, OLD.attention, OLD.false_positive)))
    EXECUTE FUNCTION quell.record_terms();

-- The id in the audit of what has a key that is no uuid.
CREATE FUNCTION quell.audit_id(entity text, key text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT md5(entity || ':' || key)::uuid
$$;

-- A change of state of what keeps no state of its own: it begins where the last row of the audit ended.
CREATE FUNCTION quell.note_next(
    tenant integer, its_entity text, key text, device text, state text, who text, why text,
    its_revision text DEFAULT NULL, was jsonb DEFAULT NULL, became jsonb DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (tenant, its_entity, quell.audit_id(its_entity, key), device,
            (SELECT t.to_state FROM quell.transitions t WHERE t.entity_id = quell.audit_id(its_entity, key) ORDER BY t.id DESC LIMIT 1),
            state, who, why, its_revision, was, became)
$$;

-- The set in force, one entity a tenant; its state is the set's hash.
CREATE FUNCTION quell.record_activation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'playbook_set', NEW.tenant_id::text, NULL, NEW.set_hash,
        coalesce(NEW.activated_by, 'quell'), coalesce(NEW.reason, 'not told'), NULL,
        CASE WHEN NEW.version > 1 THEN jsonb_build_object('version', NEW.version - 1) END,
        jsonb_build_object('version', NEW.version));
    RETURN NEW;
END $$;
CREATE TRIGGER record_activation AFTER INSERT ON quell.set_activations
    FOR EACH ROW EXECUTE FUNCTION quell.record_activation();

-- A revision that may not act any more, and one that may again.
CREATE FUNCTION quell.record_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'playbook_revision', concat_ws(':', NEW.tenant_id, NEW.playbook, NEW.revision), NULL,
        CASE WHEN NEW.revoked_at IS NULL THEN 'usable' ELSE 'revoked' END, coalesce(NEW.revoked_by, 'quell'),
        coalesce(NEW.revoked_reason, 'not told'), NEW.revision, NULL, jsonb_build_object('playbook', NEW.playbook));
    RETURN NEW;
END $$;
CREATE TRIGGER record_revocation AFTER UPDATE ON quell.playbook_revisions
    FOR EACH ROW WHEN (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) EXECUTE FUNCTION quell.record_revocation();

-- A playbook that fell back from its canary.
CREATE FUNCTION quell.record_fallback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'canary', concat_ws(':', NEW.tenant_id, NEW.playbook, NEW.revision), NULL,
        'fallen_back', 'decide', NEW.reason, NEW.revision, NULL, jsonb_build_object('playbook', NEW.playbook));
    RETURN NEW;
END $$;
CREATE TRIGGER record_fallback AFTER INSERT ON quell.canary_fallbacks
    FOR EACH ROW EXECUTE FUNCTION quell.record_fallback();

-- What a person was told of.
CREATE FUNCTION quell.record_alarm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'alarm', NEW.id::text, NEW.device_id, 'raised', 'quell', NEW.told, NULL, NULL,
        jsonb_strip_nulls(jsonb_build_object('kind', NEW.kind, 'subject', NEW.subject, 'action', NEW.action_id)));
    RETURN NEW;
END $$;
CREATE TRIGGER record_alarm AFTER INSERT ON quell.alarms FOR EACH ROW EXECUTE FUNCTION quell.record_alarm();

-- A kind is a plain word; which there are, the program says. Each new one was a change of this constraint.
ALTER TABLE quell.alarms
    DROP CONSTRAINT alarm_kind,
    ADD CONSTRAINT alarm_kind CHECK (kind ~ '^[a-z][a-z_]{1,40}$');
