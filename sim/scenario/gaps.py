"""What people ask of a scenario that is not modelled yet: its keys, and the words for each gap.

A key that nobody knows is a slip of the hand; one of these is a wish, and the answer to it is what
is missing. The names are those that proxies, client libraries and traffic shapers use.

Leaves out what exists under another name (`nearest`).
"""

from fnmatch import fnmatchcase
from typing import Final

from sim.scenario.schema import Location

_CORRELATED = "correlation of delays from packet to packet"
_HABIT = (
    "devices that sleep, or tabs that are hidden, by habit of many people; the faults "
    "'device-asleep' and 'tab-hidden' say it of one person each"
)

# Pattern of a dotted key, with `=value` behind it where only that value is the wish -> what it is.
GAPS: Final[dict[str, str]] = {
    "networks.*.delay.*correlation": _CORRELATED,
    "networks.*.duplicate*": "packets that the network duplicates",
    "networks.*.reorder*": "packets out of order",
    "networks.*.corrupt*": "damaged packets",
    "people.devices*": "several devices of one person; people.tabs says it of tabs",
    "people.*sleep*": _HABIT,
    "people.*background*": _HABIT,
    "people.*hidden*": _HABIT,
    "people.*kind=sleep*": _HABIT,
    "*.presence*": "presence told to everybody",
}


def gap(location: Location, value: object = None, *, known: bool = False) -> str | None:
    """What is not modelled yet at `location`, in words; None when it is no such wish.

    A pattern with `=` also looks at the value: a text as it is, anything else as nothing. Of a key
    that is `known`, only the value can be such a wish.
    """
    key = ".".join(map(str, location))
    said = f"{key}={value if isinstance(value, str) else ''}"
    for pattern, words in GAPS.items():
        of_value = "=" in pattern
        if (of_value or not known) and fnmatchcase(said if of_value else key, pattern):
            return f"not modelled yet: {words}"
    return None
