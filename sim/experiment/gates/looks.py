"""When to look at the figures while replications are added, and what each look may cost.

Looking again and again until a figure is on the right side would find it there by chance. So the
looks are fixed before the first replication: at the scenario's number of replications, at twice as
many, four times, and last at the budget. The error that a promise allows is divided evenly among
them (Bonferroni): whatever the looks have to do with each other, the chance that any of them passes
a promise which is broken, or fails one which is kept, is at most the error allowed. Boundaries
made for sequential trials (Pocock 1977) spend a little less, but need normal figures and evenly
spaced looks; a rate without a single hit is neither. Deciding early spends less than allowed,
never more.
"""


def schedule(first: int, budget: int) -> tuple[int, ...]:
    """Numbers of replications at which to look; the last is the budget.

    Raises `ValueError` for a number below 1.
    """
    if first < 1 or budget < 1:
        raise ValueError(f"looks from {first} to {budget} replications; allowed: from 1")
    looks = []
    while first < budget:
        looks.append(first)
        first *= 2
    return (*looks, budget)


def error_per_look(confidence: float, looks: int) -> float:
    """What each look may err, for `confidence` over all of them."""
    return (1 - confidence) / looks
