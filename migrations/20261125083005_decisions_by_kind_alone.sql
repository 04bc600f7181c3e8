-- `decisions_by_kind` has taken its place. Alone in its migration: a drop that gives way throws no built index away.
DROP INDEX quell.decisions_not_skipped;
