"""The world of the speed table: what differs between its runs and what does not."""

import pytest

import sim
from sim.bench.scenario import (
    CONNECTED_S,
    FEW_PER_MINUTE,
    MANY_PER_MINUTE,
    ROOM,
    WARMUP_S,
    WEATHERS,
    scenario,
)
from sim.world import build_world

PEOPLE = 84


def world(weather="calm", per_minute=MANY_PER_MINUTE):
    return scenario(sim.designs(), PEOPLE, weather, per_minute)


def test_rooms_of_21_on_four_gateways():
    built = build_world(world(), 0)
    assert {len(members) for members in built.workload.members} == {ROOM}
    assert len(built.gateways) == 4
    assert set(built.workload.action.tolist()) == {1}  # nothing but messages


def test_two_runs_differ_in_the_number_of_messages_only():
    few, many = world(per_minute=FEW_PER_MINUTE), world()
    assert few.model_copy(update={"actions": many.actions}) == many
    counts = [len(build_world(one, 0).workload.time_s) for one in (few, many)]
    assert 6.0 < counts[1] / counts[0] < 15.0


@pytest.mark.parametrize("weather", WEATHERS)
def test_what_the_weather_does(weather):
    paths = build_world(world(weather), 0).paths
    lost = {path.down.loss.stationary_loss() for path in paths}
    assert lost == {0.0 if weather == "calm" else 0.02}
    assert any(bool(path.outages) for path in paths) == (weather == "outages")


def test_everybody_is_connected_by_then():
    run = world(per_minute=0.0).model_copy(deep=True)
    history = sim.run_replication(run, sim.designs()["mqtt-qos1"], 0)
    attempts = history.tables["attempts"]
    assert len(attempts["person"]) == PEOPLE
    assert (attempts["time_s"] + attempts["took_s"]).max() < CONNECTED_S <= WARMUP_S
