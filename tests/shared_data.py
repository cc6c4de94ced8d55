"""Where real inputs lie that may be used but not be redistributed; tests skip without them."""

import os
from pathlib import Path

import pytest

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared"


def shared(path: str) -> Path:
    """The file at `path` in the folder RTCSIM_SHARED, by default `shared` beside the repository.

    Skips the calling test when it is absent.
    """
    found = Path(os.environ.get("RTCSIM_SHARED", _BESIDE_THE_REPOSITORY)) / path
    if not found.exists():
        pytest.skip(f"{found} is absent (set RTCSIM_SHARED to the folder that holds {path})")
    return found
