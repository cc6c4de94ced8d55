"""What channels on a persistent connection share: one client a person, made when needed."""

import pytest

from models.connections.clients import Clients


class Line:
    def __init__(self, calls, person):
        self._note = lambda what: calls.append((what, person))

    def start(self):
        self._note("start")

    def stop(self):
        self._note("stop")

    def move(self):
        self._note("move")


class OneClient:
    def __init__(self, calls, person):
        self._calls, self._person = calls, person
        self.reconnecting = Line(calls, person)

    def submit(self, message):
        self._calls.append(("submit", self._person, message))


@pytest.fixture
def calls():
    return []


@pytest.fixture
def clients(calls):
    return Clients(lambda person: OneClient(calls, person))


def test_a_client_is_made_once_when_first_needed(clients):
    assert clients.clients == {}
    first = clients.client(7)
    assert clients.client(7) is first
    assert list(clients.clients) == [7]


def test_the_app_and_the_device_act_on_the_lifeline(clients, calls):
    clients.join(1)
    clients.move(1)
    clients.leave(1)
    clients.submit(2, 40)
    assert calls == [("start", 1), ("move", 1), ("stop", 1), ("submit", 2, 40)]
