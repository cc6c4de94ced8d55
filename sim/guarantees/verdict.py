"""What a check answers: holds, violated with a witness, or unknown with the reason.

Three states, because silence is no proof: a guarantee that the run never put to the test, or that
the history cannot show, is unknown. Leaves out how many facts are enough for a pass; that is for
whoever sets a gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from sim.guarantees.evidence import Evidence
    from sim.history import History

State: TypeAlias = Literal["holds", "violated", "unknown"]
Kind: TypeAlias = Literal["safety", "liveness"]
NO_MESSAGE: Final = -1


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, in seconds from the start of the run."""

    time_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Witness:
    """One case that breaks a guarantee, with what the history knows of it.

    `message` is `NO_MESSAGE` where the case is a connection; `others` are further messages it takes
    to see the violation. `cause` is the recorded one, empty without.
    """

    message: int
    person: int
    others: tuple[int, ...]
    what: str
    cause: str
    timeline: tuple[Moment, ...]

    @property
    def begins_s(self) -> float:
        """When the first thing happens that it tells of."""
        return self.timeline[0].time_s if self.timeline else float("inf")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Facts that were checked, how many of them violate, and how many could not be decided.

    `reason` says why the verdict is unknown (what is open about the undecided facts, or why there
    were none to check) and is empty otherwise. A violated verdict has a witness: the earliest.
    """

    checked: int
    violations: int = 0
    undecided: int = 0
    reason: str = ""
    witness: Witness | None = None

    @property
    def state(self) -> State:
        """Any violation violates; any doubt, or nothing to check, is unknown."""
        if self.violations:
            return "violated"
        return "unknown" if self.undecided or not self.checked else "holds"

    @classmethod
    def of(
        cls,
        checked: int,
        violations: int,
        witness: Callable[[], Witness],
        *,
        untested: str,
        undecided: int = 0,
        doubt: str = "",
    ) -> Verdict:
        """The verdict on counted facts; `witness` is called only when there is a violation.

        `untested` is the reason when nothing was there to check, `doubt` what is open about the
        undecided facts.
        """
        if violations:
            return cls(int(checked), int(violations), int(undecided), "", witness())
        reason = doubt if undecided else "" if checked else untested
        return cls(int(checked), 0, int(undecided), reason)

    @classmethod
    def unknown(cls, reason: str) -> Verdict:
        """Nothing could be checked, for this reason."""
        return cls(0, reason=reason)

    def also(self, other: Verdict) -> Verdict:
        """Both taken together: the worst of two, their counts added, the earlier witness."""
        witnesses = [one.witness for one in (self, other) if one.witness is not None]
        earliest = min(witnesses, key=lambda one: one.begins_s, default=None)
        total = Verdict(
            self.checked + other.checked,
            self.violations + other.violations,
            self.undecided + other.undecided,
            witness=earliest,
        )
        if total.state != "unknown":
            return total
        reasons = dict.fromkeys(one.reason for one in (self, other) if one.reason)
        return replace(total, reason="; ".join(reasons))

    def plain(self) -> dict[str, Any]:
        """As JSON values, the state spelled out."""
        return {"state": self.state, **asdict(self)}

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Verdict:
        """The verdict that `plain` made."""
        fields = {name: value for name, value in plain.items() if name != "state"}
        if (found := fields["witness"]) is not None:
            moments = tuple(Moment(**moment) for moment in found["timeline"])
            lists = {"others": tuple(found["others"]), "timeline": moments}
            fields["witness"] = Witness(**(found | lists))
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """One promise a design can make to its users.

    `facts` names what is counted. `bound_s` is the default of the guarantee's one parameter, in
    seconds, None for a guarantee without. `asks`: it is about lists, so a hunt for what breaks it
    lets senders ask for them.
    """

    name: str
    kind: Kind
    statement: str
    facts: str
    judge: Callable[[Evidence, float], Verdict]
    bound_s: float | None = None
    asks: bool = False

    def check(self, history: History, bound_s: float | None = None) -> Verdict:
        """The verdict on one history. Raises `ValueError` for a bound that cannot be."""
        from sim.guarantees.evidence import Evidence

        return self.on(Evidence(history), bound_s)

    def on(self, evidence: Evidence, bound_s: float | None = None) -> Verdict:
        """The same on a history whose joins are shared with other checks."""
        if bound_s is not None and self.bound_s is None:
            raise ValueError(f"{self.name} takes no bound, not {bound_s:g} s")
        bound_s = self.bound_s if bound_s is None else bound_s
        if bound_s is not None and not 0 <= bound_s < float("inf"):
            raise ValueError(f"{self.name}: bound {bound_s:g} s; allowed: from 0, finite")
        return self.judge(evidence, 0.0 if bound_s is None else bound_s)
