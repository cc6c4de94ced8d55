"""What is wrong with plain values, in words and with its key."""

import copy

import pytest

from sim.scenario.problems import schema, validate

GOOD = {
    "name": "x",
    "designs": ["hybrid"],
    "networks": [{"share": 1.0, "profile": "4g"}],
}


def found(**sections):
    scenario, problems = validate(copy.deepcopy(GOOD) | sections)
    assert scenario is None
    return {".".join(map(str, one.location)): one.message for one in problems}


def test_right_values_have_no_problems():
    scenario, problems = validate(GOOD)
    assert problems == []
    assert scenario is not None
    assert scenario.designs == ("hybrid",)


def test_a_chosen_alternative_does_not_appear_in_the_key():
    loss = {"kind": "gilbert-elliott", "mean_good_s": 1.0, "mean_bad_s": -1.0}
    messages = found(networks=[{"share": 1.0, "profile": "4g", "loss": loss}])
    assert set(messages) == {
        "networks.0.loss.mean_bad_s",
        "networks.0.loss.loss_good",
        "networks.0.loss.loss_bad",
    }


def test_a_message_says_value_range_and_meaning():
    assert found(servers={"cores": 0})["servers.cores"] == (
        "0 is not allowed; allowed: a whole number from 1 to 256 (CPU cores of each node)"
    )


def test_a_long_value_is_cut():
    assert "..." in found(seed="x" * 200)["seed"]


def test_models_own_words_stand_at_their_own_key():
    sizes = {"kind": "fixed", "size": 500}
    messages = found(people={"count": 10}, conversations={"sizes": sizes})
    (key,) = messages
    assert key.startswith("conversations")
    assert "500" in messages[key]


@pytest.mark.parametrize("section", ["people", "servers", "time"])
def test_nothing_is_said_about_faults_when_what_they_refer_to_is_broken(section):
    crash = {"kind": "node-crash", "node": 99, "at_s": 1.0, "restart_s": 1.0}
    assert set(found(**{section: 3, "faults": [crash]})) == {section}


def test_a_broken_network_does_not_hide_a_misplaced_fault():
    crash = {"kind": "node-crash", "node": 99, "at_s": 1.0, "restart_s": 1.0}
    assert set(found(networks=[3], faults=[crash])) == {"networks.0", "faults.0.node"}


def test_every_key_of_a_scenario_says_what_it_means():
    rules = schema()

    def silent(node, path):
        node = rules.resolve(node)
        for kind, one in rules.kinds(node).items():
            yield from silent(one, f"{path}({kind})")
        for one in node.get("anyOf", ()):
            yield from silent(one, path)
        if isinstance(node.get("items"), dict):
            yield from silent(node["items"], f"{path}[]")
        for key, one in rules.keys(node).items():
            says = rules.resolve(one).get("description") or rules.kinds(one)
            if key != "kind" and not says:
                yield f"{path}.{key}"
            yield from silent(one, f"{path}.{key}")

    assert list(silent(rules.root, "scenario")) == []


def test_directions_without_a_kind_are_read_and_their_mistakes_told():
    up = {"kind": "normal", "mean_s": 99.0, "sd_s": 0.03}
    network = {"share": 1.0, "profile": "4g", "delay": {"up": up}, "loss": {"down": {"kind": "x"}}}
    messages = found(networks=[network])
    assert set(messages) == {"networks.0.delay.up.mean_s", "networks.0.loss.down"}
    assert "allowed: a number above 0 to 10" in messages["networks.0.delay.up.mean_s"]
    assert messages["networks.0.loss.down"].endswith("allowed: bernoulli, gilbert-elliott, none")


def test_boxes_on_the_way_are_looked_for_by_name():
    network = {"share": 1.0, "profile": "4g", "nat": "carier-5min"}
    messages = found(
        networks=[network],
        servers={"proxy": "ngnix"},
        path=[{"preset": "nginx", "networks": [3]}, {"networks": [0]}],
    )
    assert "did you mean 'nginx'?" in messages["servers.proxy"]
    assert "the box does nothing; allowed: a preset, or a limit" in messages["path.1"]


def test_boxes_that_do_not_fit_the_networks_are_told():
    network = {"share": 1.0, "profile": "4g", "nat": "carier-5min"}
    messages = found(networks=[network], path=[{"preset": "nginx", "networks": [3]}])
    assert messages["networks.0.nat"].endswith("did you mean 'carrier-5min'?")
    assert messages["path.0.networks.0"] == "there is no network 3; allowed: 0 to 0"


def test_numbers_of_boxes_that_nothing_would_read_are_told_all_at_once():
    network = {"share": 1.0, "profile": "4g"}
    path = [
        {"preset": "cloudflare", "retries": "connect"},  # nginx is nearer to the servers
        {"preset": "linux-conntrack", "networks": [0], "check_s": 2, "cores": 3},
        {"preset": "nginx", "check_fails": 3, "retries": "never", "tries_max": 2, "max_fails": 2},
        {"preset": "aws-nlb", "check_s": 10},  # nginx has its own opinion
    ]
    messages = found(networks=[network], path=path)
    assert set(messages) == {
        "path.0.retries", "path.1.check_s", "path.1.cores", "path.2.check_fails",
        "path.2.tries_max", "path.3.check_s",
    }  # fmt: skip
    assert "next to them reads it; allowed: there, or without it" in messages["path.0.retries"]
    assert messages["path.2.tries_max"].endswith("without retries; allowed: with retries")


@pytest.mark.parametrize(
    ("path", "key", "words"),
    [
        ([{"preset": "aws-alb", "count": 2}], "path.0.count", "without request_s; allowed: with"),
        (
            [{"preset": "nginx", "count": 0}],
            "path.0.count",
            "allowed: a whole number from 1 to 1,000",
        ),
        ([{"preset": "nginx", "count": 2}, {"preset": "envoy"}], "path.0.count", "next to them"),
        ([{"preset": "aws-nlb", "check_s": 9}, {"preset": "nginx"}], "path.0.check_s", "reads it"),
    ],
)
def test_proxies_that_nobody_can_count_are_told(path, key, words):
    messages = found(networks=[{"share": 1.0, "profile": "4g"}], path=path)
    assert set(messages) == {key}
    assert words in messages[key]


@pytest.mark.parametrize("servers", [{}, {"proxy": "aws-nlb"}, {"proxy": "aws-alb"}])
def test_so_are_those_in_short(servers):
    network, path = {"share": 1.0, "profile": "4g"}, [{"preset": "nginx"}]
    messages = found(networks=[network], path=path, servers={**servers, "proxy_count": 2})
    assert messages == {
        "servers.proxy_count": "nothing reads it without a servers.proxy that has a request_s;"
        " allowed: with one such as nginx"
    }


def test_what_balances_before_several_proxies_may_check_them():
    path = [{"preset": "aws-nlb", "check_s": 10, "check_fails": 2}, {"preset": "nginx", "count": 2}]
    assert validate(GOOD | {"path": path})[1] == []


def test_the_servers_own_proxy_is_nearer_than_all_others():
    network = {"share": 1.0, "profile": "4g"}
    path = [{"preset": "nginx", "retries": "always"}]
    messages = found(networks=[network], path=path, servers={"proxy": "envoy"})
    assert set(messages) == {"path.0.retries"}
