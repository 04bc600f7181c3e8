-- `quell plan` reads the decisions of a period in the order in which they were made, page by page. Rows are added at the
-- end of this index only, so it costs a decision little.
CREATE INDEX decisions_by_time ON quell.decisions (tenant_id, decided_at);
