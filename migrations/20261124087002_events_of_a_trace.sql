-- The trace that a sender's request belonged to (W3C `traceparent`), kept with the event, so that what becomes of it is told to a
-- collector as part of that trace. Null where none was given.
ALTER TABLE quell.events ADD COLUMN traceparent text;
