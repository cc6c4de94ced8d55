"""What a scenario may say about networks, and what it is told when it may not."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from pydantic import BaseModel, ValidationError

from sim.network import spec
from sim.network.profiles import ProfileName
from sim.network.spec import NetworkSpec

MODELS = [
    model
    for model in vars(spec).values()
    if isinstance(model, type) and issubclass(model, spec._Section) and model is not spec._Section
]


def network(**changes: Any) -> NetworkSpec:
    return NetworkSpec.model_validate({"share": 0.5, "profile": "4g", **changes})


def messages(error: ValidationError) -> str:
    return "\n".join(f"{entry['loc']} {entry['msg']}" for entry in error.errors())


def test_only_share_and_profile_are_required() -> None:
    given = network()
    assert given.delay is None
    assert given.rate is None
    assert given.loss == spec.NoLossSpec()
    assert given.outages == spec.NoOutagesSpec()
    assert not given.changes_address


ACCEPTED: list[dict[str, Any]] = [
    {"delay": {"kind": "constant", "delay_s": 0}},
    {"delay": {"kind": "normal", "mean_s": 0.05, "sd_s": 0.01}},
    {"delay": {"kind": "lognormal", "median_s": 0.05, "sigma": 0.5, "floor_s": 0.02}},
    {"delay": {"kind": "gamma", "mean_s": 0.05, "sd_s": 0.01, "floor_s": 0.02}},
    {"loss": {"kind": "none"}},
    {"loss": {"kind": "bernoulli", "ratio": 0.01}},
    {
        "loss": {
            "kind": "gilbert-elliott",
            "mean_good_s": 30,
            "mean_bad_s": 0.3,
            "loss_good": 0,
            "loss_bad": 0.5,
        }
    },
    {"loss": {"kind": "bernoulli", "ratio": 0.1, "correlation": 0.25}},
    {"delay": {"kind": "per-direction", "up": {"kind": "normal", "mean_s": 0.15, "sd_s": 0.03}}},
    {
        "loss": {
            "kind": "per-direction",
            "up": {"kind": "bernoulli", "ratio": 0.1},
            "down": {"kind": "none"},
        }
    },
    {"rate": {"kind": "none"}},
    {"rate": {"kind": "constant", "up_bps": 1e6, "down_bps": 5e6}},
    {"outages": {"kind": "none"}},
    {"outages": {"kind": "list", "intervals": [[10, 20], [15, 30]]}},
    {
        "outages": {
            "kind": "renewal",
            "up": {"kind": "exponential", "mean_s": 60},
            "down": {"kind": "lognormal", "median_s": 3, "sigma": 1},
        }
    },
    {
        "outages": {
            "kind": "renewal",
            "up": {"kind": "fixed", "duration_s": 60},
            "down": {"kind": "uniform", "low_s": 3, "high_s": 10},
            "stationary": True,
        }
    },
]


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_every_kind_survives_the_round_trips(changes: dict[str, Any]) -> None:
    """Through JSON in strict mode, as scenarios are read, and through pickle, to workers."""
    given = network(**changes)
    assert NetworkSpec.model_validate_json(given.model_dump_json(), strict=True) == given
    assert pickle.loads(pickle.dumps(given)) == given
    assert len({given, network(**changes)}) == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"share": 0}, "greater than 0"),
    ({"share": 1.1}, "less than or equal to 1"),
    ({"share": float("nan")}, "finite"),
    ({"profile": "5g"}, "'fibre'.*'lan'"),
    ({"speed": 5}, "Extra inputs"),
    ({"delay": {"kind": "constant", "delay_s": 150}}, "less than or equal to 10"),
    (
        {"delay": {"kind": "weibull"}},
        "'constant', 'normal', 'lognormal', 'gamma', 'empirical', 'per-direction'",
    ),
    (
        {"delay": {"kind": "gamma", "mean_s": 0.02, "sd_s": 0.01, "floor_s": 0.02}},
        "mean_s is 0.02; allowed: above floor_s, which is 0.02",
    ),
    (
        {"delay": {"kind": "lognormal", "median_s": 0.01, "sigma": 1, "floor_s": 0.02}},
        "median_s is 0.01; allowed: above floor_s, which is 0.02",
    ),
    ({"delay": {"kind": "empirical", "file": "no-such-file"}}, "No such file.*allowed: a readable"),
    ({"delay": {"kind": "gamma", "mean_s": 10, "sd_s": 1e-200}}, "or equal to 0.000001"),
    ({"delay": {"kind": "normal", "mean_s": 10, "sd_s": 1e-200}}, "or equal to 0.000001"),
    (
        {"delay": {"kind": "gamma", "mean_s": 1e-320, "sd_s": 1}},
        "mean_s is .*; allowed: above floor_s, which is 0, by a microsecond",
    ),
    ({"loss": {"kind": "bernoulli", "ratio": 2}}, "less than or equal to 1"),
    ({"loss": {"kind": "bernoulli", "ratio": 1, "correlation": 1}}, "less than or equal to 0.99"),
    ({"loss": {"kind": "per-direction", "up": {"kind": "per-direction"}}}, "'none', 'bernoulli'"),
    (
        {"rate": {"kind": "constant", "up_bps": 1.6, "down_bps": 5e6}},
        "greater than or equal to 1000",
    ),
    ({"rate": {"kind": "trace", "up": {"file": "a"}}}, "'down'.*Field required"),
    ({"outages": {"kind": "list", "intervals": []}}, "at least 1 item"),
    ({"outages": {"kind": "list", "intervals": [[5, 2]]}}, r"outage is \(5.0, 2.0\); allowed"),
    (
        {
            "outages": {
                "kind": "renewal",
                "up": {"kind": "uniform", "low_s": 9, "high_s": 3},
                "down": {"kind": "fixed", "duration_s": 0},
            }
        },
        "high_s is 3; allowed: at least low_s, 9",
    ),
    ({"outages": {"kind": "trace", "file": "."}}, "(directory|folder).*allowed: a readable file"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED, ids=[str(case[0]) for case in REFUSED])
def test_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        network(**changes)
    assert re.search(message, messages(refusal.value), re.DOTALL)


def test_bad_file_is_found_when_the_scenario_is_checked(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("1\nx\n")
    for changes in (
        {"delay": {"kind": "empirical", "file": bad}},
        {"outages": {"kind": "trace", "file": bad}},
        {"rate": {"kind": "trace", "up": {"file": bad}, "down": {"file": bad}}},
    ):
        with pytest.raises(ValidationError, match=r"bad:2: 'x' is no"):
            network(**changes)


def test_files_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "link"
    path.write_text("0\n5000\n")
    given = network(outages={"kind": "trace", "file": path})
    path.unlink()
    assert isinstance(given.outages, spec.TraceOutagesSpec)
    assert given.outages.recording.rate.period_s == 5.0
    assert given == pickle.loads(pickle.dumps(given))


def test_values_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        network().share = 1.0  # type: ignore[misc]


def fields() -> Iterator[tuple[type[BaseModel], str]]:
    for model in MODELS:
        for name in model.model_fields:
            yield model, name


@pytest.mark.parametrize(("model", "name"), list(fields()))
def test_every_field_is_described_with_its_unit(model: type[BaseModel], name: str) -> None:
    field = model.model_fields[name]
    if name == "kind":
        assert len(get_args(field.annotation)) == 1
        return
    description = field.description or ""
    units = {"_s": "in seconds", "_bps": "bits/s"}
    unit = next((text for suffix, text in units.items() if name.endswith(suffix)), "")
    assert description
    assert unit.removeprefix("in ") in description
    if field.annotation is float:
        assert {type(rule).__name__ for rule in field.metadata} >= {"Le"}


def test_schema_names_the_profiles() -> None:
    """`rtcsim list` and error messages print them from there."""
    names = NetworkSpec.model_json_schema()["properties"]["profile"]["enum"]
    assert names == list(get_args(ProfileName))
    assert ProfileName == Literal[tuple(names)]


@pytest.mark.parametrize("side", ["up", "down"])
def test_one_direction_implies_the_kind(side: str) -> None:
    given = {"delay": {side: {"kind": "constant", "delay_s": 0.1}}, "loss": {side: {}}, "share": 1}
    (named,) = spec.name_directions({"networks": [given]})["networks"]
    assert named["delay"] == {"kind": "per-direction", **given["delay"]}  # type: ignore[dict-item]
    assert (named["loss"]["kind"], named["share"]) == ("per-direction", 1)


@pytest.mark.parametrize(
    "data",
    [
        {"networks": [{"delay": {"kind": "constant", "delay_s": 0.1}, "rate": {"up": 1}}]},
        {"networks": [{"delay": {"kind": "constant", "up": 1}}, 3]},
        {"networks": 3},
        {},
    ],
)
def test_nothing_else_is_touched(data: dict[str, Any]) -> None:
    assert spec.name_directions(data) == data
