"""A copy of the program with a file more, and its command: what a newcomer adds is found there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copied(folder: Path, file: str, text: str) -> Path:
    """The program in `folder`, with `text` as one more file."""
    for name in ("sim", "models"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / file).write_text(text.lstrip())
    return folder


def rtcsim(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command of that copy, run there."""
    return subprocess.run(
        [sys.executable, "-m", "sim.cli", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
