"""The MQTT channel: clients, and what the broker has of each person."""
