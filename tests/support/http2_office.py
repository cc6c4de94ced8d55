"""An asker and a server over HTTP/2, or over a pool: what is asked, served, answered and broken."""

from __future__ import annotations

from math import inf

from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.connections.http2.requests import requests_to
from models.connections.http_pool import WebServer

TRIP_S = 2 * ONE_WAY_S
SIZE_BYTES = 1250  # as HTTP/1.1: a header of 1,050 bytes and a body of 200


def design(**http):
    return DESIGNS["hybrid"].variant("mine", {"http": {"version": "2", **http}})


class Office:
    """Two askers of one person, and a server that answers each after `busy_s`."""

    def __init__(self, busy_s=0.0, keep_alive_s=inf, version="2", http=None, **changes):
        self.stage = Stage(design(version=version, **(http or {})), joins=False, **changes)
        self.engine = self.stage.world.engine
        self.busy_s = busy_s
        self.answers, self.broken_ones, self.served, self.lost = [], [], [], []
        self.ends = []
        self.endpoint = self.stage.channel("http").endpoint
        web = WebServer(self.serve, keep_alive_s, lost=self.lost.append)
        self.pool = requests_to(self.endpoint, 0, self, web)

    def serve(self, end, ask):
        self.served.append((ask.request, self.engine.now_s))
        self.ends.append(end)
        if self.busy_s < inf:
            self.engine.at(self.engine.now_s + self.busy_s, end.reply, ask.request, 400, ask.body)

    def answered(self, request, body):
        self.answers.append((request, body, self.engine.now_s))

    def broken(self, request):
        self.broken_ones.append((request, self.engine.now_s))

    def ask(self, at_s, request, reads=False):
        self.stage.at(at_s, self.pool.ask, request, SIZE_BYTES, f"body {request}", reads)

    def run(self, until_s):
        self.stage.run(until_s)
        return [request for request, *_ in self.answers]

    @property
    def open(self):
        return len(self.stage.world.apis[0].connections)

    def took_s(self, request, asked_s):
        return next(at_s for one, _, at_s in self.answers if one == request) - asked_s
