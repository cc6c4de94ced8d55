"""Where the products' tables come from.

"Instant messaging or real-time communication: behind the scene" (Medium, codex) looked at what the
browser exchanges with the server. These are observed web clients of that year, not today's
architecture of any company.
"""

from __future__ import annotations

from typing import Final

ARTICLE: Final = "Instant messaging or real-time communication: behind the scene (2021)"
"""How a product's table names the article."""
