"""Faults that need another try: of the third attempt, and of an app that is opened again."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_HTTP: Final = "models/protocols/http/requests.py"
_POLL: Final = "models/protocols/http/long_poll.py"
_LINK: Final = "models/protocols/link.py"
_RESUME: Final = "models/protocols/resume.py"
_SENDER: Final = "models/protocols/mqtt/sender.py"
_SOCKET: Final = "models/protocols/socketio/sockets.py"
_SOURCE: Final = "models/protocols/sse/event_source.py"

TRIES: Final = (
    Planted(
        "outbox-tries-twice",
        "an outbox gives a message up that was written twice and not acknowledged",
        _RESUME,
        "        if tried >= self.options.tries_max:\n",
        "        if tried >= min(self.options.tries_max, 2):\n",
        ("acked",),
    ),
    Planted(
        "request-tries-twice",
        "a request that failed twice is given up",
        _HTTP,
        "        if self._attempt >= self.options.tries_max:\n",
        "        if self._attempt >= min(self.options.tries_max, 2):\n",
        ("hybrid-cursor", "long-poll"),
    ),
    Planted(
        "third-try-under-a-new-key",
        "the third try of a request has another number, so that its answer is nobody's",
        _HTTP,
        "        return (Issue(self.key, self._attempt),)",
        "        return (Issue(self.key, min(self._attempt, 2)),)",
        ("hybrid-cursor", "long-poll"),
    ),
    Planted(
        "dials-three-times",
        "a client whose third dial in a row fails does not dial again",
        _LINK,
        "self._attempt >= self.options.attempts_max",
        "self._attempt >= min(self.options.attempts_max, 3)",
        ("acked", "mqtt-qos1", "socketio"),
    ),
    Planted(
        "back-off-cubed",
        "the third wait in a row is a thousand times as long as it should be",
        _LINK,
        "        return self._previous_s\n",
        "        return self._previous_s * (1000.0 if self._attempt > 2 else 1.0)\n",
        ("acked", "mqtt-qos1"),
    ),
    Planted(
        "poll-fails-twice",
        "a poller whose question was lost three times in a row does not ask again",
        _POLL,
        "        self.deadline_s = now_s + self._wait_s\n",
        "        self.deadline_s = now_s + self._wait_s if self._failures < 3 else NEVER_S\n",
        ("long-poll",),
    ),
    Planted(
        "stream-waits-longer-each-time",
        "an EventSource waits ten times as long after each end of a stream",
        _SOURCE,
        "        self.deadline_s = now_s + self._wait_s\n        return ()\n",
        "        self.deadline_s = now_s + self._wait_s\n        self._wait_s *= 10.0\n"
        "        return ()\n",
        ("sse-resume",),
    ),
    Planted(
        "one-retry-less",
        "the last retry of an event is taken for one too many",
        _SOCKET,
        "        if queued.tries > self.options.retries:\n",
        "        if queued.tries >= self.options.retries:\n",
        ("socketio-retries",),
    ),
    Planted(
        "flight-resent-without-the-oldest",
        "of several messages in flight the oldest is not sent again",
        _SENDER,
        "for item in self._flight.values() if not item.live\n        ]",
        "for item in list(self._flight.values())[len(self._flight) > 1 :] if not item.live\n"
        "        ]",
        ("mqtt-qos1", "broker on disk"),
    ),
    Planted(
        "resend-keeps-the-count",
        "what was in flight before counts twice towards the window once it is sent again",
        _SENDER,
        "        self._replay.clear()\n        self._live = 0\n        for item",
        "        self._replay.clear()\n        for item",
        ("mqtt-qos1 narrow", "mqtt-qos2 narrow"),
    ),
    Planted(
        "opened-again-from-the-start",
        "an EventSource that is closed and opened again has forgotten its last id",
        _SOURCE,
        "            self._wait_s = self.browser.reconnect_s  # the next one is a new object\n",
        "            self._wait_s, self.last_id = self.browser.reconnect_s, 0\n",
        ("sse-resume",),
    ),
    Planted(
        "opened-again-without-cursor",
        "a poller that is stopped and started again has forgotten its cursor",
        _POLL,
        "        else:\n            self.deadline_s = NEVER_S\n            asked",
        "        else:\n            self.deadline_s, self.cursor = NEVER_S, 0\n            asked",
        ("long-poll",),
    ),
    Planted(
        "closing-forgets-the-outbox",
        "an outbox whose connection ends forgets what waits behind what was written",
        _RESUME,
        "        self._waiting.extendleft(reversed(self._sent))\n        self._sent.clear()\n",
        "        self._waiting = deque(self._sent)\n        self._sent.clear()\n",
        ("acked",),
    ),
    Planted(
        "opened-again-in-the-old-state",
        "a client that closes the app stays where it was, and waits for its back-off",
        _LINK,
        "    def _closed(self, before: State, event: Event, now_s: float) -> Sequence[Action]:\n"
        "        self._reset()\n",
        "    def _closed(self, before: State, event: Event, now_s: float) -> Sequence[Action]:\n"
        "        if before is State.WAITING:\n            self.state = before\n",
        ("acked", "mqtt-qos1"),
    ),
)
