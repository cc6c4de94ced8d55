"""Results of a check written by hand, with everything in them that could break a format."""

from sim.report.gating.result import Case, Checked, Row

NASTY = 'a <b> & "c" | `d` %0A * _e_ \x0b 😀'


def row(state="pass", kind="safety", **changes):
    given = {
        "design": "hybrid",
        "title": "fifo",
        "kind": kind,
        "statement": "All in order.",
        "state": state,
        "found": "3 of 4 pairs violate it",
        "replay": "rtcsim check mine.toml --seed 7 --replication 2",
        "line": 12,
    }
    return Row(**(given | changes))


def case(**changes):
    moments = ((12.5, "person 1 acts: message 7 in conversation 0"), (13.0, "7 is lost"))
    return Case(
        **(
            {"replication": 2, "what": "it broke", "cause": "half-open", "timeline": moments}
            | changes
        )
    )


def checked(*rows, **changes):
    given = {
        "scenario": "mine",
        "file": "mine.toml",
        "seed": 7,
        "replications": 20,
        "looks": (10, 20, 40),
        "folder": "results/runs/mine-0123",
        "repeat": "rtcsim check mine.toml --seed 7",
        "rows": rows,
    }
    return Checked(**(given | changes))


MIXED = (
    checked(
        row("fail", case=case(what=NASTY), found=NASTY),
        row("unknown", title="latency_p99 < 2 s at 95 %", kind="liveness"),
        row("pass", title="loss_told < 0.0001 at 99 %"),
        notes=("Not checked, for its designs are not run: isolation.",),
    ),
    checked(row("pass"), scenario="other", file=None, folder=None),
)
