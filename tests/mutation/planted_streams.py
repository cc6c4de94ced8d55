"""Faults of server-sent events: the browser's EventSource, the server's stream, the channel."""

from __future__ import annotations

from typing import Final

from tests.mutation.fault import Planted

_SOURCE: Final = "models/protocols/sse/event_source.py"
_STREAM: Final = "models/protocols/sse/event_stream.py"
_CHANNEL: Final = "models/channels/sse/channel.py"
_RESUMING: Final = ("sse-resume",)

STREAMS: Final = (
    Planted(
        "last-id-not-moved",
        "an EventSource shows an event and does not take over its id",
        _SOURCE,
        "            self.last_id = self._buffered_id\n            return (Dispatch(",
        "            return (Dispatch(",
        _RESUMING,
    ),
    Planted(
        "half-an-event-kept",
        "what was read of an event that never ended counts on the next connection",
        _SOURCE,
        "        self.state, self.deadline_s = target, NEVER_S\n        self._forget()\n",
        "        self.state, self.deadline_s = target, NEVER_S\n",
        _RESUMING,
    ),
    Planted(
        "stream-not-fetched-again",
        "an EventSource whose stream ended waits for a time that never comes",
        _SOURCE,
        "        self.deadline_s = now_s + self._wait_s\n        return ()\n",
        "        return ()\n",
        _RESUMING,
    ),
    Planted(
        "replay-repeats-last",
        "a replay begins with the event that the client named as its last",
        _STREAM,
        "        first = max(asked.last_id + 1, asked.oldest)\n",
        "        first = max(asked.last_id, asked.oldest)\n",
        _RESUMING,
    ),
    Planted(
        "written-not-counted",
        "a server writes what its log has gained since the replay, each time from there on",
        _STREAM,
        "        first, self.sent = int(self.sent) + 1, head\n",
        "        first = int(self.sent) + 1\n",
        _RESUMING,
    ),
    Planted(
        "one-comment-only",
        "after the first comment no other is written",
        _STREAM,
        "        self._sleep(now_s)\n        return (Comment(),)\n",
        "        self.deadline_s = self._end_s\n        return (Comment(),)\n",
        _RESUMING,
        "the client's watchdog takes a silent stream for a dead one and opens another, which "
        "brings what was kept back: more streams than needed, and no promise is about their number",
    ),
    Planted(
        "window-one-short",
        "the window is taken to begin one event later than it does",
        _STREAM,
        "    return int(place) + 1\n",
        "    return int(place) + 2\n",
        _RESUMING,
    ),
    Planted(
        "late-end-of-a-stream",
        "the late end of a stream unregisters the newer ones of the same person, too",
        _CHANNEL,
        "        self._channel.streams[self.end.person].remove(self)\n",
        "        self._channel.streams[self.end.person].clear()\n",
        _RESUMING,
        "the newer stream finds with its next comment what it was not given, and no play has a "
        "message between a late end and that comment whose delay is bounded",
    ),
    Planted(
        "oldest-stream-served",
        "events go to the oldest stream that the server believes in",
        _CHANNEL,
        "                streams[-1].catch_up(paid=1)\n",
        "                streams[0].catch_up(paid=1)\n",
        _RESUMING,
    ),
    Planted(
        "comment-looks-at-nothing",
        "a comment is written without a look at what the log has gained",
        _CHANNEL,
        "                self.catch_up()  # finds what an outage of the backplane kept from us\n",
        "                pass\n",
        _RESUMING,
    ),
    Planted(
        "id-forgotten-on-the-way",
        "a server takes every client that comes to have nothing",
        _CHANNEL,
        "        last_id = self.source.last_id if self._channel.numbered else None\n",
        "        last_id = 0 if self._channel.numbered else None\n",
        _RESUMING,
    ),
)
