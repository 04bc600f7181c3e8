-- An event that was put aside for its device is news to a clean scan too: nobody has judged it. Once a person has dropped it, it is
-- none any more; read again, it counts where the event that it became is.
CREATE INDEX dead_letters_of_a_device ON quell.dead_letters (tenant_id, device_id, received_at) WHERE event_id IS NOT NULL;

CREATE OR REPLACE VIEW quell.scanned AS
    SELECT c.tenant_id, c.id AS containment_id, c.device_id, c.activated_at, scan.begun_at, scan.final_at AS ended_at,
        -- An event that nobody decided yet is news too, and one that could not be decided.
        greatest((SELECT max(d.decided_at) FROM quell.decisions d WHERE d.tenant_id = c.tenant_id AND d.device_id = c.device_id
                    AND d.event_kind IS DISTINCT FROM 'resolved'),
                 (SELECT max(i.enqueued_at) FROM quell.inbox i WHERE i.tenant_id = c.tenant_id AND i.device_id = c.device_id
                    AND i.event_kind <> 'resolved'),
                 (SELECT max(l.received_at) FROM quell.dead_letters l WHERE l.tenant_id = c.tenant_id
                    AND l.device_id = c.device_id AND l.event_id IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM quell.dead_letter_ends x WHERE x.letter_id = l.id AND x.ended_as = 'dropped')))
            AS news_at
    FROM quell.containments c
    JOIN LATERAL (
        SELECT a.final_at, (SELECT min(t.reserved_at) FROM quell.attempts t WHERE t.action_id = a.id AND t.kind = a.kind) AS begun_at
        FROM quell.actions a
        WHERE a.tenant_id = c.tenant_id AND a.device_id = c.device_id AND a.kind = 'scan' AND a.state = 'succeeded'
          AND NOT a.is_adopted AND a.queued_at >= c.activated_at
    ) AS scan ON scan.begun_at IS NOT NULL
    WHERE c.state = 'active' AND c.mode = 'enforce' AND 'scan_clean' = ANY (c.release_when);
