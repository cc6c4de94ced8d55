"""What a design has of what a difference may come from, as values.

Names are those of `sim.report.stored.Traits`, which summaries are read back into. A value is None
where the question does not arise, or a channel of somebody else's says nothing. Descriptions of
designs (`models.design`) say the same in words for people; nothing is decided by those.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from models.channels import channels
from models.fit import kinds_of

if TYPE_CHECKING:
    from models.options import Options, Routes

Trait = bool | dict[str, float] | None


def traits(routes: Routes, options: Options) -> dict[str, Trait]:
    """What a design has, by name.

    recovers: who was away is given what came meanwhile. acknowledges: a sender learns that a
    message came. stores: a message is kept where no process can lose it before anybody is told.
    keyed: requests that are made again are known by a key. told_of_links: clients hear that their
    link is dead. pings_s: how often each end pings.
    """
    return {
        "recovers": options.recovery.kind != "none",
        "acknowledges": channels()[routes.send].acknowledges(options),
        "stores": options.store.stored or options.on_disk,
        "keyed": options.store.idempotent if routes.send == "http" else None,
        "told_of_links": _told_of_links(routes, options),
        "pings_s": pings_s(routes, options),
    }


def pings_s(routes: Routes, options: Options) -> dict[str, float] | None:
    """How often each end pings, in seconds; None without a connection that stays open."""
    if not any("heartbeat" in kind.reads for kind in kinds_of(routes)):
        return None
    both = options.heartbeat.ends
    ends = {"client": both.client, "server": both.server}
    return {end: side.ping.interval_s for end, side in ends.items() if side and side.ping}


def _told_of_links(routes: Routes, options: Options) -> bool | None:
    if not any("client" in kind.reads for kind in kinds_of(routes)):
        return None
    return options.client.software.lost_after_s < math.inf
