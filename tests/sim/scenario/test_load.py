"""From a file and `--set` to a scenario, or to one line for every mistake."""

import pytest
from fake_experiment import DESIGNS

from models import DESIGNS as REAL
from sim.errors import InputError, InputNote
from sim.scenario.load import change, load

GOOD = """\
name = "mine"
designs = ["hybrid", "long-poll"]

[people]
count = 50

[[networks]]
share = 1.0
profile = "4g"
loss = { kind = "bernoulli", ratio = 0.02 }

[servers]
gateways = 2
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "scenario.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def mistakes(path, *settings, designs=DESIGNS):
    with pytest.raises(InputError) as caught:
        load(str(path), designs, [change(one) for one in settings])
    assert all("\n" not in message for message in caught.value.messages)
    return caught.value.messages


def only(messages):
    assert len(messages) == 1, messages
    return messages[0]


def test_a_good_file_loads(written):
    scenario = load(str(written(GOOD)), DESIGNS)
    assert scenario.people.count == 50
    assert scenario.networks[0].loss.ratio == 0.02


@pytest.mark.parametrize(
    ("right", "wrong", "line", "key", "words"),
    [
        ("count = 50", 'count = "many"', 5, "people.count", "a whole number from 2"),
        ("count = 50", "count = 50.5", 5, "people.count", "50.5 is not allowed"),
        ("count = 50", "count = true", 5, "people.count", "true is not allowed"),
        ("count = 50", "conut = 50", 5, "people.conut", "did you mean 'count'?"),
        ("ratio = 0.02", "ratio = 1.3", 10, "networks.0.loss.ratio", "from 0 to 1"),
        ("ratio = 0.02", "ratio = nan", 10, "networks.0.loss.ratio", "NaN is not allowed"),
        (", ratio = 0.02", "", 10, "networks.0.loss.ratio", "missing; allowed: a number"),
        ('"bernoulli"', '"bernouli"', 10, "networks.0.loss", "did you mean 'bernoulli'?"),
        ('kind = "bernoulli", ', "", 10, "networks.0.loss", "kind is missing"),
        ('"4g"', '"4gg"', 9, "networks.0.profile", "did you mean '4g'?"),
        ("share = 1.0", "share = 0.9", 7, "networks", "add up to 0.9"),
        ('"hybrid"', '"hybird"', 2, "designs.0", "did you mean 'hybrid'?"),
        ("gateways = 2", "gateways = -2", 13, "servers.gateways", "from 1 to 1,000"),
        ("[servers]", "[severs]", 12, "severs", "did you mean 'servers'?"),
        ('name = "mine"', "name = 1979-05-27", 1, "name", "is not allowed"),
    ],
)
def test_one_mistake_is_one_line_with_its_place(written, right, wrong, line, key, words):
    path = written(GOOD.replace(right, wrong))
    message = only(mistakes(path))
    assert message.startswith(f"{path}:{line}: {key}: ")
    assert words in message


def test_a_negative_rate_is_refused(written):
    path = written(GOOD + "[actions.send]\nper_person_per_minute = -1\n")
    message = only(mistakes(path))
    assert message.startswith(f"{path}:15: actions.send.per_person_per_minute: -1 is not allowed")


def test_all_mistakes_of_a_file_come_at_once_in_the_order_of_lines(written):
    text = GOOD.replace("hybrid", "hybird").replace("50", "-5").replace("0.02", "1.3")
    text = text.replace("share = 1.0", "share = 0.5").replace("gateways", "gatways")
    messages = mistakes(written(text + '[[faults]]\nkind = "node-crsh"\n'))
    places = [message.split(": ")[1] for message in messages]
    assert places == [
        "designs.0",
        "people.count",
        "networks.0.loss.ratio",
        "servers.gatways",
        "faults.0",
    ]


def test_a_broken_section_does_not_hide_what_does_not_fit_elsewhere(written):
    text = GOOD.replace("count = 50", 'count = "x"').replace("share = 1.0", "share = 0.5")
    keys = [message.split(": ")[1] for message in mistakes(written(text))]
    assert keys == ["people.count", "networks"]


def test_faults_are_checked_against_the_rest(written):
    fault = '[[faults]]\nkind = "node-crash"\nnode = 7\nat_s = 10\nrestart_s = 5\n'
    message = only(mistakes(written(GOOD + fault)))
    assert ":16: faults.0.node: there is no node 7; allowed: 0 to 3" in message


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = [1,\n\n", 2), ('a = 1\nb = "x\n', 2), ("a = 1\na = 2\n", 2), ("= 3", 1)],
)
def test_malformed_toml_has_line_and_column(written, text, line):
    path = written(text)
    message = only(mistakes(path))
    assert message.startswith(f"{path}:{line}: column ")
    assert "not valid TOML" in message


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n"])
def test_an_empty_file_is_said_to_be_empty(written, text):
    assert "the file is empty" in only(mistakes(written(text)))


def test_a_missing_file_lists_what_is_shipped():
    message = only(mistakes("commuter-dy"))
    assert "no such file" in message
    assert "did you mean 'commuter-day'?" in message


def test_a_folder_and_a_picture_are_not_scenarios(tmp_path):
    assert "cannot be read" in only(mistakes(tmp_path))
    picture = tmp_path / "x.toml"
    picture.write_bytes(b"\x89PNG\xff")
    assert "not a text in UTF-8" in only(mistakes(picture))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("people.count=1", "--set people.count: 1 is not allowed"),
        ("people.conut=5", "did you mean 'count'?"),
        ("networks.1.share=0.5", "there is no '1' here to set; allowed: 0 to 0"),
        ("name.first=x", "there is no 'first' here to set"),
        ("networks.0.loss.ratio=2", "--set networks.0.loss.ratio: 2 is not allowed"),
        ("designs=[1]", "--set designs: designs.0: 1 is not allowed"),
        ("people.sessions.kind=slep", "--set people.sessions.kind: people.sessions: unknown kind"),
        ("networks.0.delay.mean_s=0.1", "--set networks.0.delay.mean_s: networks.0.delay: kind is"),
        ("faults.0.kind=reset", "--set faults.0.kind: there is no list 'faults' to set an entry"),
        ("people.²=3", "--set people.²: unknown key"),
        ("seed=0x" + "f" * 5000, "--set seed: a number of 20,000 bits is not allowed; allowed: a"),
        ("people.count=1", "two at least: a message needs a reader"),
        ("name=Ünï", "of small letters a to z, digits and dashes, which any folder can be named"),
        ('trace.file="a\\u0000b"', "allowed: the path of a file"),
        ("people.count=900000", "--set people.count: "),
        ("time.measure_s=5", "--set time.measure_s: faults.0.at_s: the fault is over at 10 s"),
    ],
)
def test_a_bad_change_is_named_by_what_was_typed(written, setting, words):
    text = GOOD
    if setting.startswith("time."):
        text += '[time]\nwarmup_s = 0\n[[faults]]\nkind = "reset"\nperson = 0\nat_s = 10\n'
    if setting.endswith("900000"):
        text += "[actions.send]\nper_person_per_minute = 60\n"
    assert words in only(mistakes(written(text), setting))


def test_what_the_file_has_wrong_by_itself_is_not_blamed_on_what_was_typed(written):
    path = written(GOOD.replace("0.02", "1.3"))
    (message,) = mistakes(path, "people.count=20", "seed=3")
    assert message.startswith(f"{path}:10: networks.0.loss.ratio: 1.3")


@pytest.mark.parametrize(
    "setting", ["people.count", "=3", "people..count=3", "people.count=2\nseed=5", "a=1\u20282"]
)
def test_a_change_that_is_no_change(setting):
    with pytest.raises(InputError, match="key=value"):
        change(setting)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("a=" + "[" * 5000, "nested too deeply"),
        ("a." * 5000 + "b=1", "nested too deeply"),
        ("a=" + "9" * 5000, "too many digits"),
    ],
)
def test_a_change_without_end_is_short_in_its_refusal(setting, words):
    with pytest.raises(InputError, match=words) as caught:
        change(setting)
    assert len(only(caught.value.messages)) < 400


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = " + "[" * 3000, 1, "nested too deeply; allowed: 32"),
        (GOOD + "x.y = " + "{ z = " * 3000, 14, "nested too deeply"),
        (GOOD + "[a" + ".a" * 3000 + "]\n", 14, "nested too deeply"),
        ("a = 1\nb = " + "9" * 5000, 2, "too many digits"),
        ("# a\u2028b\npeople = { count = 1 }\n", 2, "1 is not allowed"),
        ("\ufeffpeople = { count = 1 }\n", 1, "1 is not allowed"),
    ],
)
def test_odd_texts_have_their_line(written, text, line, words):
    path = written(text)
    found = [one for one in mistakes(path) if one.startswith(f"{path}:{line}: ")]
    assert words in only(found)


def test_depth_is_the_sum_of_headers_keys_and_values(written):
    deep = "[" + ".".join(["a"] * 20) + "]\n" + ".".join(["b"] * 20) + " = 1\n"
    messages = mistakes(written(GOOD + deep))
    assert any("nested too deeply" in one for one in messages)


@pytest.mark.parametrize("scenario", ["/dev/zero", "a" * 5000, "a\0b", "x/" * 3000])
def test_what_is_no_file_to_read_is_refused_in_one_line(scenario):
    assert len(only(mistakes(scenario))) < 1000


def test_numbers_that_ask_for_too_much_together_are_refused(written):
    text = GOOD.replace("count = 50", "count = 1000000") + (
        "[time]\nmeasure_s = 604800\n[actions.send]\nper_person_per_minute = 6000\n"
        "[conversations]\nper_person = 1000\n"
    )
    text = text.replace("gateways = 2", "gateways = 1000")
    found = {one.split(": ")[1]: one for one in mistakes(written(text))}
    assert set(found) == {"servers", "actions", "conversations"}
    assert "actions of 1,000,000 people in 604,860 s; allowed: 100,000,000" in found["actions"]


def test_a_script_names_people_who_exist(written):
    rooms = "[script]\nrooms = [[0, 99]]\nsends = [{ at_s = 1, sender = 0, room = 0 }]\n"
    assert "there is no person 99; allowed: 0 to 49" in only(mistakes(written(GOOD + rooms)))


def test_changes_reach_any_key_and_make_tables(written):
    settings = (
        "people.count=7",
        "networks.0.loss.ratio=0.5",
        "people.owed=members",
        "tls.resumed=true",
        "faults=[{kind='mass-disconnect', share=0.5, at_s=10}]",
    )
    scenario = load(str(written(GOOD)), DESIGNS, [change(one) for one in settings])
    assert scenario.people.count == 7
    assert scenario.networks[0].loss.ratio == 0.5
    assert scenario.people.owed == "members"
    assert scenario.tls.resumed
    assert scenario.faults[0].share == 0.5


VARIANT = GOOD.replace('"long-poll"', '"slow"') + '[variants.slow]\nbase = "hybrid"\n'


def test_a_variant_is_a_design(written):
    assert load(str(written(VARIANT + "wait_s = 2.0\n")), DESIGNS).designs == ("hybrid", "slow")


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (VARIANT + "wiat_s = 2.0\n", "variants.slow.wiat_s", "did you mean 'wait_s'?"),
        (VARIANT + "wait_s = 20.0\n", "variants.slow.wait_s", "allowed: 0 to 10"),
        (VARIANT.replace('base = "hybrid"', 'base = "hybrd"'), "variants.slow.base", "'hybrid'?"),
        (VARIANT.replace('base = "hybrid"', ""), "variants.slow.base", "missing"),
        (VARIANT.replace("slow", "mqtt-qos0"), "variants.mqtt-qos0", "is a design already"),
    ],
)
def test_a_bad_variant_is_found_before_anything_runs(written, text, key, words):
    message = only(mistakes(written(text)))
    assert f": {key}: " in message
    assert words in message


TRACE = "time_s,sender,conversation,size_bytes\n0.0,ann,room,10\n1.5,bob,room,20\n"


def test_a_trace_lies_beside_its_scenario(written, tmp_path):
    (tmp_path / "log.csv").write_text(TRACE)
    scenario = load(str(written(GOOD + '[trace]\nfile = "log.csv"\n')), DESIGNS)
    assert scenario.trace.file == tmp_path / "log.csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TRACE.replace("1.5", "soon"), ":3: time_s: 'soon'"),
        (TRACE.replace("20", "-20"), ":3: size_bytes: '-20'"),
        (TRACE.splitlines()[0] + "\n", "no rows"),
        ("", "the file is empty"),
        ("who,what\n1,2\n", "header"),
    ],
)
def test_a_bad_trace_is_found_before_the_first_event(written, tmp_path, text, words):
    log = tmp_path / "log.csv"
    log.write_text(text)
    messages = mistakes(written(GOOD + '[trace]\nfile = "log.csv"\n'))
    assert messages[0].startswith(str(log))
    assert words in messages[0]


def test_lines_are_right_behind_long_strings_and_lists(written):
    text = '''name = "mine"
question = """[people]
count = 1 ] { #
"""
designs = [
  "hybrid",  # a [ bracket
  "long-poll",
]
people.count = "x"
[[networks]]
share = 0.5
profile = "4g"
[[networks]]
share = 0.5
profile = "6g"
'''
    messages = mistakes(written(text))
    assert [message.split(": ")[0].rsplit(":")[-1] for message in messages] == ["9", "15"]


def test_what_a_trace_says_besides_is_said_once(written, tmp_path):
    (tmp_path / "log.csv").write_text(
        "Time_s;Sender;Size_Bytes;Text\n0;ann;1;a\n500;bob;2;b\n700;bob;2;c\n"
    )
    path = written(GOOD + '[trace]\nfile = "log.csv"\n')
    with pytest.warns(InputNote) as caught:
        load(str(path), DESIGNS)
    notes = [str(one.message).removeprefix(f"{tmp_path / 'log.csv'}: ") for one in caught]
    assert notes == [
        "columns that say nothing here are left out: Text",
        "1 of 3 messages lie beyond time.measure_s = 600 and are left out",
    ]


def test_a_bad_trace_does_not_hide_the_rest(written, tmp_path):
    (tmp_path / "ping.txt").write_text("23.1\n24.9\n")
    delay = 'delay = { kind = "empirical", file = "ping.txt" }\n'
    text = GOOD.replace("loss = {", delay + "loss = {").replace("gateways", "gatways")
    messages = mistakes(written(text))
    assert len(messages) == 2
    assert (
        "ping.txt:1: '23.1' is too long; allowed: seconds from 0 to 10; milliseconds?"
        in messages[0]
    )


PRESETS = '\n[variants.mine]\nbase = "mqtt-qos1"\nheartbeat = "mqtt.js"\nqos = 2\n'


def test_a_number_of_a_variant_is_set_on_top_of_its_preset(written):
    settings = [
        "variants.mine.heartbeat.interval_s=15",
        "variants.mine.backoff.tries=4",
        "variants.mine.mqtt.broker.sender.queue_limit=9",
    ]
    changes = [change(one) for one in settings]
    scenario = load(str(written(GOOD + PRESETS)), REAL, changes)
    own = scenario.variants["mine"].changes
    assert own["heartbeat"] == {"preset": "mqtt.js", "interval_s": 15}
    mine = REAL["mqtt-qos1"].variant("mine", own).options
    assert mine.heartbeat.ends.client.ping.interval_s == 15.0
    assert mine.heartbeat.ends.client.ping.timeout_s == 30.0
    assert mine.backoff.tries == 4.0
    assert (mine.mqtt.qos, mine.mqtt.broker.sender.queue_limit) == (2, 9.0)


def test_a_number_that_cannot_be_is_told_as_it_was_typed(written):
    typed = "variants.mine.heartbeat.interval_s=-1"
    said = only(mistakes(written(GOOD + PRESETS), typed, designs=REAL))
    assert said == "--set variants.mine.heartbeat.interval_s: -1; allowed: more than 0 seconds"
