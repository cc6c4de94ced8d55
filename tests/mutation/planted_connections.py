"""Faults of persistent connections, of outbox and cursor, and of the service behind them."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_RESUME: Final = "models/protocols/resume.py"
_HEART: Final = "models/protocols/heartbeat.py"
_LINK: Final = "models/protocols/link.py"
_WEBSOCKET: Final = "models/channels/websocket.py"
_REPLAY: Final = "models/channels/replay.py"
_INTAKE: Final = "models/servers/intake.py"
_STORE: Final = "models/servers/store.py"
_ACKED: Final = ("acked",)
_STORED: Final = ("acked", "hybrid-cursor", "long-poll")

CONNECTIONS: Final = (
    Planted(
        "buffer-dropped-on-send",
        "an outbox forgets a message once it is written",
        _RESUME,
        "        self._sent[message] = now_s  # a message sent again keeps its place\n",
        "",
        _ACKED,
    ),
    Planted(
        "unacknowledged-not-resent",
        "an outbox that loses its connection keeps only what it had not sent",
        _RESUME,
        "        self._waiting.extendleft(reversed(self._sent))\n",
        "",
        _ACKED,
    ),
    Planted(
        "resent-in-reverse",
        "an outbox sends again with the newest message first",
        _RESUME,
        "        self._waiting.extendleft(reversed(self._sent))\n",
        "        self._waiting.extendleft(self._sent)\n",
        _ACKED,
    ),
    Planted(
        "ack-timer-not-rearmed",
        "an outbox waits for an acknowledgement with a time limit once",
        _RESUME,
        "        self.deadline_s = min(self._sent.values(), default=NEVER_S) + patience_s\n",
        "        self.deadline_s = NEVER_S\n",
        _ACKED,
    ),
    Planted(
        "cursor-not-sent",
        "a reader that is back does not say where it stands",
        _RESUME,
        "if target is CursorState.CATCHING_UP or (target is CursorState.LIVE and self._ahead):",
        "if target is CursorState.LIVE and self._ahead:",
        _ACKED,
    ),
    Planted(
        "cursor-one-behind",
        "a repeat of the newest message is not known for one",
        _RESUME,
        "        if number <= self.cursor or number in self._ahead:",
        "        if number < self.cursor or number in self._ahead:",
        _ACKED,
    ),
    Planted(
        "resume-one-ahead",
        "a server resumes one message after the reader's cursor",
        _REPLAY,
        "        self.sent = max(cursor, first - 1)\n",
        "        self.sent = cursor + 1\n",
        _ACKED,
    ),
    Planted(
        "resume-from-own-end",
        "a server takes a reader that is back to have everything it was sent before",
        _REPLAY,
        "        self.sent = max(cursor, first - 1)\n",
        "        self.sent = len(self._log)\n",
        _ACKED,
    ),
    Planted(
        "end-of-old-session-counts",
        "the late end of a connection that was taken over unregisters the new one",
        _WEBSOCKET,
        "        if self._channel.sessions[person] is self:\n",
        "        if self._channel.sessions[person]:\n",
        ("acked", "full-websocket", "hybrid-cursor"),
    ),
    Planted(
        "takeover-keeps-old",
        "a newer connection of the same person does not close the older one",
        _WEBSOCKET,
        "        if before is not None:\n            before.end.taken_over()",
        "        if before is None:\n            pass",
        ("acked", "full-websocket"),
        "equivalent here: a person has one device, whose old connection is dead at its end before "
        "the newer one opens; a server that keeps it until its heartbeat fails pays memory only",
    ),
    Planted(
        "ping-not-rearmed",
        "after the first pong no further ping is sent",
        _HEART,
        "        self._wake_at(max(now_s, from_s + self.spec.interval_s))\n",
        "        self.deadline_s = NEVER_S\n",
        ("acked", "mqtt-qos1"),
    ),
    Planted(
        "pong-not-counted",
        "a pong does not end the wait for it",
        _HEART,
        "        elif event is Beat.PONG or (",
        "        elif (",
        _ACKED,
    ),
    Planted(
        "watchdog-not-rearmed",
        "a watchdog that heard something in time never looks again",
        _HEART,
        "        due_s = self._due_s()\n        if due_s > now_s:\n"
        "            self.deadline_s = due_s\n",
        "        due_s = self._due_s()\n        if due_s > now_s:\n"
        "            self.deadline_s = NEVER_S\n",
        ("socketio",),
    ),
    Planted(
        "back-off-never-reset",
        "the wait before a try goes on growing over good connections",
        _LINK,
        "        if event is TIMEOUT or self.options.stable_s == 0.0:\n            self._reset()\n",
        "        if event is TIMEOUT or self.options.stable_s == 0.0:\n            pass\n",
        ("acked", "mqtt-qos1"),
    ),
    Planted(
        "back-off-never-ends",
        "a client that lost its connection waits for a time that never comes",
        _LINK,
        "        self.deadline_s = now_s + self._wait_s()\n",
        "        self._wait_s()\n",
        ("acked", "mqtt-qos1"),
    ),
    Planted(
        "dial-without-timeout",
        "a dial that nobody answers is left to the kernel",
        _LINK,
        "        self.deadline_s = now_s + self.options.connect_timeout_s\n",
        "",
        ("acked", "mqtt-qos1"),
    ),
    Planted(
        "ack-before-store",
        "the sender is told before the store has committed",
        _INTAKE,
        "            self._world.write.start(",
        "            replied(_ACCEPTED)\n            self._world.write.start(",
        _STORED,
    ),
    Planted(
        "dedup-window-of-one",
        "the store knows the newest message only",
        _STORE,
        "        known = self.has(message)\n",
        "        known = self.commits[0] > 0 and message == self.committed[self.commits[0] - 1]\n",
        _STORED,
    ),
    Planted(
        "dedup-by-sender-and-room",
        "two messages of one sender in one room are taken for the same",
        _STORE,
        "        known = self.has(message)\n",
        "        actor, room = self._messages.actor, self._messages.conversation\n"
        "        seat = (actor[message], room[message])\n"
        "        before = self.committed[: self.commits[0]].tolist()\n"
        "        seats = [(actor[m], room[m]) for m in before]\n"
        "        known = seat in seats\n",
        _STORED,
    ),
    Planted(
        "key-not-kept",
        "the key that makes a retry harmless is not stored with the message",
        _STORE,
        "        self.stored[message] = 1\n",
        "",
        _STORED,
    ),
    Planted(
        "repeat-not-answered",
        "a repeat is recognised and then ignored: its sender is told nothing",
        _INTAKE,
        "            if heard:\n                self._reply(asked.replied, _ACCEPTED)\n",
        "            pass\n",
        _STORED,
    ),
    Planted(
        "log-dies-with-node",
        "readers' logs get what is stored only if the node that stored it is still alive",
        _INTAKE,
        "            if self._store.recovers and not self._store.logs.in_memory:\n"
        "                self._store.log(node, message)\n"
        "            else:\n",
        "            if not self._store.recovers:\n",
        _STORED,
    ),
)
