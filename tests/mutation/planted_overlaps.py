"""Faults of two that overlap: sessions, streams, questions and tries of the same person."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_WEBSOCKET: Final = "models/channels/websocket.py"
_MAILBOX: Final = "models/channels/long_poll/mailbox.py"
_ACCOUNT: Final = "models/channels/mqtt/account.py"
_SERVER: Final = "models/channels/socketio/server.py"

OVERLAPS: Final = (
    Planted(
        "older-session-keeps-deliveries",
        "a session that opens while an older one lives is not given what is to be delivered",
        _WEBSOCKET,
        "        channel.sessions[person] = self\n",
        "        if before is None:\n            channel.sessions[person] = self\n",
        ("acked", "full-websocket"),
    ),
    Planted(
        "takeover-hits-the-newer",
        "of two connections of one client the newer one is closed",
        _ACCOUNT,
        "            before.taken_over()  # [MQTT",
        "            end.taken_over()  # [MQTT",
        ("mqtt-qos1", "mqtt-qos2"),
        "the client dials once more, with no older connection in its way then: one connection more "
        "than needed, and no promise is about their number",
    ),
    Planted(
        "takeover-forgets-the-session",
        "a client whose older connection is still there is told that there is no session",
        "models/protocols/mqtt/broker.py",
        "        present = self.state is BrokerState.OFFLINE\n",
        "        present = self.state is BrokerState.OFFLINE and not out\n",
        ("broker on disk", "mqtt-qos2"),
    ),
    Planted(
        "end-of-older-question-counts",
        "the end of an older question's connection lets go of the newer question",
        _MAILBOX,
        "        self.back()\n        if self.end is end:\n",
        "        self.back()\n        if self.end:\n",
        ("long-poll",),
        "a client asks again 35 s after a question that nobody answers, and a browser's dial may "
        "take as long after an outage, so no promise is tighter",
    ),
    Planted(
        "end-of-older-socket-counts",
        "the late end of a socket unregisters the newer one of the same person",
        _SERVER,
        "        if self._channel.sockets[person] is self:\n",
        "        if self._channel.sockets[person]:\n",
        ("socketio", "socketio-recovery"),
    ),
    Planted(
        "older-socket-emits",
        "a socket that opens while an older one lives is not given what is to be emitted",
        _SERVER,
        "        self._channel.sockets[self.end.person] = self\n",
        "        if self._channel.sockets[self.end.person] is None:\n"
        "            self._channel.sockets[self.end.person] = self\n",
        ("socketio",),
    ),
    Planted(
        "newer-question-refused",
        "a question that comes while another is held is not held",
        "models/protocols/http/long_poll.py",
        "        replaced = (self._answer(self._cursor),) if self.holding else ()\n",
        "        if self.holding:\n            return ()\n        replaced = ()\n",
        ("long-poll",),
    ),
    Planted(
        "store-answers-the-dead",
        "who asks again while the store is still writing the first try is told that all is well",
        "models/servers/intake.py",
        "            self._world.write.start(",
        "            if self._records.in_hand[message] > 2:\n"
        "                replied(_ACCEPTED)\n"
        "            self._world.write.start(",
        ("hybrid-cursor", "acked"),
    ),
    Planted(
        "node-of-the-first-try-passes-on",
        "a repeat that the store knows is passed on a second time",
        "models/servers/intake.py",
        "            if heard:\n                self._reply(asked.replied, _ACCEPTED)\n",
        "            if heard:\n                self._store.log(node, message)\n"
        "                self._accept(node, message, asked.replied)\n",
        ("hybrid-cursor", "acked"),
    ),
)
