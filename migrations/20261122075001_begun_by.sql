-- A containment may be begun by a person instead of a playbook: then `playbook` is NULL and this names who. Four eyes need
-- it too: nobody approves what he began himself.
ALTER TABLE quell.containments ADD COLUMN IF NOT EXISTS begun_by text;
