-- Whatever no playbook began has a person who did: without a name nobody could be asked, and four eyes would see two.
ALTER TABLE quell.containments
    ADD CONSTRAINT by_hand_names_a_person CHECK (playbook IS NOT NULL OR begun_by IS NOT NULL) NOT VALID;
