-- As for actions: a containment gets its entry once, when it ends.
CREATE INDEX containments_over ON quell.containments (tenant_id, ended_at, mode) WHERE ended_at IS NOT NULL;
