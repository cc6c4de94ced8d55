"""Sections: defaults hold, wrong values are refused by name, everything says what it is."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.workload import people, spec
from sim.workload.section import Section
from sim.workload.spec import WorkloadSpec

FIVE = {"kind": "fixed", "size": 5}


def _models() -> Iterator[type[Section]]:
    for value in (*vars(people).values(), *vars(spec).values()):
        if isinstance(value, type) and issubclass(value, Section):
            yield value


def test_everything_has_a_default() -> None:
    drawn = WorkloadSpec()
    assert drawn.people.count == 2000
    assert drawn.trace.file is None
    assert {model().model_fields_set == set() for model in _models()} == {True}


def test_every_key_says_what_it_is() -> None:
    for model in _models():
        assert model.__doc__, model
        for name, field in model.model_fields.items():
            annotation = field.annotation
            is_section = isinstance(annotation, type) and issubclass(annotation, Section)
            if not is_section and name not in {"kind", "arrivals"}:
                assert field.description, f"{model.__name__}.{name}"


def test_sections_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        WorkloadSpec().people.count = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("people.count", 1),
        ("people.count", "many"),
        ("people.owed", "everyone"),
        ("people.grace_s", -1.0),
        ("people.grace_s", math.nan),
        ("people.sessions", {"kind": "sometimes"}),
        ("people.sessions", {"kind": "on-off", "on_mean_s": 0.0}),
        ("conversations.direct_share", 1.3),
        ("conversations.per_person", 0.5),
        ("conversations.sizes", {"kind": "list", "sizes": []}),
        ("conversations.sizes", {"kind": "list", "sizes": [5, 1]}),
        ("conversations.sizes", {"kind": "fixed", "size": 5, "exponent": 2.0}),
        ("actions.send", {"per_person_per_minute": -0.1}),
        ("actions.send", {"size_bytes": {"kind": "lognormal", "sigma": 3.0}}),
        ("actions.typing", {"every_s": 0.0}),
        ("actions.seen", {"per_person_per_minute": math.inf}),
        ("actions.list", {"reply_bytes": -1}),
        ("arrivals", {"kind": "bursty", "burst_size_mean": 0.5}),
        ("arrivals", {"kind": "diurnal", "peak_to_mean": 2.1}),
        ("trace", {"path": "a.csv"}),
    ],
)
def test_what_is_out_of_range_is_refused(place: str, value: Any) -> None:
    section, _, key = place.partition(".")
    with pytest.raises(ValidationError) as caught:
        WorkloadSpec.model_validate({section: {key: value} if key else value})
    assert caught.value.errors()[0]["loc"][0] == section


@pytest.mark.parametrize(
    ("sizes", "key"),
    [({"kind": "fixed", "size": 11}, "size"), ({"kind": "list", "sizes": [3, 11]}, "sizes")],
)
def test_a_group_needs_that_many_people(sizes: dict[str, Any], key: str) -> None:
    scenario = {"people": {"count": 10}, "conversations": {"sizes": sizes}}
    with pytest.raises(ValidationError, match=rf"sizes\.{key}: a group of 11.*count = 10"):
        WorkloadSpec.model_validate(scenario)
    WorkloadSpec.model_validate(scenario | {"trace": {"file": "who-knows.csv"}})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"people": {"count": 10, "tabs": 3}}, r"tabs: 3 .*divides people\.count = 10"),
        ({"people": {"count": 10, "tabs": 10}}, r"tabs: 10 .*two users at least"),
        ({"people": {"count": 4, "tabs": 2}, "script": {"rooms": [[0, 1]]}}, "tabs: 2 .*a script"),
        (
            {"people": {"count": 8, "tabs": 2}, "conversations": {"sizes": FIVE}},
            r"a group of 5 .*people\.count / people\.tabs = 4",
        ),
    ],
)
def test_tabs_need_whole_users(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        WorkloadSpec.model_validate(changes)


def test_default_message_sizes_have_the_logs_mean() -> None:
    sizes = spec.LognormalBytesSpec()
    assert sizes.median_bytes * np.exp(sizes.sigma**2 / 2) == pytest.approx(64.4, abs=0.1)


def test_default_group_sizes_have_the_polls_mean() -> None:
    zipf = spec.ZipfSpec()
    sizes = np.arange(3, zipf.max_size + 1)
    weights = sizes**-zipf.exponent
    assert (sizes * weights).sum() / weights.sum() == pytest.approx(11.8, abs=0.05)
