"""The candidates of one request that are still to be tried, as a value.

`fresh` are tried in order. Those that are cooling when their turn comes are set aside; those whose provider was full
too. When nothing else is left both are tried all the same: an open circuit steers requests, it does not refuse them.
Only parked candidates (a rejected key) stay out, unless they are all there is, so that the provider's own words reach
the user. A candidate that was taken never comes back, except when it was not asked (`set_aside_busy`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.availability.failures import Step


@dataclass(frozen=True, slots=True)
class Line:
    """`something_tried`: a candidate was asked before."""

    fresh: tuple[Candidate, ...]
    busy: tuple[Candidate, ...] = ()
    cooling: tuple[Candidate, ...] = ()
    something_tried: bool = False

    def take(self, wait: Callable[[Candidate], float]) -> tuple[Candidate | None, Line]:
        """The next candidate, or None, and the line without it. `wait` gives the seconds until one is available."""
        line = self
        while line.fresh:
            candidate, line = line.fresh[0], replace(line, fresh=line.fresh[1:])
            if wait(candidate) == 0:
                return candidate, line
            line = line.set_aside_cooling(candidate)
        if line.busy:
            return line.busy[0], replace(line, busy=line.busy[1:])
        left = line._last_resort(wait)
        if not left:
            return None, line
        soonest = min(left, key=wait)
        return soonest, replace(line, cooling=tuple(each for each in line.cooling if each != soonest))

    def tried(self) -> Line:
        """The line after a candidate was really asked."""
        return replace(self, something_tried=True)

    def set_aside_cooling(self, candidate: Candidate) -> Line:
        """To be tried when nothing else is left."""
        return replace(self, cooling=(*self.cooling, candidate))

    def set_aside_busy(self, candidate: Candidate) -> Line:
        """To be tried, with the other candidates of that provider, after all others."""
        provider = candidate.target.provider_name
        also = tuple(each for each in self.fresh if each.target.provider_name == provider)
        fresh = tuple(each for each in self.fresh if each.target.provider_name != provider)
        return replace(self, fresh=fresh, busy=(*self.busy, candidate, *also))

    def after(self, step: Step, candidate: Candidate, tokens_for: Callable[[str], int]) -> Line:
        """Who is left once `candidate` has failed and `step` follows."""
        return self.only(lambda other: _remains(other, step, candidate, tokens_for))

    def only(self, wanted: Callable[[Candidate], bool]) -> Line:
        """The line without those that are not wanted."""
        fresh, busy, cooling = (tuple(filter(wanted, part)) for part in (self.fresh, self.busy, self.cooling))
        return replace(self, fresh=fresh, busy=busy, cooling=cooling)

    def is_empty(self, wait: Callable[[Candidate], float]) -> bool:
        """Whether `take` would give nobody."""
        return self.take(wait)[0] is None

    def _last_resort(self, wait: Callable[[Candidate], float]) -> list[Candidate]:
        return [each for each in self.cooling if not self.something_tried or not math.isinf(wait(each))]


def _remains(other: Candidate, step: Step, failed: Candidate, tokens_for: Callable[[str], int]) -> bool:
    match step:
        case Step.CLIENT:
            return False
        case Step.NEXT_MODEL:
            return other.target != failed.target
        case Step.NEXT_PROVIDER:
            return other.target.provider_name != failed.target.provider_name
        case Step.LARGER_MODEL:
            return other.target != failed.target and _has_room(other, failed, tokens_for)
        case _:
            return True


def _has_room(other: Candidate, failed: Candidate, tokens_for: Callable[[str], int]) -> bool:
    """Only a known window counts: the client heals the failure by compacting, a guess would only delay that."""
    if other.window is None or other.window < tokens_for(other.target.model):
        return False
    return failed.window is None or other.window > failed.window
