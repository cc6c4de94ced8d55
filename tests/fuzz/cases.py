"""One case: what is typed and the files beside it, made from one number."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from sim.scenario.problems import schema
from tests.fuzz import odd

WORLD: Final[dict[str, Any]] = {
    "name": "c",
    "designs": ["full-websocket", "hybrid"],
    "replications": 2,
    "time": {"warmup_s": 1.0, "measure_s": 6.0, "drain_s": 3.0},
    "people": {"count": 3},
    "actions": {"send": {"per_person_per_minute": 10.0}},
    "networks": [
        {"share": 0.5, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.1}},
        {"share": 0.5, "profile": "wifi", "delay": {"kind": "gamma", "mean_s": 0.1, "sd_s": 0.05}},
    ],
    "faults": [{"kind": "node-crash", "node": 0, "at_s": 2.0, "restart_s": 1.0}],
    "guarantees": [{"guarantee": "fifo"}, {"metric": "latency_p99", "below_s": 9.0}],
    "variants": {"v": {"base": "socketio", "socketio_retries": 2}},
}
TINY: Final = (
    "people.count=3", "time.warmup_s=1.0", "time.measure_s=4.0", "time.drain_s=2.0",
    "actions.send.per_person_per_minute=10.0", "faults=[]",
)  # fmt: skip
TRACE: Final = (
    b"time_s,sender,conversation,size_bytes\n0.0,ann,room,10\n1.5,bob,room,20\n2,ann,x,5\n"
)
EXPORT: Final = (
    b"\xef\xbb\xbfTime_s;Sender;Conversation;Size_Bytes;Text\r\n"
    b'2023-09-23T13:15:48.379+03:00;ann;general;2;hi\r\n2023-09-23T13:15:50Z;bob;x;3;"a; b"\r\n'
)
MAHIMAHI: Final = b"0\n3\n3\n950\n2600\n2601\n3100\n"
LOG: Final = b"0.0 4.03\n1.1 3.91\n2.0 0.00\n3.0 2.20\n"
DELAYS: Final = b"# one way\n0.031\n0.045\n0.02\n"


@dataclass(slots=True)
class Case:
    """Words of a command and files to write first.

    `simulate`: the world is really played; `draw`: its report is really drawn.
    """

    words: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    simulate: bool = False
    draw: bool = False


def scenario(luck: Random) -> Case:
    """A scenario with slips in its keys and values, or with bytes scratched."""
    text = odd.toml(odd.slip(luck, WORLD)).encode("utf-8", "surrogatepass")
    if luck.random() < 0.3:
        text = odd.scratched(luck, text)
    return _loaded(luck, text)


def shaped(luck: Random) -> Case:
    """A scenario with one section made anew from its rules: most are accepted, and played."""
    rules = schema()
    keys = rules.keys(rules.root)
    key = luck.choice([one for one in keys if one not in ("name", "question", "trace", "variants")])
    data = {**WORLD, key: odd.sound(luck, keys[key])}
    if luck.random() < 0.3:
        fields = _variant(luck)
        data |= {"variants": {"v": fields}, "designs": ["v"]}
    files = {
        "c.toml": odd.toml(data).encode(),
        "link.log": LOG,
        "delays.txt": DELAYS,
        "x": MAHIMAHI,
    }
    return Case(_played(luck, "c.toml"), files, simulate=True)


def _variant(luck: Random) -> dict[str, Any]:
    from models import DESIGNS
    from models.channels import channels
    from models.protocols.backoff import BACKOFFS
    from models.protocols.heartbeat import HEARTBEATS
    from models.protocols.mqtt import MQTT_BROKERS
    from models.protocols.redis import REDIS_CLIENTS
    from models.protocols.sse.event_source import BROWSERS
    from models.protocols.sse.event_stream import SERVERS
    from models.servers.backplane import backplanes

    choices: dict[str, Any] = {
        **dict.fromkeys(("list", "send", "receive", "typing", "seen"), tuple(channels())),
        "recovery": ("none", "cursor", "session"),
        "heartbeat": tuple(HEARTBEATS), "backoff": tuple(BACKOFFS),
        "socketio_transport": ("polling", "websocket", "polling only"),
        "mqtt_broker": tuple(MQTT_BROKERS), "qos": (0, 1, 2),
        **dict.fromkeys(("acks", "stored", "retry", "idempotent", "clean_session"), (True, False)),
        **dict.fromkeys(("hold_s", "connect_timeout_s", "request_timeout_s"), (0.001, 1.0, 3600.0)),
        "socketio_retries": (0, 1, 1000), "close_timeout_s": (0.0, 0.5, 3600.0),
        "sse.browser": tuple(BROWSERS), "sse.server": tuple(SERVERS),
        "sse.server.window_messages": (0, 1, 1000), "sse.server.window_s": (0.001, 3600.0),
        "sse.watch_s": (0.0, 0.001, 3600.0), "sse.server.retry_s": (0.0, 0.001, 3600.0),
        "heartbeat.interval_s": (0.001, 15, 1e9), "heartbeat.timeout_s": (0.001, 30.0),
        "backoff.tries": (1, 4, 0), "backoff.wait_s": (0, 5.0), "backoff.base_s": (1.0, 9e9),
        "mqtt.broker.sender.queue_limit": (0, 10), "backplane": tuple(backplanes()),
        "backplane.request_every_s": (0.001, 1.0), "backplane.client": tuple(REDIS_CLIENTS),
        "backplane.stream_length": (0, 1, 10), "backplane.shards": (0, 1, 8, 129),
    }  # fmt: skip
    chosen = luck.sample(list(choices), luck.randrange(1, 5))
    fields = {key: luck.choice(choices[key]) for key in chosen}
    if luck.random() < 0.3:
        fields[luck.choice([*choices, "foo", "tries"])] = odd.value(luck)
    made: dict[str, Any] = {"base": luck.choice(list(DESIGNS))}
    for key, value in fields.items():
        here, (*path, last) = made, key.split(".")
        for part in path:
            if not isinstance(here.get(part), dict):
                here[part] = {}
            here = here[part]
        here[last] = value
    return made


def trace(luck: Random) -> Case:
    """A recorded chat with bytes scratched."""
    content = odd.scratched(luck, luck.choice((TRACE, EXPORT)))
    files = {"c.toml": _world(), "t.csv": content}
    if luck.random() < 0.7:
        files["c.toml"] = odd.toml({**WORLD, "trace": {"file": "t.csv"}, "faults": []}).encode()
        return Case(["new", "-", "--from", "c.toml"], files)
    return Case(_played(luck, "c.toml", "--trace", "t.csv"), files, simulate=True)


def recording(luck: Random) -> Case:
    """A recorded link or measured delays with bytes scratched."""
    content = odd.scratched(luck, luck.choice((MAHIMAHI, LOG, DELAYS)))
    threshold_s = luck.choice((0.001, 1.0, 3600.0))
    made = luck.choice((
        {"delay": {"kind": "empirical", "file": "f"}},
        {"outages": {"kind": "trace", "file": "f", "threshold_s": threshold_s}},
        {"rate": {"kind": "trace", "up": {"file": "f"}, "down": {"file": "f"}}},
    ))  # fmt: skip
    network = {"share": 1.0, "profile": "4g", **made}
    text = odd.toml({**WORLD, "networks": [network]}).encode()
    return _loaded(luck, text, f=content)


def setting(luck: Random) -> Case:
    """What may be typed after --set."""
    paths = (
        "people.count", "seed", "networks.0.loss.ratio", "people.sessions.kind", "faults.0.kind",
        "networks.1.delay.mean_s", "trace.file", "variants.v.qos", "networks.9.share", "name",
        "faults.3.at_s", "people.²", "a", "", ".", "people..count", "people.count.x", "designs.0",
        "0.0", "networks", "networks.0", "time.measure_s", "conversations.sizes.kind", "a." * 60,
    )  # fmt: skip
    text = luck.choice(odd.TEXTS) if luck.random() < 0.4 else odd.toml_value(odd.value(luck))
    if luck.random() < 0.2:
        text = odd.scratched(luck, text.encode("utf-8", "replace")).decode("utf-8", "replace")
    given = f"{luck.choice(paths)}{luck.choice(('=', '=', '=', '', '==', ' = '))}{text}"
    words = ["compare", "c.toml", "--set", given.replace("\0", ""), "--workers", "1", "--quiet"]
    return Case(words, {"c.toml": _world()})


def command(luck: Random) -> Case:
    """Words in any order: commands, options, odd values."""
    commands = (
        "compare", "run", "check", "baseline", "explain", "report", "list", "schema", "new",
        "dance", "guarantees", "hunt", "validate", "--help", "--version", "",
    )  # fmt: skip
    options = (
        "--designs", "--seed", "--replications", "--workers", "--out", "--trace", "--set", "--json",
        "--quiet", "--budget", "--tolerance", "--baseline", "--guarantee", "--strict", "--message",
        "--person", "--replication", "--design", "--from", "--github", "--junit", "--markdown",
        "--cells", "--against", "--schedule", "--minutes", "--within", "--faults", "--debug", "-x",
    )  # fmt: skip
    values = (
        "c.toml", "commuter-day", "hybrid", "v", "1", "0", "-1", "2", "9" * 30, "9" * 5000, "nan",
        "inf", "a,b", "hybrid,hybrid", "o", "nowhere/x", "/dev/null/x", "people.count=2", "fifo",
        *odd.TEXTS,
    )  # fmt: skip
    words = [luck.choice(commands)]
    if words[0] in ("hunt", "guarantees", "validate"):
        words += (
            ["--help"] if luck.random() < 0.5 else ["no-such-design", "--cells", "no-such-cell"]
        )
    elif words[0] not in ("list", "new", "report"):
        words.append("c.toml")
    for _ in range(luck.randrange(5)):
        words.append(luck.choice(options))
        if luck.random() < 0.8:
            words.append(luck.choice(values))
    return Case([word.replace("\0", "") for word in words], {"c.toml": _world()})


def schedule(luck: Random) -> Case:
    """A schedule for `hunt`, right or with slips."""
    parts = (
        "people=2", "people=3", "send=5:0", "send=6:1", "send=5.5:0:0", "link=1@4.9+1", "reset=0@5",
        "crash=0@5+1", "host=0@5+2", "pause=0@5+1", "backplane=5+1", "ask=1", "luck=3", "room=0-1",
        "people=9999999999", "ask=nan", "ask=-5", "luck=-1", "send=700000:0", "room=0", "people=1",
        "send=1e400:0", "link=9@5+1", "luck=" + "9" * 5000, "crash=99@1+1", "link=0@-1+1", "²=1",
    )  # fmt: skip
    words = ["people=2", "send=5:0"] if luck.random() < 0.6 else []
    words += luck.choices(parts, k=luck.randrange(4))
    text = " ".join(words) or luck.choice(odd.TEXTS)
    if luck.random() < 0.2:
        text = odd.scratched(luck, text.encode()).decode("utf-8", "replace")
    call = ["hunt", "full-websocket-acked", "--guarantee", "no-loss-after-ok", "--workers", "1"]
    return Case([*call, "--quiet", "--schedule", text.replace("\0", "")], simulate=True)


def stored(luck: Random) -> Case:
    """A stored result or baseline with one file scratched; the folder `good` is a sound one."""
    files = [path for path in sorted(Path("good").rglob("*")) if path.is_file()]
    files = [path for path in files if path.suffix in (".json", ".toml", ".csv")]
    shutil.rmtree("bad", ignore_errors=True)
    shutil.copytree("good", "bad")
    hit = luck.choice(files)
    content = Path(hit).read_bytes()
    if hit.suffix == ".json" and luck.random() < 0.5:
        content = json.dumps(odd.slip(luck, json.loads(content)), default=str).encode()
    else:
        content = odd.scratched(luck, content)
    place = f"bad/{hit.relative_to('good')}"
    way = luck.randrange(3)
    if way == 0:
        return Case(["report", "bad"], {place: content})
    if way == 1:
        message = str(luck.randrange(8))
        return Case(["explain", "bad", "--message", message], {place: content}, simulate=True)
    broken = odd.slip(luck, json.loads(Path("baseline.json").read_bytes()))
    content = json.dumps(broken, default=str).encode()
    if luck.random() < 0.4:
        content = odd.scratched(luck, Path("baseline.json").read_bytes())
    words = ["check", "c.toml", "--baseline", "b.json", "--budget", "2", "--workers", "1"]
    return Case(words, {"c.toml": _world(), "b.json": content})


def _world() -> bytes:
    return odd.toml(WORLD).encode()


def _loaded(luck: Random, text: bytes, **files: bytes) -> Case:
    """Mostly read and written back, which takes no simulation."""
    both = {"c.toml": text, **files}
    if luck.random() < 0.95:
        return Case(["new", "-", "--from", "c.toml"], both)
    return Case(_played(luck, "c.toml"), both, simulate=True)


def _played(luck: Random, *words: str) -> list[str]:
    tiny = [word for one in TINY for word in ("--set", one)]
    how = ("--replications", str(luck.choice((1, 2))), "--workers", "1", "--quiet", "--out", "o")
    name = luck.choice((["compare"], ["compare"], ["check", "--budget", "2"]))
    return [*name, *words, *how, *tiny]


KINDS: Final[dict[str, tuple[Callable[[Random], Case], int]]] = {
    "scenario": (scenario, 40),
    "shaped": (shaped, 6),
    "trace": (trace, 10),
    "recording": (recording, 10),
    "set": (setting, 15),
    "command": (command, 10),
    "schedule": (schedule, 2),
    "stored": (stored, 7),
}


def made(number: int, seed: int) -> tuple[str, Case]:
    """Case `number` of a campaign: its kind, and what is typed. Equal numbers, equal cases."""
    luck = Random(f"{seed}-{number}")
    kinds = list(KINDS)
    (kind,) = luck.choices(kinds, [KINDS[one][1] for one in kinds])
    case = KINDS[kind][0](luck)
    case.draw = luck.random() < 0.01  # seconds each
    return kind, case
