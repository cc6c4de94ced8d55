"""The things a person does in a chat, and what each weighs before any channel wraps it."""

from __future__ import annotations

from enum import IntEnum


class Action(IntEnum):
    """Codes as stored in the history's `action` column."""

    LIST = 0
    """Fetch a conversation's latest messages; its size is that of the answer."""
    SEND = 1
    """Send a message to everybody else in the conversation."""
    TYPING = 2
    """Show the others that one is typing."""
    SEEN = 3
    """Tell the others that one has read the conversation."""
    RECEIVE = 4
    """What the others do with a SEND; routed like an action but never started by a person."""


# Who and where travel in the envelope, which the channel counts; nothing else is to be said.
# Discord's `POST /channels/{id}/typing` has no body either.
TYPING_BYTES = 0

# The id of the last message read: 64 bits written as decimal digits (Discord's snowflakes).
SEEN_BYTES = 20
