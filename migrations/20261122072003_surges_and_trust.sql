-- What drove a containment (`source:http`, `user:contoso\anna`, `title:…`, `administrators`), as far as that is bounded: counted
-- with the limits, so that nobody can make quell take away many machines by making alerts.
ALTER TABLE quell.containments ADD COLUMN drivers text[] NOT NULL DEFAULT '{}';

-- What the source of an event may do, as it was configured, and as it behaved, when the event came.
ALTER TABLE quell.events
    ADD COLUMN trust text NOT NULL DEFAULT 'act'
        CONSTRAINT event_trust CHECK (trust IN ('act', 'ask_rate', 'ask', 'observe'));
