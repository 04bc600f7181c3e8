-- What was told to nobody is found by its time. Alone in its migration: whoever writes messages and notifications is not met half way.
CREATE INDEX notifications_of_nobody ON quell.notifications (created_at) WHERE message_id IS NULL;
