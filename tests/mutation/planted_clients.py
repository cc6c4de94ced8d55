"""Faults of Socket.IO, Engine.IO, requests and long polls."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_SOCKET: Final = "models/protocols/socketio/sockets.py"
_HTTP: Final = "models/protocols/http/requests.py"
_POLL: Final = "models/protocols/http/long_poll.py"
_MAILBOX: Final = "models/channels/long_poll/mailbox.py"
_SOCKETS: Final = ("socketio-recovery", "socketio-retries", "socketio")
_REQUESTS: Final = ("hybrid-cursor", "long-poll")

CLIENTS: Final = (
    Planted(
        "offset-not-updated",
        "a client's offset stays at the first event it has seen",
        _SOCKET,
        "        if event.offset is not None:\n",
        "        if event.offset is not None and self._offset is None:\n",
        _SOCKETS,
    ),
    Planted(
        "recovery-off-by-one",
        "recovery begins with the last event that the client has seen",
        "models/protocols/socketio/recovery.py",
        "if e.offset > offset and",
        "if e.offset >= offset and",
        _SOCKETS,
    ),
    Planted(
        "recovered-in-reverse",
        "what a client missed is sent after its recovery with the newest event first",
        "models/protocols/socketio/recovery.py",
        "        return Recovered(session.rooms, missed)\n",
        "        return Recovered(session.rooms, missed[::-1])\n",
        ("socketio-recovery",),
    ),
    Planted(
        "send-buffer-flushed-twice",
        "what waited in the send buffer leaves again on every connection",
        _SOCKET,
        "        unsent, self._unsent = self._unsent, []\n",
        "        unsent = self._unsent\n",
        _SOCKETS,
    ),
    Planted(
        "send-buffer-dropped",
        "what is emitted before the namespace is joined is not buffered",
        _SOCKET,
        "        self._unsent.append(packet)\n",
        "",
        _SOCKETS,
    ),
    Planted(
        "early-events-dropped",
        "events that arrive before the client has joined are not shown",
        _SOCKET,
        "        self._early.append(event)\n",
        "",
        _SOCKETS,
    ),
    Planted(
        "ack-id-mismatch",
        "a server answers with the number after that of the event",
        _SOCKET,
        "    def _received(self, event: Event, now_s: float) -> Sequence[Action]:\n"
        "        answer: list[Action] = [] if event.ack_id is None else [Ack(event.ack_id)]",
        "    def _received(self, event: Event, now_s: float) -> Sequence[Action]:\n"
        "        answer: list[Action] = [] if event.ack_id is None else [Ack(event.ack_id + 1)]",
        _SOCKETS,
    ),
    Planted(
        "try-stays-pending",
        "a try that ended with its connection goes on blocking the retry queue",
        _SOCKET,
        "        queued.pending = False\n        return failed",
        "        return failed",
        ("socketio-retries",),
    ),
    Planted(
        "upgrade-forgets-buffer",
        "what was written during the upgrade waits for the next write",
        "models/protocols/socketio/engineio_client.py",
        "return [SendWs(Packet.UPGRADE), *self._flush()]",
        "return [SendWs(Packet.UPGRADE)]",
    ),
    Planted(
        "poll-answered-empty",
        "a server answers a waiting poll with nothing and empties its buffer",
        "models/protocols/socketio/engineio_server.py",
        "        return [AnswerPoll(self._drain())]",
        "        return [AnswerPoll(self._drain()[:0])]",
    ),
    Planted(
        "retry-never-scheduled",
        "a request that failed waits for a time that never comes",
        _HTTP,
        "        self.deadline_s = now_s + max(self._wait_s, least_s)\n        return ()",
        "        self.deadline_s = NEVER_S\n        return ()",
        _REQUESTS,
    ),
    Planted(
        "second-try-without-timeout",
        "only the first try of a request has a time-out",
        _HTTP,
        "        return (Issue(self.key, self._attempt),)",
        "        if self._attempt > 1:\n            self.deadline_s = NEVER_S\n"
        "        return (Issue(self.key, self._attempt),)",
        ("hybrid-cursor",),
    ),
    Planted(
        "dead-connection-reused",
        "an idle connection that was closed stays in the pool",
        _HTTP,
        "        self._idle.pop(conn, None)\n",
        "",
        _REQUESTS,
    ),
    Planted(
        "orphan-forgotten",
        "a request whose connection breaks is told so to nobody",
        _HTTP,
        "[] if request is None else [Orphaned(request)]",
        "[] if request is None else []",
        ("long-poll",),
    ),
    Planted(
        "cursor-before-delivery",
        "a poller moves its cursor before it shows what came",
        _POLL,
        "        out: list[PollAction] = []\n        for number",
        "        out: list[PollAction] = []\n"
        "        self.cursor = max(self.cursor, event.cursor)\n        for number",
        ("long-poll",),
    ),
    Planted(
        "poll-cursor-one-ahead",
        "an answer to a poll begins one message too late",
        _POLL,
        "        first = self._cursor + 1\n",
        "        first = self._cursor + 2\n",
        ("long-poll",),
    ),
    Planted(
        "poll-not-asked-again",
        "a poller whose question was lost waits for a time that never comes",
        _POLL,
        "        self.deadline_s = now_s + self._wait_s\n",
        "        self.deadline_s = NEVER_S\n",
        ("long-poll",),
    ),
    Planted(
        "log-not-read-on-asking",
        "a question is held although the log has more: only what happens next answers it",
        _MAILBOX,
        "        self.catch_up()\n        self.end = end\n",
        "        self.end = end\n",
        ("long-poll",),
    ),
    Planted(
        "answer-body-shifted",
        "the body of an answer is cut out of the log one place too late",
        _MAILBOX,
        "self.log[action.first - 1 : action.last]",
        "self.log[action.first : action.last]",
        ("long-poll",),
    ),
    Planted(
        "answer-body-reversed",
        "the messages of one answer stand in it with the newest first",
        _MAILBOX,
        "Batch(self.person, action.last, numbered)",
        "Batch(self.person, action.last, tuple((numbered[i][0], numbered[~i][1])"
        " for i in range(len(numbered))))",
        ("long-poll",),
    ),
)
