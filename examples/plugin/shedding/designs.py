"""The designs: requests up, and down by the channel of this package."""

from typing import Final

from models import DESIGNS as SHIPPED
from models import Design

HYBRID_SHEDDING: Final = SHIPPED["hybrid"].variant(
    "hybrid-shedding",
    {
        "summary": "POST to a stateless API, receive on a WebSocket that sheds one in twenty.",
        "receive": "shedding",
        "shedding": {"every": 20},
        "assumptions": ("the server sheds by count, whether or not a reader is slow",),
    },
)

DESIGNS: Final[dict[str, Design]] = {HYBRID_SHEDDING.name: HYBRID_SHEDDING}
