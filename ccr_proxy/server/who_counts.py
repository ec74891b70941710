"""Which providers are asked to count tokens: those that did not fail at it lately.

A provider that has no such endpoint, or is slow at it, would make every `/context` wait; the estimate does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_HAS_NO_COUNT_SECONDS = 600.0
_IN_TROUBLE_SECONDS = 60.0
# No such endpoint, or none for this key.
_HAS_NO_COUNT = frozenset({401, 403, 404, 405, 501})
# Also how some services answer to an address that they do not have. Where counting has worked, the request is at fault.
_ABOUT_THE_REQUEST = frozenset({400, 413, 422})


@dataclass(slots=True)
class WhoCounts:
    """`clock` gives seconds and never goes back; `patience` is how many seconds a count may take."""

    clock: Callable[[], float] = time.monotonic
    patience: float = 3.0
    _counted: set[str] = field(default_factory=set)
    _left_alone_until: dict[str, float] = field(default_factory=dict)

    def may_be_asked(self, provider: str) -> bool:
        """Whether to ask; otherwise the estimate is the answer."""
        return self.clock() >= self._left_alone_until.get(provider, float("-inf"))

    def counted(self, provider: str) -> None:
        """The provider has told a number."""
        self._counted.add(provider)
        self._left_alone_until.pop(provider, None)

    def failed(self, provider: str, status: int) -> None:
        """It has not: it answered with `status`, 200 when that told no number, 0 when no answer came in time."""
        if status in _ABOUT_THE_REQUEST and provider in self._counted:
            return
        has_no_count = status == 200 or status in _HAS_NO_COUNT | _ABOUT_THE_REQUEST
        seconds = _HAS_NO_COUNT_SECONDS if has_no_count else _IN_TROUBLE_SECONDS
        self._left_alone_until[provider] = self.clock() + seconds

    def forget(self) -> None:
        """The configuration has changed: whoever failed may be somebody else now."""
        self._counted.clear()
        self._left_alone_until.clear()
