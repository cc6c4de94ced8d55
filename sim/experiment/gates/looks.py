"""When to look at the figures while replications are added.

At any number of replications, since looking costs nothing (`sim.experiment.statistics.sequential`):
a quarter more each time, as a look that adds little decides little and waits for the slowest.
"""

GROWTH = 0.25


def next_look(taken: int, budget: int) -> int:
    """Replications at the next look after `taken`; the last is at the budget.

    Raises `ValueError` for a number below 1.

    >>> next_look(8, 32)
    10
    """
    if taken < 1 or budget < 1:
        raise ValueError(f"looks from {taken} to {budget} replications; allowed: from 1")
    return max(taken, min(budget, taken + max(1, int(GROWTH * taken))))


def schedule(first: int, budget: int) -> tuple[int, ...]:
    """All looks from the first on. Raises `ValueError` for a number below 1."""
    looks = [min(first, budget)]
    while (more := next_look(looks[-1], budget)) > looks[-1]:
        looks.append(more)
    return tuple(looks)
