-- Decisions of one kind, the newest first: where there are few of a kind, all others were looked through for them. The index takes the
-- place of the one over all that are no skips, whose order the reader makes of the four kinds: so a decision writes no more than before.
CREATE INDEX decisions_by_kind ON quell.decisions (tenant_id, kind, decided_at) WHERE kind <> 'skip';
