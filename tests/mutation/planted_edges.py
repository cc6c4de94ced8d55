"""Faults at edges: of pages, batches and windows, and of order within one instant."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_STORE: Final = "models/servers/store.py"
_POLL: Final = "models/protocols/http/long_poll.py"
_RESUME: Final = "models/protocols/resume.py"
_SENDER: Final = "models/protocols/mqtt/sender.py"
_SOCKET: Final = "models/protocols/socketio/sockets.py"
_PAGED: Final = ("acked", "hybrid-cursor")
_NARROW: Final = ("mqtt-qos1 narrow", "mqtt-qos2 narrow")

EDGES: Final = (
    Planted(
        "page-without-the-newest",
        "a page is read up to the message before its newest",
        _STORE,
        "own = [one for one in page if",
        "own = [one for one in list(page)[:-1] if",
        _PAGED,
    ),
    Planted(
        "page-of-the-first-room",
        "a page shows what was said in the first room, whichever was asked for",
        _STORE,
        "self._pages.get(self._messages.conversation[request])",
        "self._pages.get(0)",
        _PAGED,
    ),
    Planted(
        "page-turned-one-short",
        "the oldest message that is not on a page yet is not put on one",
        _STORE,
        "self.committed[paged : self._paged]",
        "self.committed[paged + 1 : self._paged]",
        _PAGED,
    ),
    Planted(
        "page-of-readers-only",
        "whoever wrote the newest message of a page is not shown it",
        _STORE,
        "if one >= 0 and (whole or actor[one] == asker)]",
        "if one >= 0 and (whole or actor[one] == asker) and one != page[-1]]",
        _PAGED,
    ),
    Planted(
        "batch-moves-the-cursor-to-the-end",
        "an answer that holds a part of what waits says that it was all",
        "models/channels/long_poll/mailbox.py",
        "batch = Batch(self.person, action.last, numbered)",
        "batch = Batch(self.person, self.held.head, numbered)",
        ("long-poll narrow",),
    ),
    Planted(
        "batch-one-over",
        "an answer says that it goes one message further than it does",
        _POLL,
        "answer = Answer(self.poll, first, min(last, self._cursor + self.options.batch_max))",
        "answer = Answer(self.poll, first + (last - first >= self.options.batch_max), "
        "min(last, self._cursor + self.options.batch_max))",
        ("long-poll narrow",),
    ),
    Planted(
        "rest-of-a-batch-held",
        "a question is answered at once only if more than a batch is waiting",
        _POLL,
        "        if self.head > self._cursor:\n            return (*",
        "        if self.head > self._cursor + self.options.batch_max:\n            return (*",
        ("long-poll narrow",),
    ),
    Planted(
        "window-one-over",
        "one message more than the window allows is sent",
        _SENDER,
        "        while queue and self._live < window:\n",
        "        while queue and self._live <= window:\n",
        _NARROW,
    ),
    Planted(
        "window-one-over-at-once",
        "a message is sent at once although the window is full",
        _SENDER,
        "        if self._up and self._live < self.options.window:\n",
        "        if self._up and self._live <= self.options.window:\n",
        _NARROW,
    ),
    Planted(
        "window-not-refilled",
        "an acknowledgement lets no waiting message out",
        _SENDER,
        "            return [Told(item.message), *self._fill(self.options.window, now_s)]\n",
        "            return [Told(item.message)]\n",
        _NARROW,
    ),
    Planted(
        "queue-not-sent-on-resume",
        "what waited behind the window stays there on the next connection",
        _SENDER,
        "self.options.window, now_s)\n        return out",
        "0, now_s)\n        return out",
        _NARROW,
    ),
    Planted(
        "queue-from-its-end",
        "of what waits for the window the newest goes first",
        _SENDER,
        "            item = queue.pop(0)\n",
        "            item = queue.pop()\n",
        ("mqtt-qos2 narrow",),
    ),
    Planted(
        "waiting-from-its-end",
        "of what waits for a connection the newest goes first",
        _RESUME,
        "        self._waiting.append(message)\n",
        "        self._waiting.appendleft(message)\n",
        ("acked",),
    ),
    Planted(
        "send-buffer-reversed",
        "what waited in the send buffer leaves with the newest event first",
        _SOCKET,
        "        return [*shown, *unsent,",
        "        return [*shown, *reversed(unsent),",
        ("socketio",),
    ),
    Planted(
        "early-events-reversed",
        "events that came before the client had joined are shown with the newest first",
        _SOCKET,
        "[action for packet in early for action",
        "[action for packet in reversed(early) for action",
        ("socketio-recovery",),
    ),
    Planted(
        "held-back-reversed",
        "what was published during a serial replay leaves with the newest message first",
        _SENDER,
        "        for message, qos in held:\n",
        "        for message, qos in reversed(held):\n",
        ("mqtt.js",),
    ),
)
