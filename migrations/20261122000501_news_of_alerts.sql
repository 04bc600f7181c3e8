-- Feeds deliver late and out of order: that an alert was resolved before the latest news that it is open resolves nothing.
ALTER TABLE quell.containment_alerts
    -- When the latest news that the alert is open happened; null: none told.
    ADD COLUMN open_at timestamptz;
