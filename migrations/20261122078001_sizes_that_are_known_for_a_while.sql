-- Caps and limits that are a part of the fleet or of a group are counted in many places, and all must agree on whether the size is
-- known. So the reading that counted says for how long its counts hold.
ALTER TABLE quell.inventory_sweeps ADD COLUMN known_until timestamptz;
