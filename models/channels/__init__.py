"""Channels: how one action's traffic is carried between a person and the service."""
