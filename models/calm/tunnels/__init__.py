"""Connections in rows that something on the way watches, or whose bytes a proxy passes on."""
