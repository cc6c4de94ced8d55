"""Protocols as pure state machines: told the time, given their luck, moving no bytes.

Start with `machine` (the contract). Connecting: `link`, `backoff`, `heartbeat`, `websocket`.
Asking: `http`. Keeping messages: `resume`, `mqtt`, `socketio`. Nothing here imports anything else
of this project.
"""
