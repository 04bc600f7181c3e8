-- Who acts by the API or the console is known in other ways than by a name that was typed. Each row of the audit that such a
-- transaction writes, whichever trigger or function writes it, says beside the name which way it came and how the person was
-- known: {"actor": {"via": "api", "proven": "token"}} in what it says of the change. Rows of before stay as they are.
CREATE FUNCTION quell.note_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.after := coalesce(NEW.after, '{}') || jsonb_build_object('actor', current_setting('quell.actor')::jsonb);
    RETURN NEW;
END $$;
CREATE TRIGGER note_actor BEFORE INSERT ON quell.transitions FOR EACH ROW
    WHEN (nullif(current_setting('quell.actor', true), '') IS NOT NULL) EXECUTE FUNCTION quell.note_actor();

-- The console has a stop switch too.
ALTER TABLE quell.stops
    DROP CONSTRAINT stop_via,
    ADD CONSTRAINT stop_via CHECK (via IN ('cli', 'api', 'console', 'file'));
