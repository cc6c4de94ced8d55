"""A call of another process, there and back, and what its caller learns when it is in trouble.

The process called has a queue of its own (`sim.process`): it may be busy, stand still, be slow, or
die with the call in hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.process import Process

AGAIN_S: Final = 0.5
"""How soon a call is made again where nobody listened (node-redis: 500 ms at most)."""


@dataclass(frozen=True, slots=True)
class RemoteCall:
    """A call of another process, there and back: its queue, then `delay_s` that nobody waits for.

    `cost_s`: for how long it occupies a core there; with 0 there is no ceiling, and no queue but
    behind a pause. `timeout_s`: how long the caller waits for the answer.
    """

    process: Process
    cost_s: float
    delay_s: float
    timeout_s: float = math.inf

    def start(
        self, call: Callable[..., object], *args: Any,
        lost: Callable[..., object] | None = None, late: Callable[..., object] | None = None,
    ) -> None:  # fmt: skip
        """Call now; `call(*args)` when the answer is back.

        `late(*args)`: there is none after `timeout_s`, though there may be one later.
        `lost(*args)`: it was not done and will not be, as the process died with it in hand, or
        nobody listened for `timeout_s`. Without `lost` it is made again until it is answered.
        """
        if self.cost_s or self.process.hindered or self.delay_s > self.timeout_s:
            _Asked(self, partial(call, *args), lost and partial(lost, *args)).wait(
                late and partial(late, *args)
            )
        else:
            engine = self.process.engine
            engine.at(engine.now_s + self.delay_s, call, *args)


class _Asked:
    """A call that may have to wait: for its turn, for the process to go on, or to be back."""

    __slots__ = ("_answer", "_lost", "_over", "_remote", "_until_s")

    def __init__(
        self, remote: RemoteCall, answer: Callable[[], object], lost: Callable[[], object] | None
    ) -> None:
        self._remote = remote
        self._answer = answer
        self._lost = lost
        self._until_s = remote.process.engine.now_s + remote.timeout_s
        self._over = False

    def wait(self, late: Callable[[], object] | None) -> None:
        if late is not None and self._until_s < math.inf:
            self._remote.process.engine.at(self._until_s, self._overdue, late)
        self._make()

    def _overdue(self, late: Callable[[], object]) -> None:
        if not self._over:
            late()

    def _make(self) -> None:
        process = self._remote.process
        if process.running:
            process.work(self._remote.cost_s * process.slowness, self._done, lost=self._broken)
        elif self._lost is None or process.engine.now_s + AGAIN_S < self._until_s:
            process.engine.at(process.engine.now_s + AGAIN_S, self._make)
        else:
            self._broken()

    def _broken(self) -> None:
        if self._lost is None:
            self._make()
        else:
            self._over = True
            self._lost()

    def _done(self) -> None:
        process = self._remote.process
        back_s = process.engine.now_s + self._remote.delay_s * process.slowness
        process.engine.at(back_s, self._answered)

    def _answered(self) -> None:
        self._over = True
        self._answer()
