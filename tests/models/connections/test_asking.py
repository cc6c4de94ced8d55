"""What both versions of HTTP do with a request that is open, said without either."""

from types import SimpleNamespace

import pytest

from models.connections.asking import Ask, Asking


class Heard:
    def __init__(self):
        self.said = []

    def answered(self, request, body):
        self.said.append(("answered", request, body))

    def broken(self, request):
        self.said.append(("broken", request))


class Version(Asking):
    def __init__(self, resends):
        pool = SimpleNamespace(resends=resends, send_cost_s=0.0, hear_cost_s=0.0)
        options = SimpleNamespace(http=SimpleNamespace(pool=pool))
        super().__init__(SimpleNamespace(options=options), 0, Heard())
        self.went = []

    def _go(self, request):
        self.went.append(request)


@pytest.mark.parametrize(
    ("resends", "reads", "proven", "times"),
    [
        ("never", True, True, 1),
        ("reads", True, False, 2),
        ("reads", False, True, 1),
        ("reused", False, True, 2),
        ("reused", True, False, 1),
    ],
)
def test_a_request_goes_out_again_once_where_the_pool_says_so(resends, reads, proven, times):
    version = Version(resends)
    version._open(100, Ask("a", None, reads))
    assert version._writes("a", proven)[0] == 100
    assert version.resends("a") == (times == 2)
    version._orphaned("a")
    assert version.went == ["a"] * times
    if times == 2:
        version._writes("a", proven=False)
        version._orphaned("a")
    assert version._asker.said == [("broken", "a")]


def test_what_nobody_waits_for_any_more_does_not_go_out():
    version = Version("never")
    version._made("a")
    assert version.went == []


def test_a_version_has_to_say_how_a_request_goes_out():
    bare = object.__new__(Asking)
    with pytest.raises(TypeError, match="how a request goes out"):
        bare._go("a")
