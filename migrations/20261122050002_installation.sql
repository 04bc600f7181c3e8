-- A number of this installation's own, in the id of each of its actions. Two installations may call Defender for one Entra
-- directory, a trial beside the real one, say. Each reads the other's markers in the list, and must not take the other's actions
-- for its own that a restored backup has lost: it would release what the other has contained. A backup keeps the number.
ALTER TABLE quell.tenants ADD COLUMN installation integer NOT NULL
    DEFAULT floor(random() * 4294967296 - 2147483648)::bigint::integer;
