"""Odd values, texts and tables, and slips in right ones."""

import copy
from random import Random
from typing import Any

from sim.scenario.gaps import GAPS
from sim.scenario.problems import schema
from sim.scenario.write import toml_value

NUMBERS = (
    0, 1, 2, -1, 3, 100, 1e-300, 5e-324, 1e300, 1e-9, 0.5, -0.0, 2**31, 2**63 - 1, 2**63, 2**64,
    10**12, 10**30, 10**400, float("nan"), float("inf"), float("-inf"), 604_800, 604_801,
)  # fmt: skip
TEXTS = (
    "", "x", "a b", "../../../esc", "/dev/zero", "/dev/null", ".", "nowhere", "a\0b", "\x1b[31mx",
    "\x1b]0;pwned\x07", "\u202egnp", "\u2028", "\x85", "²", "é", "=1+1", "-x", "::error::x", "a\nb",
    "a\rb", "\ufeff", "😀", "a" * 300, "a" * 5000, "nan", "1e5", "true", "[", "{", '"', "'",
    "`<b>`",
)  # fmt: skip
KEYS = (
    "kind", "file", "count", "name", "base", "designs", "x", "a.b", "²", "\x1b[1m", "\u202e", "0",
    "", "a b", *(pattern.rsplit(".", 1)[-1].strip("*=") or "x" for pattern in GAPS),
)  # fmt: skip
MOST_DEPTH = 60


def value(luck: Random, depth: int = 0) -> Any:
    """Anything that TOML can say."""
    kind = luck.randrange(8 if depth < 3 else 5)
    if kind < 2:
        return luck.choice(NUMBERS)
    if kind < 4:
        return luck.choice(TEXTS)
    if kind == 4:
        return luck.random() < 0.5
    if kind == 5:
        return nested(luck)
    if kind == 6:
        return [value(luck, depth + 1) for _ in range(luck.randrange(4))]
    return {luck.choice(KEYS): value(luck, depth + 1) for _ in range(luck.randrange(4))}


def nested(luck: Random) -> Any:
    """A list or a table in itself, more or less deep."""
    inner: Any = luck.choice((1, "x", []))
    for _ in range(luck.randrange(MOST_DEPTH)):
        inner = [inner] if luck.random() < 0.7 else {luck.choice(KEYS): inner}
    return inner


def sound(luck: Random, node: Any) -> Any:
    """A value that a rule of the scenario takes by itself, more often than not."""
    rules = schema()
    node = rules.resolve(node)
    if kinds := rules.kinds(node):
        kind = luck.choice(list(kinds))
        return {"kind": kind, **table(luck, kinds[kind])}
    if names := rules.names(node):
        return luck.choice(names)
    if alternatives := [one for one in node.get("anyOf", ()) if one.get("type") != "null"]:
        return sound(luck, luck.choice(alternatives))
    make = _MAKERS.get(node.get("type"), _text)
    return make(luck, node)


def _list(luck: Random, node: Any) -> list[Any]:
    items = node.get("prefixItems") or [node.get("items", {})] * luck.randrange(1, 4)
    return [sound(luck, one) for one in items]


def _text(luck: Random, node: Any) -> str:
    return luck.choice(("x", "hybrid", "mqtt-qos1", "link.log", "delays.txt"))


def number(luck: Random, node: Any) -> float:
    """One in its range, the ends and the neighbourhood of zero more often than not."""
    low = node.get("minimum", node.get("exclusiveMinimum", 0))
    high = node.get("maximum", node.get("exclusiveMaximum", 100))
    small = min(high, low + luck.random() * 10)
    made = luck.choice((low, high, small, small, small, low + (high - low) * luck.random()))
    return round(made) if node.get("type") == "integer" else float(made)


def table(luck: Random, node: Any) -> dict[str, Any]:
    """What the table needs, and some of what it may have."""
    needed, keys = node.get("required", ()), schema().keys(node)
    chosen = [key for key in keys if key in needed or luck.random() < 0.3]
    return {key: sound(luck, keys[key]) for key in chosen if key != "kind"}


_MAKERS = {
    "object": table,
    "array": _list,
    "integer": number,
    "number": number,
    "boolean": lambda luck, node: luck.random() < 0.5,
}


def slip(luck: Random, data: dict[str, Any]) -> dict[str, Any]:
    """`data` with one to three slips somewhere in it."""
    data = copy.deepcopy(data)
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        holder: Any = data
        while (inner := _inside(holder)) and luck.random() < 0.7:
            holder = luck.choice(inner)
        _slip_in(luck, holder)
    return data


def _inside(holder: Any) -> list[Any]:
    values = holder.values() if isinstance(holder, dict) else holder
    return [one for one in values if isinstance(one, dict | list) and one]


def _slip_in(luck: Random, holder: Any) -> None:
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = luck.choice(keys) if keys else luck.choice(KEYS)
    way = luck.randrange(5)
    if isinstance(holder, dict) and (way == 0 or not keys):
        holder[luck.choice(KEYS)] = value(luck)
    elif way == 1 and keys:
        del holder[key]
    elif way == 2 and isinstance(holder, dict):
        holder[f"{key}{luck.choice('sx_.²')}"] = holder.pop(key)
    elif way == 3 and isinstance(holder, list):
        holder.extend(holder)
    elif keys:
        holder[key] = value(luck)


def toml(data: dict[str, Any]) -> str:
    """`data` as a file, a key a line."""
    return "".join(f"{_key(key)} = {toml_value(one)}\n" for key, one in data.items())


def _key(key: str) -> str:
    return toml_value(key)


def scratched(luck: Random, content: bytes) -> bytes:
    """Bytes with some of them taken out, doubled, or put in."""
    made = bytearray(content)
    for _ in range(luck.choice((1, 1, 2, 5, 20))):
        at = luck.randrange(len(made) + 1)
        way = luck.randrange(5)
        if way == 0:
            del made[at : at + luck.choice((1, 3, 50))]
        elif way == 1:
            made[at:at] = made[at : at + 20]
        elif way == 2:
            made[at:at] = luck.choice(_BYTES)
        elif way == 3:
            del made[at:]
        else:
            made[at : at + 1] = bytes([luck.randrange(256)])
    return bytes(made)


_BYTES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\n\n", b"\r", b"\r\n", b'"', b"'", b"[" * 5000, b"{",
    b",", b";", b"\t", b"9" * 5000, b"99999999999999999999", b"-1", b"1e400", b"nan", b"null",
    b"\x1b[31m", "\u2028".encode(), "\u202e".encode(), b"=", b"#", b"[]", b"{}", b"a." * 500,
    b"2023-01-01T00:00Z",
)  # fmt: skip
