"""What is typed has the defaults of what is asked."""

from dataclasses import fields

from sim.commands.plan_options import PlanOptions
from sim.plans.planned import ADMISSIONS, BACKOFFS
from sim.plans.question import Limits, Question


def test_defaults_are_those_of_the_question():
    typed, limits = PlanOptions(), Limits()
    own = {one.name: getattr(typed, one.name) for one in fields(typed)}
    for one in fields(Question):
        if one.name in own and one.name not in ("spread", "seed"):
            assert own[one.name] == one.default
    assert typed.memory * 1e6 == limits.memory
    for name in ("recovery", "cpu", "delivery", "loss"):
        assert own[name] == limits.of(name)
    assert tuple(typed.backoff.split(",")) == BACKOFFS
    assert typed.admission.split(",") == [
        "any" if one is None else f"{one:g}" for one in ADMISSIONS
    ]
