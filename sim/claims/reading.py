"""The claims that come with the package: a file each, in the article's order.

The order is that of `ORDER`; a file that is not in it comes last. Raises `InputError` for what no
claim can be.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Final

from pydantic import ValidationError

from sim.claims.spec import Claim
from sim.errors import InputError
from sim.scenario.designs import nearest

FIRST: Final = "C1"
"""The claim that stands above all others: the conclusion."""
ORDER: Final = (FIRST, "A", "P", "O", "T", "S", "Q")


def claims() -> dict[str, Claim]:
    """Every claim by its id: the conclusion first, then as the article has them.

    >>> next(iter(claims()))
    'C1'
    """
    files = [one for one in resources.files("sim.claims.article").iterdir()
             if one.name.endswith(".toml")]  # fmt: skip
    read = [parse(one.name, one.read_text("utf-8")) for one in files]
    return {one.id: one for one in sorted(read, key=_place)}


def chosen(names: Sequence[str]) -> dict[str, Claim]:
    """Those of these ids, in their order; all without any. Raises `InputError` for an unknown one.

    >>> list(chosen(["S1"]))
    ['S1']
    """
    known = claims()
    by_letters = {name.lower(): name for name in known}
    if odd := [name for name in names if name.lower() not in by_letters]:
        near = nearest(odd[0], known)
        raise InputError([f"--only {odd[0]}: no such claim; allowed: {', '.join(known)}{near}"])
    wanted = {by_letters[name.lower()] for name in names}
    return {name: one for name, one in known.items() if name in wanted or not names}


def parse(name: str, text: str) -> Claim:
    """A claim from the text of its file. Raises `InputError` with every problem."""
    try:
        found = Claim.model_validate_json(_as_json(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError([f"{name}: not valid TOML: {error}"]) from None
    except ValidationError as error:
        raise InputError(
            f"{name}: {'.'.join(map(str, one['loc']))}: {one['msg']}".replace(": : ", ": ")
            for one in error.errors()
        ) from None
    if name != f"{found.id}.toml":
        raise InputError([f"{name}: id = '{found.id}'; allowed: the name of its file"])
    return found


def _as_json(text: str) -> str:
    """Strict reading takes a JSON array for a tuple, and not a TOML list."""
    import json

    return json.dumps(tomllib.loads(text))


def _place(claim: Claim) -> tuple[int, str]:
    known = [at for at, start in enumerate(ORDER) if claim.id.startswith(start)]
    return (known[0] if known else len(ORDER)), claim.id
