"""Groups of drawn sizes in the mix that a large crowd has, for a crowd that is small.

Sizes are heavy-tailed: which of them few people draw decides how much they tell each other, several
times more in one run than in another. A large crowd hardly varies. So the sizes of a run are those
at evenly spaced shares of the distribution, the same in each.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.workload.spec import ListSizeSpec, ZipfSpec

if TYPE_CHECKING:
    from sim.workload.spec import ConversationsSpec


def evenly_mixed(spec: ConversationsSpec, people: int) -> ConversationsSpec:
    """The same conversations for so many people, with group sizes that are not drawn."""
    if not isinstance(spec.sizes, ZipfSpec):
        return spec
    largest = min(spec.sizes.max_size, people)
    support = np.arange(min(3, largest), largest + 1)
    share = support.astype(np.float64) ** -spec.sizes.exponent
    edges = np.cumsum(share / share.sum())
    mean = float((support * share).sum() / share.sum())
    groups = max(math.ceil(spec.per_person * people * (1.0 - spec.direct_share) / mean), 1)
    middles = (np.arange(groups) + 0.5) / groups
    sizes = support[np.minimum(np.searchsorted(edges, middles), len(support) - 1)]
    # The largest first: when places are used up, one of the smallest is left out.
    every = tuple(int(one) for one in sizes[::-1])
    return spec.model_copy(update={"sizes": ListSizeSpec(kind="list", sizes=every)})
