"""How soon each target begins to answer: a moving average of the time to the first token.

Recent answers count most (each new one three tenths); a figure that nobody renewed for ten minutes is forgotten, so
that a target that was slow once is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ccr_proxy.routing.targets import Target

WEIGHT_OF_NEWEST = 0.3
FORGOTTEN_AFTER_SECONDS = 600.0


@dataclass(slots=True)
class Speeds:
    """Times are seconds on one clock."""

    _figures: dict[Target, tuple[float, float]] = field(default_factory=dict)

    def record(self, target: Target, seconds: float, now: float) -> None:
        """The target's first token came after so many seconds."""
        before = self.first_token(target, now)
        average = seconds if before is None else before + WEIGHT_OF_NEWEST * (seconds - before)
        self._figures[target] = (average, now)

    def first_token(self, target: Target, now: float) -> float | None:
        """Seconds to the first token as of late; None when nothing is known."""
        average, at = self._figures.get(target, (0.0, float("-inf")))
        return average if now - at < FORGOTTEN_AFTER_SECONDS else None
