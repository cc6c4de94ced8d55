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

    def link_lost(self):
        self._note("link lost")

    def link_back(self):
        self._note("link back")


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


def test_only_clients_that_there_are_hear_of_their_link(clients, calls):
    clients.client(1)
    for person in (1, 2):
        clients.link_lost(person)
        clients.link_back(person)
    assert calls == [("link lost", 1), ("link back", 1)]
    assert list(clients.clients) == [1]
