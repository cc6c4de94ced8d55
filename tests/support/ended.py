"""The command as somebody types it, in this process, and how it ended."""

import pytest

from sim.cli import main


def ended(*words: str) -> int:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as stop:
        main(words)
    return int(stop.value.code or 0)
