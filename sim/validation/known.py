"""Targets that the model is known to miss on the recorded cells, and why.

A test fails when one of them begins to hold or another begins to fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

KNOWN: Final[Mapping[str, str]] = {}
"""`cell quantity` -> the cause found, or the open question."""
