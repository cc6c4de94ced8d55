"""Messages that are acknowledged, in rows: see `models.calm.acking.acks`."""
