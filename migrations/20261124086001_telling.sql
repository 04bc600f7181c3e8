-- Telling others. What happened is written down in the transaction in which it happens (`notifications` for whom a playbook names,
-- `news` for whom the configuration names), gathered into messages (`outbox`), and sent from there by any replica. Sending touches
-- nothing of what happened, so that a receiver that is away holds nothing up.

-- One row for each message. What goes to the same receiver about the same kind and playbook within a while is one message.
CREATE TABLE quell.outbox (
    -- Stays the same over all tries: by it a receiver knows a message that it has.
    id           uuid PRIMARY KEY,
    tenant_id    integer NOT NULL REFERENCES quell.tenants (id),
    -- The name in the configuration. Neither its address nor a secret of it is ever written here.
    receiver     text NOT NULL,
    kind         text NOT NULL CONSTRAINT outbox_kind CHECK (kind ~ '^[a-z]+(\.[a-z]+)?$'),
    playbook     text,
    -- gathering: further things may come in until it is due. waiting: for its next try. delivered and failed: over, until a person has it
    -- sent again.
    state        text NOT NULL CONSTRAINT outbox_state CHECK (state IN ('gathering', 'waiting', 'delivered', 'failed')),
    created_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    -- Given up when it cannot be delivered until then.
    until        timestamptz NOT NULL,
    -- How many things it tells, the first of them, and in a digest how many of each kind and playbook.
    things       integer NOT NULL CONSTRAINT outbox_tells_something CHECK (things > 0),
    items        jsonb NOT NULL,
    counts       jsonb NOT NULL DEFAULT '{}',
    -- Also the epoch of a try: what a try that was given up says later changes nothing.
    tries        integer NOT NULL DEFAULT 0,
    last_error   text,
    failing_since timestamptz,
    ended_at     timestamptz,
    resent_at    timestamptz,
    resent_by    text,
    resent_reason text,
    CONSTRAINT what_is_over_has_a_time CHECK ((state IN ('delivered', 'failed')) = (ended_at IS NOT NULL)),
    CONSTRAINT resent_by_somebody_for_a_reason
        CHECK ((resent_at IS NULL) = (resent_by IS NULL) AND (resent_at IS NULL) = (resent_reason IS NULL))
);
CREATE UNIQUE INDEX one_message_is_gathered ON quell.outbox (tenant_id, receiver, kind, coalesce(playbook, '')) WHERE state = 'gathering';
CREATE INDEX outbox_due ON quell.outbox (receiver, due_at) WHERE state IN ('gathering', 'waiting');
CREATE INDEX outbox_by_time ON quell.outbox (tenant_id, id DESC);
CREATE INDEX outbox_of_late ON quell.outbox (tenant_id, receiver, created_at);
CREATE INDEX outbox_failing ON quell.outbox (tenant_id, receiver) WHERE failing_since IS NOT NULL;
CREATE INDEX outbox_over ON quell.outbox (ended_at) WHERE ended_at IS NOT NULL;

-- Of what anybody wants to be told, by the configuration of the daemon that started last. Nothing is written for nobody.
CREATE TABLE quell.news_wanted (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    topic     text NOT NULL
        CONSTRAINT news_topic CHECK (topic IN ('acted', 'asked', 'failed', 'released', 'alarms', 'stops', 'decisions', 'actions')),
    PRIMARY KEY (tenant_id, topic)
);

-- What has happened and is in no message yet; deleted with the transaction that puts it into one.
CREATE TABLE quell.news (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id integer NOT NULL,
    topic     text NOT NULL,
    at        timestamptz NOT NULL DEFAULT quell.now(),
    -- The containment, action, stop, or event.
    subject   uuid,
    device_id text,
    -- The state of an action, the kind of a decision or an alarm, whether a stop begins or ends.
    happened  text NOT NULL,
    reason    text NOT NULL
);
CREATE INDEX news_in_order ON quell.news (tenant_id, id);

-- What playbooks have told so far was told to nobody, and is too old to be told now.
ALTER TABLE quell.notifications ADD COLUMN taken_at timestamptz, ADD COLUMN message_id uuid;
UPDATE quell.notifications SET taken_at = created_at WHERE delivered_at IS NULL;
CREATE INDEX notifications_to_take ON quell.notifications (tenant_id, id) WHERE taken_at IS NULL;
CREATE INDEX notifications_of_a_message ON quell.notifications (message_id) WHERE message_id IS NOT NULL;

CREATE FUNCTION quell.tell(its_tenant integer, its_topic text, its_subject uuid, its_device text, it_happened text, its_reason text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM quell.news_wanted w WHERE w.tenant_id = its_tenant AND w.topic = its_topic) THEN
        INSERT INTO quell.news (tenant_id, topic, subject, device_id, happened, reason)
        VALUES (its_tenant, its_topic, its_subject, its_device, it_happened, its_reason);
    END IF;
END $$;

-- Triggers with the rights of the schema's owner: whoever only delivers events writes decisions, and is to see nothing of this. Nobody can
-- call them, nor the function above, so that nobody makes news up.
REVOKE ALL ON FUNCTION quell.tell(integer, text, uuid, text, text, text) FROM PUBLIC;
CREATE FUNCTION quell.tell_containment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- The same words, in the same order, as those that a playbook's `notify` goes by.
    happened text := CASE
        WHEN TG_OP = 'INSERT' OR OLD.state <> NEW.state THEN
            CASE NEW.state WHEN 'asked' THEN 'asked' WHEN 'active' THEN 'acted' WHEN 'ended' THEN 'released' END
        WHEN OLD.attention IS NULL AND NEW.attention IS NOT NULL THEN 'failed' END;
BEGIN
    IF happened IS NOT NULL THEN
        PERFORM quell.tell(NEW.tenant_id, happened, NEW.id, NEW.device_id, happened,
                           CASE happened WHEN 'failed' THEN NEW.attention ELSE NEW.state_reason END);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_containment AFTER INSERT OR UPDATE OF state, attention ON quell.containments
    FOR EACH ROW WHEN (NEW.mode = 'enforce') EXECUTE FUNCTION quell.tell_containment();

CREATE FUNCTION quell.tell_action() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM quell.tell(NEW.tenant_id, 'actions', NEW.id, NEW.device_id, NEW.state, NEW.state_reason);
    RETURN NULL;
END $$;
-- What leaves, and how it ends. An action that is found at Defender begins as submitted.
CREATE TRIGGER tell_action AFTER UPDATE OF state ON quell.actions
    FOR EACH ROW WHEN (OLD.state <> NEW.state AND NEW.state NOT IN ('queued', 'submitting')) EXECUTE FUNCTION quell.tell_action();
CREATE TRIGGER tell_found_action AFTER INSERT ON quell.actions
    FOR EACH ROW WHEN (NEW.state <> 'queued') EXECUTE FUNCTION quell.tell_action();

CREATE FUNCTION quell.tell_alarm() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM quell.tell(NEW.tenant_id, 'alarms', NEW.action_id, NEW.device_id, NEW.kind, NEW.told);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_alarm AFTER INSERT ON quell.alarms FOR EACH ROW EXECUTE FUNCTION quell.tell_alarm();

CREATE FUNCTION quell.tell_stop() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM quell.tell(NEW.tenant_id, 'stops', NEW.id, NULL, 'begun', NEW.reason);
    ELSIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN
        PERFORM quell.tell(NEW.tenant_id, 'stops', NEW.id, NULL, 'ended', NEW.end_reason);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_stop AFTER INSERT OR UPDATE OF ended_at ON quell.stops FOR EACH ROW EXECUTE FUNCTION quell.tell_stop();

CREATE FUNCTION quell.tell_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM quell.tell(NEW.tenant_id, 'decisions', NEW.event_id, NEW.device_id, NEW.kind, NEW.reason);
    RETURN NULL;
END $$;
-- What is skipped, and that is nearly everything, is no news; it stands in the decisions.
CREATE TRIGGER tell_decision AFTER INSERT ON quell.decisions
    FOR EACH ROW WHEN (NEW.kind <> 'skip') EXECUTE FUNCTION quell.tell_decision();

-- Messages that are over are deleted after a while, as the retention says, and what playbooks told with them.
CREATE FUNCTION quell.outbox_prune(before timestamptz, most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old uuid[];
BEGIN
    IF before > quell.now() - interval '7 days' THEN
        RAISE EXCEPTION 'nothing younger than seven days is deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    old := ARRAY(SELECT o.id FROM quell.outbox o WHERE o.ended_at < before LIMIT most);
    DELETE FROM quell.notifications WHERE message_id = ANY(old);
    DELETE FROM quell.outbox WHERE id = ANY(old);
    RETURN cardinality(old);
END $$;
REVOKE ALL ON FUNCTION quell.outbox_prune(timestamptz, bigint) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_app') THEN
        GRANT SELECT, INSERT, UPDATE ON quell.outbox TO quell_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON quell.news, quell.news_wanted TO quell_app;
        GRANT EXECUTE ON FUNCTION quell.outbox_prune(timestamptz, bigint) TO quell_app;
    END IF;
END $$;
