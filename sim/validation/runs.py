"""What each run of a campaign said, as a digest: a few runs then show whether its page holds.

The campaign takes minutes; luck is a function of names, so that any run can be played again alone
and says the same, or the model has changed and the page is to be made anew.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import InputError

_COLUMNS = ("cell", "replication", "digest")


def digest(found: Mapping[str, Any]) -> str:
    """A digest of one replication's numbers, to nine digits: more depends on numpy's version.

    >>> digest({"kernel": {"RetransSegs": 3.0}})
    '305dc4d0172ae9c6'
    """
    told = json.dumps(found, sort_keys=True, default=_listed)
    rounded = json.loads(told, parse_float=lambda text: f"{float(text):.9g}")
    return hashlib.sha256(json.dumps(rounded).encode()).hexdigest()[:16]


def _listed(array: Any) -> Any:
    return array.tolist()


def table(digests: Mapping[str, Sequence[str]]) -> str:
    """A row for each run of each cell, as CSV; `read` gives the same digests back."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for cell, told in digests.items():
        rows.writerows((cell, place, one) for place, one in enumerate(told))
    return text.getvalue()


def read(path: Path) -> dict[str, list[str]]:
    """The digests of each cell, by replication. Raises `InputError` for any other table."""
    found: dict[str, list[str]] = {}
    try:
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
        for row in rows:
            found.setdefault(row["cell"], []).append(row["digest"])
    except (OSError, ValueError, KeyError) as error:
        wanted = "allowed: a table that `rtcsim validate --runs` wrote"
        raise InputError([f"{path}: cannot be read: {error}; {wanted}"]) from None
    return found
