"""Somebody's package, installed in a folder of its own without any network.

It is built where the tools are (`hatchling`, of the extra `dev`); elsewhere its modules are put
there with the metadata that importlib reads, which is all that rtcsim sees of either.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
CAN_BUILD = all(find_spec(name) for name in ("hatchling", "pip"))


def install(source: Path, target: Path) -> None:
    """Install the package in `source` into the folder `target`."""
    if CAN_BUILD:
        quiet = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")
        words = ("-m", "pip", "install", *quiet, "--target", str(target), str(source))
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
    else:
        put(source, target)


def put(source: Path, target: Path) -> None:
    """The same by hand: modules beside a `dist-info` with their entry points."""
    read = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))
    project = read["project"]
    for name in read["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        shutil.copytree(source / name, target / name)
    folder = target / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    folder.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (folder / "METADATA").write_text(head)
    lines: list[str] = []
    for group, named in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in named.items())]
    (folder / "entry_points.txt").write_text("\n".join(lines))


def python(target: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Python with that package and this checkout, started in `cwd`."""
    return subprocess.run(
        [sys.executable, "-P", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(target), str(ROOT)))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
