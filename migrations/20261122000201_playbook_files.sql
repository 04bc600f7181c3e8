-- Who put the active set in force: the files of a replica, or an operator by hand. A restart must not undo what a person
-- decided, so a replica that starts has to know.
ALTER TABLE quell.active_sets
    ADD COLUMN origin text NOT NULL DEFAULT 'files' CONSTRAINT set_origin CHECK (origin IN ('files', 'operator'));

-- The playbook files of each replica (host and directory). Replicas with different files would overrule one another for
-- ever if each proposed its own again and again; with this row a replica proposes only when its files have changed, over
-- restarts too. And it is where `quell status` learns of files that cannot be used, or that are not what is in force.
CREATE TABLE quell.playbook_files (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    replica   text NOT NULL,
    -- The set of its last good files; null: none was good yet.
    set_hash  text,
    set_since timestamptz,
    -- The last set that it proposed, found in force, or left alone: only another one is news.
    settled_hash text,
    -- Why its files differ from the active set, when they do.
    remark    text,
    -- A heartbeat, and whether it said goodbye.
    seen_at   timestamptz NOT NULL DEFAULT quell.now(),
    is_gone   boolean NOT NULL DEFAULT false,
    -- Since when its files cannot be used, and why; both null again after the next good look.
    failed_at timestamptz,
    failure   text,
    PRIMARY KEY (tenant_id, replica),
    CONSTRAINT set_has_its_time CHECK ((set_hash IS NULL) = (set_since IS NULL)),
    CONSTRAINT failure_has_its_time CHECK ((failed_at IS NULL) = (failure IS NULL))
);
