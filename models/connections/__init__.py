"""What keeps a person connected: reconnecting clients, HTTP pools, keepalive, server ends."""
