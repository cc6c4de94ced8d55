"""The scenario's rules in words: which keys a table has, what a value may be, what a key means.

Reads the JSON schema of the scenario model, so that error messages, `rtcsim new` and `rtcsim list`
all say what the model itself enforces. Leaves out validating; that is the model's work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]
Location = Sequence[str | int]

_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True)
class Schema:
    """Walks one JSON schema; every node it hands out has its references resolved."""

    root: Node

    def at(self, location: Location, data: object) -> Node | None:
        """The node that rules `location`; `data` decides between alternatives by their `kind`."""
        node: Node | None = self.root
        for key in location:
            if node is None:
                return None
            node = self._step(self.choice(node, data), key)
            data = child(data, key)
        return None if node is None else self.choice(node, data)

    def choice(self, node: Node, data: object) -> Node:
        """The alternative of `node` that `data` picks; `node` itself when there is none."""
        node = self.resolve(node)
        mapping = node.get("discriminator", {}).get("mapping", {})
        kind = child(data, node.get("discriminator", {}).get("propertyName", ""))
        if isinstance(kind, str) and kind in mapping:
            return self.resolve({"$ref": mapping[kind]})
        real = [self.resolve(one) for one in node.get("anyOf", ()) if one.get("type") != "null"]
        return self._merged(node, self.choice(real[0], data)) if len(real) == 1 else node

    def keys(self, node: Node) -> dict[str, Node]:
        """Keys a table may have, each with its node."""
        return dict(node.get("properties", {}))

    def kinds(self, node: Node) -> dict[str, Node]:
        """Alternatives of a table told apart by `kind`, by name."""
        mapping = self.resolve(node).get("discriminator", {}).get("mapping", {})
        return {kind: self.resolve({"$ref": ref}) for kind, ref in mapping.items()}

    def resolve(self, node: Node) -> Node:
        """`node` with its reference followed; what stands beside the reference wins."""
        reference = node.get("$ref")
        if reference is None:
            return node
        target: Node = self.root
        for part in str(reference).removeprefix("#/").split("/"):
            target = target[part]
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return self._merged(beside, self.resolve(target))

    def names(self, node: Node) -> list[str]:
        """Texts `node` allows, when it allows a fixed list of them."""
        node = self.resolve(node)
        if "const" in node:
            return [str(node["const"])]
        listed = [str(name) for name in node.get("enum", ())]
        return listed or list(self.kinds(node))

    def allowed(self, node: Node) -> str:
        """What a value may be, in words."""
        node = self.resolve(node)
        if names := self.names(node):
            quoted = ", ".join(f"'{name}'" for name in names)
            return f"a table with kind = {quoted}" if self.kinds(node) else quoted
        if alternatives := [one for one in node.get("anyOf", ()) if one.get("type") != "null"]:
            return " or ".join(self.allowed(one) for one in alternatives)
        words = _KINDS.get(str(node.get("type")), "a value")
        if node.get("type") == "array" and "items" in node:
            return f"{words} of: {self.allowed(node['items'])}{_count_range(node)}"
        return words + _number_range(node) + _text_rule(node)

    def _step(self, node: Node, key: str | int) -> Node | None:
        if isinstance(key, int):
            items = node.get("prefixItems")
            if items and key < len(items):
                return self.resolve(items[key])
            return self.resolve(node["items"]) if isinstance(node.get("items"), dict) else None
        if key in node.get("properties", {}):
            return self.resolve(node["properties"][key])
        extra = node.get("additionalProperties")
        return self.resolve(extra) if isinstance(extra, dict) else None

    @staticmethod
    def _merged(beside: Node, target: Node) -> Node:
        kept = {key: beside[key] for key in ("description", "default") if key in beside}
        return {**target, **kept}


def child(data: object, key: str | int) -> object:
    """What `data` holds at `key`, or None."""
    if isinstance(data, Mapping):
        return data.get(key)
    if isinstance(data, Sequence) and not isinstance(data, str) and isinstance(key, int):
        return data[key] if 0 <= key < len(data) else None
    return None


def _number_range(node: Node) -> str:
    limits = (
        ("above", "exclusiveMinimum"),
        ("from", "minimum"),
        ("to", "maximum"),
        ("below", "exclusiveMaximum"),
    )
    return "".join(f" {word} {_plain(node[key])}" for word, key in limits if key in node)


def _plain(number: float) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:g}"


# A text's pattern -> the same in words. Everything with a name becomes a folder, a file, a column.
PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": "of small letters a to z, digits and dashes, which any folder can be"
    " named by, not beginning with a dash"
}


def _text_rule(node: Node) -> str:
    pattern, most = node.get("pattern"), node.get("maxLength")
    words = "" if pattern is None else f" {PATTERNS.get(pattern, f'matching {pattern}')}"
    return words if most is None else f"{words}, at most {most} letters"


def _count_range(node: Node) -> str:
    low = node.get("minItems")
    return f" (at least {low})" if low else ""
