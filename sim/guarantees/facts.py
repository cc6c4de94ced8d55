"""Facts of a verdict: what could have gone wrong independently of the rest.

What befalls a message befalls everybody who waits for it, so fifty readers of one message are one
fact and not fifty, and whatever could not have violated is none. Counting receptions instead makes
a clean record look like many times the evidence it is. Leaves out that one outage can befall many
messages: how far they hang together is for whoever sets a gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.guarantees.verdict import Verdict, Witness
from sim.history import Column


@dataclass(frozen=True, slots=True)
class Facts:
    """Per message of the run: put to the test, found to violate, and not to be decided."""

    tested: Column
    violating: Column
    undecided: Column

    @classmethod
    def of(
        cls, count: int, tested: Column, violating: Column, undecided: Column | None = None
    ) -> Facts:
        """Of a run with so many messages, from their numbers, repeated or not."""
        found = (tested, violating, np.zeros(0, dtype=int) if undecided is None else undecided)
        masks = [np.zeros(count, dtype=bool) for _ in found]
        for mask, ids in zip(masks, found, strict=True):
            mask[ids] = True
        return cls(*masks)

    def both(self, other: Facts) -> Facts:
        """Of two promises together: a message is evidence for both only if it tested both."""
        return Facts(
            self.tested & other.tested,
            self.violating | other.violating,
            self.undecided | other.undecided,
        )

    def verdict(self, witness: Callable[[], Witness], *, untested: str, doubt: str = "") -> Verdict:
        """The verdict on these facts; the texts are those of `Verdict.of`."""
        # Of masks as small as a hunt's, numpy counts faster than it sums.
        undecided = self.undecided & ~self.violating
        return Verdict.of(
            int(np.count_nonzero(self.violating | (self.tested & ~undecided))),
            int(np.count_nonzero(self.violating)),
            witness,
            untested=untested,
            undecided=int(np.count_nonzero(undecided)),
            doubt=doubt,
        )


def matched(answers: Column, messages: Column) -> int:
    """How many facts these pairs of an answer and a message are: no two share either of them.

    A message that the store lost is missing from every answer, and a stale answer misses many
    messages; so each fact takes an answer and a message of its own (a maximum matching).
    """
    if not len(answers):
        return 0
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    rows, columns = (np.unique(ids, return_inverse=True)[1] for ids in (answers, messages))
    shape = (int(rows.max()) + 1, int(columns.max()) + 1)
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=shape).tocsr()
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())
