-- A migration of its own: it reads the tables once, beside daemons that go on writing.
ALTER TABLE quell.events VALIDATE CONSTRAINT event_is_kept_by_its_codec;
ALTER TABLE quell.events VALIDATE CONSTRAINT events_up_to;
ALTER TABLE quell.decisions VALIDATE CONSTRAINT decisions_up_to;
ALTER TABLE quell.dead_letters VALIDATE CONSTRAINT dead_letter_is_capped;
