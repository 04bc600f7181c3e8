-- What operators page through, each with an index of its own, so that a look never reads a table from end to end beside the daemon's work.
-- All of these tables get few rows a second, or the index takes few of them: decisions that skip, which are most, are not in theirs.
CREATE INDEX actions_by_time ON quell.actions (tenant_id, queued_at DESC, id DESC);
CREATE INDEX actions_never_sent ON quell.actions (tenant_id, final_at) WHERE state IN ('withdrawn', 'expired');
CREATE INDEX actions_contained ON quell.actions (tenant_id, final_at) WHERE kind IN ('restrict', 'isolate') AND state = 'succeeded';
CREATE INDEX alarms_by_device ON quell.alarms (tenant_id, device_id, at DESC) WHERE device_id IS NOT NULL;
CREATE INDEX containments_by_time ON quell.containments (tenant_id, created_at);
CREATE INDEX containments_open ON quell.containments (tenant_id, device_id) WHERE mode = 'enforce' AND state IN ('asked', 'active');
CREATE INDEX decisions_not_skipped ON quell.decisions (tenant_id, decided_at) WHERE kind <> 'skip';
CREATE INDEX devices_by_id ON quell.devices (tenant_id, (lower(device_id) COLLATE "C"));
