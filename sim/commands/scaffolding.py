"""`new-design`: a small package with a design of the user's own, to start from.

Its files are templates in `design_package/`; what rtcsim then finds is the entry point in them.
"""

import keyword
import os
import re
import sys
from collections.abc import Collection
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

from sim.errors import InputError
from sim.files import folders
from sim.files.writing import reason, replace
from sim.report.escape import shell, terminal
from sim.scenario.scenario import NAME_LENGTH

_RULE: Final = (
    f"small letters a to z, digits and underscores, at most {NAME_LENGTH}, a letter in front"
)
_MODULE: Final = rf"[a-z][a-z0-9_]{{0,{NAME_LENGTH - 1}}}"
_TAKEN: Final = {
    **dict.fromkeys(("sim", "models", "rtcsim"), "would hide rtcsim's own"),
    "tests": "holds the tests of the package",
}
_FILES: Final = {
    "pyproject.toml.in": "pyproject.toml",
    "README.md.in": "README.md",
    "module.py.in": "{}/__init__.py",
    "test_module.py.in": "tests/test_{}.py",
}


def new_design(folder: Path, known: Collection[str]) -> None:
    """Write the package into `folder`, whole or not at all; never over anything.

    The folder's name is that of its module and, with dashes, of its design. Raises `InputError`.
    """
    module = folder.name
    name = module.replace("_", "-")
    if wrong := _wrong(module, name, known):
        raise InputError([f"{folder}: {wrong}"])
    if os.path.lexists(folder):
        raise InputError([f"{folder}: exists already; allowed: a new folder"])
    if not folder.absolute().parent.is_dir():
        raise InputError([f"{folder}: there is no folder {folder.parent}; allowed: one in it"])
    try:
        with folders.staged(folder, lambda _: not os.path.lexists(folder)) as fresh:
            for path, text in _texts(module, name).items():
                (fresh / path).parent.mkdir(exist_ok=True)
                replace(fresh / path, text.encode())
    except OSError as error:
        raise InputError([f"{folder}: cannot be written: {reason(error)}"]) from None
    print(terminal(f"{folder}: written; {module}/__init__.py has the design '{name}'."))
    print(f"Next: python -m pip install -e {shell(str(folder))}")
    print(f"Then: rtcsim compare --designs hybrid-cursor,{name}")


def _wrong(module: str, name: str, known: Collection[str]) -> str | None:
    """Why a package cannot be called so."""
    if not re.fullmatch(_MODULE, module):
        return f"'{module}' is no name of a module; allowed: {_RULE}"
    if keyword.iskeyword(module) or module in sys.stdlib_module_names:
        return f"'{module}' is a word or module of Python's; allowed: a name of its own"
    if module in _TAKEN:
        return f"'{module}' {_TAKEN[module]}; allowed: a name of its own"
    if (found := find_spec(module)) and found.origin:
        return f"'{module}' is installed already ({found.origin}); allowed: a name of its own"
    if name in known:
        return f"'{name}' is a design already; allowed: a name of its own"
    return None


def _texts(module: str, name: str) -> dict[str, str]:
    """What each file of the package says."""
    templates = files("sim.commands") / "design_package"
    return {
        path.format(module): Template((templates / source).read_text("utf-8")).substitute(
            module=module, name=name
        )
        for source, path in _FILES.items()
    }
