"""A `Scenario` as TOML: as it ran (every value spelled out) or commented, for `rtcsim new`.

Comments come from the models' own descriptions. Leaves out keeping a user's comments: the file as
run is a record, not an edit of the user's file.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.problems import schema
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Node, Schema

WIDTH = 96
Table = Mapping[str, Any]
# What a terminal or an editor would obey or hide; JSON spells out only what is below a space.
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_HEAD = ("name", "question", "designs", "footing", "decides", "seed", "replications", "time")


def to_toml(scenario: Scenario) -> str:
    """Every value of `scenario`, defaults included. Reading it gives an equal scenario."""
    return _text(_document(plain(scenario), None))


def table_to_toml(table: Table) -> str:
    """A scenario that is still a table, as a file would have it."""
    return _text(_document(table, None))


def to_commented_toml(scenario: Scenario) -> str:
    """The same with the meaning, unit and range of every key, and what else could stand there."""
    rules = schema()
    lines = [
        "# A scenario for rtcsim. Try it:  rtcsim compare THIS-FILE",
        "# Keys left out take the value shown by `rtcsim new`. Times are in seconds.",
        "",
        *_document(plain(scenario), rules),
    ]
    if scenario.trace.file is None:
        lines += ["", *_example_trace()]
    if not scenario.path:
        lines += ["", *_example_path()]
    if not scenario.faults:
        lines += ["", *_example_faults(rules)]
    if not scenario.guarantees:
        lines += ["", *_example_guarantees(rules)]
    if not scenario.variants:
        lines += ["", *_example_variant(scenario)]
    return _text(lines)


def plain(scenario: Scenario) -> dict[str, Any]:
    """`scenario` as plain values in the order of the file, without what is not set."""
    data = scenario.model_dump(mode="json", exclude_none=True)
    keys = dict.fromkeys((*_HEAD, *data))
    return {key: data[key] for key in keys if data[key] not in ({}, [])}


def toml_value(value: object) -> str:
    """One value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _UNSEEN.sub(
            lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False)
        )
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    return repr(value)


def _document(data: Table, rules: Schema | None) -> Iterator[str]:
    root = rules.root if rules else {}
    tables = {key: value for key, value in data.items() if _is_table(value)}
    yield from _pairs({k: v for k, v in data.items() if k not in tables}, root, rules)
    for key, value in tables.items():
        node = rules.resolve(rules.keys(root).get(key, {})) if rules else {}
        yield ""
        if isinstance(value, list):
            yield from _entries(key, value, node, rules)
        elif key == "variants":
            yield from _variants(value)
        else:
            yield from _table(key, value, node, rules)


def _table(name: str, value: Table, node: Node, rules: Schema | None) -> Iterator[str]:
    """`[name]` and the tables inside it as `[name.inner]`."""
    inner = {key: one for key, one in value.items() if isinstance(one, Mapping)}
    if rules:
        meaning = str(node.get("description", ""))
        yield from _alternatives(node, rules) if rules.kinds(node) else _comment(meaning)
        node = rules.choice(node, value)
    if len(inner) < len(value):
        yield f"[{name}]"
    yield from _pairs({k: v for k, v in value.items() if k not in inner}, node, rules)
    for number, (key, one) in enumerate(inner.items()):
        if number or len(inner) < len(value):
            yield ""
        inner_node = rules.resolve(rules.keys(node).get(key, {})) if rules else {}
        yield from _table(f"{name}.{key}", one, inner_node, rules)


def _entries(name: str, entries: list[Table], node: Node, rules: Schema | None) -> Iterator[str]:
    """`[[name]]` tables; the keys are explained once, before the first."""
    items = rules.resolve(node).get("items", {}) if rules else {}
    if rules:
        yield from _comment(str(node.get("description", "")))
        yield from _explained(items, rules)
    for index, entry in enumerate(entries):
        if index:
            yield ""
        yield f"[[{name}]]"
        yield from _pairs(entry, {}, None)


def _variants(variants: Table) -> Iterator[str]:
    for index, (name, fields) in enumerate(variants.items()):
        if index:
            yield ""
        yield f"[variants.{_key(name)}]"
        yield from _pairs(fields, {}, None)


def _pairs(values: Table, node: Node, rules: Schema | None) -> Iterator[str]:
    for key, value in values.items():
        rule = rules.keys(node).get(key) if rules else None
        if rules and rule is not None:
            meaning = rules.resolve(rule).get("description", "")
            yield from _comment(f"{meaning} ({rules.allowed(rule)})" if meaning else "")
        yield f"{_key(key)} = {toml_value(value)}"


def _explained(node: Node, rules: Schema) -> Iterator[str]:
    """What the keys of one list entry mean, as comments."""
    if kinds := rules.kinds(node):
        yield from _kinds(kinds, rules)
        return
    for key, rule in rules.keys(rules.resolve(node)).items():
        meaning = rules.resolve(rule).get("description", "")
        alternatives = list(_alternatives(rule, rules))
        allowed = "; one of:" if alternatives else f" ({rules.allowed(rule)})"
        yield from _comment(f"{key}: {meaning}{allowed}")
        yield from alternatives


def _alternatives(node: Node, rules: Schema) -> Iterator[str]:
    """What else a table told apart by `kind` could be."""
    node = rules.resolve(node)
    for one in (node, *node.get("anyOf", ())):
        if kinds := rules.kinds(one):
            yield from _kinds(kinds, rules)


def _kinds(kinds: Mapping[str, Node], rules: Schema) -> Iterator[str]:
    for kind, node in kinds.items():
        keys = [key for key in rules.keys(node) if key != "kind"]
        with_keys = f" ({', '.join(keys)})" if keys else ""
        yield from _comment(f'  kind = "{kind}"{with_keys}: {_first(node)}')


def _first(node: Node) -> str:
    return str(node.get("description", "")).split("\n\n")[0].replace("\n", " ")


def _example_trace() -> list[str]:
    return [
        "# Replay real messages instead of drawn ones (people and conversations come from it):",
        "# [trace]",
        '# file = "messages.csv"    # columns time_s,sender,conversation,size_bytes',
    ]


def _example_path() -> list[str]:
    return [
        "# What stands between people and servers (`rtcsim list boxes`); the short forms are",
        "# servers.proxy and the nat of a network:",
        "# [[path]]",
        '# preset = "nginx"',
        "# idle_timeout_s = 300.0",
    ]


def _example_faults(rules: Schema) -> list[str]:
    node = rules.resolve(rules.keys(rules.root)["faults"])
    return [
        "# What breaks, and when:",
        *_explained(node["items"], rules),
        "# [[faults]]",
        '# kind = "node-crash"',
        "# node = 0",
        "# at_s = 120.0",
        "# restart_s = 5.0",
    ]


def _example_guarantees(rules: Schema) -> list[str]:
    node = rules.resolve(rules.keys(rules.root)["guarantees"])
    return [
        "# What `rtcsim check` holds the designs to: promises that must not be broken once, or",
        "# figures that must stay below a limit.",
        *_explained(node["items"], rules),
        "# [[guarantees]]",
        '# guarantee = "no-loss-after-ok"',
        "# [[guarantees]]",
        '# metric = "latency_p99"',
        "# below_s = 2.0",
    ]


def _example_variant(scenario: Scenario) -> list[str]:
    base = scenario.designs[0]
    return [
        "# A design of your own: another design with some of its fields changed. List it above.",
        f"# [variants.my-{base}]",
        f'# base = "{base}"',
    ]


def _comment(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()))
    flat = " ".join(text.split())
    return textwrap.wrap(
        flat,
        WIDTH,
        initial_indent=f"# {indent}",
        subsequent_indent=f"# {indent}",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _is_table(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, Mapping) for one in value)
    return isinstance(value, Mapping) and bool(value)


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else toml_value(key)


def _text(lines: Iterator[str] | list[str]) -> str:
    return "\n".join(lines) + "\n"
