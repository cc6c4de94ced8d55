"""What can be wrong with a workload's input files."""

from __future__ import annotations

from collections.abc import Sequence


class TraceError(ValueError):
    """A trace file that cannot be used; `messages` holds one line per mistake found."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = list(messages)

    def __reduce__(self) -> tuple[type[TraceError], tuple[list[str]]]:
        return TraceError, (self.messages,)  # survives the trip back from a worker process
