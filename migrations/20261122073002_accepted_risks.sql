-- A second person may let one device be restricted although a protection names it: exactly that protection, for exactly that
-- containment. The gate looks here when it checks the protections again.
ALTER TABLE quell.containments
    -- `never.tags`, `never.names`, …; what the approval lifted, and nothing else.
    ADD COLUMN accepted_risks text[] NOT NULL DEFAULT '{}'
        CONSTRAINT accepted_risks_are_protections
        CHECK (array_to_string(accepted_risks, ' ') ~ '^(never\.[a-z_]+( never\.[a-z_]+)*)?$'),
    ADD CONSTRAINT accepted_risk_was_asked CHECK (accepted_risks = '{}' OR ask_lifts IS NOT NULL);
