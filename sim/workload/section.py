"""What every section of a scenario is, and the largest numbers that any of them may hold."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

MAX_PEOPLE = 1_000_000
MAX_BODY_BYTES = 16_777_216
MAX_SECONDS = 604_800  # seven days
MAX_PER_MINUTE = 6_000  # a hundred a second: no person, but a load generator


class Section(BaseModel):
    """A frozen part of a scenario; unknown keys, inf and nan are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
