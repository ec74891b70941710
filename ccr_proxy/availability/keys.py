"""Several keys of one provider: which there are, and in which order to use them.

The key itself appears in no label and no representation. Its identity is a digest, so that a state stays with the key
when the list is edited, and a changed key starts afresh.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

# Of a shorter key four characters would give too much away.
_SHOWN_FROM = 20
# So many characters of a key in a row are more than chance.
_TELLING = 8


class KeyOrder(StrEnum):
    """FILL_FIRST uses the first key until it fails, which keeps prompt caches warm; WEIGHTED spreads by weight."""

    FILL_FIRST = "fill_first"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key. Keys of a lower `priority` number come first, whatever the order; `weight` counts among equals."""

    label: str
    secret: str = field(repr=False)
    weight: float = 1.0
    priority: int = 0

    @property
    def identity(self) -> str:
        """Stands for the key in states; the key cannot be had from it."""
        return _digest(self.secret)


NO_KEY = ApiKey("none", "")


def label_for(number: int, secret: str, wanted: str = "") -> str:
    """What the `number`th key (from 1) is called: as wanted, unless that tells the key; else its number and end."""
    if wanted and not _tells(wanted, secret):
        return wanted
    return f"#{number} …{secret[-4:]}" if len(secret) >= _SHOWN_FROM else f"#{number}"


def in_order(keys: Iterable[ApiKey], order: KeyOrder, random: Callable[[], float]) -> tuple[ApiKey, ...]:
    """The keys in the order in which to try them. `random` gives numbers from 0 to below 1."""
    keys = tuple(keys)
    if order is KeyOrder.FILL_FIRST or len(keys) < 2:
        return tuple(sorted(keys, key=lambda key: key.priority))
    # Efraimidis and Spirakis 2006: the smallest -ln(u)/w comes first with probability w / sum of w.
    drawn = [(key.priority, -math.log(1.0 - random()) / key.weight, number) for number, key in enumerate(keys)]
    return tuple(keys[number] for _, _, number in sorted(drawn))


@lru_cache(maxsize=256)
def _digest(secret: str) -> str:
    return hashlib.blake2b(secret.encode(), digest_size=9, person=b"ccr-api-key").hexdigest()


def _tells(wanted: str, secret: str) -> bool:
    """Whether a label contains the key or a good part of it."""
    if not secret:
        return False
    if secret in wanted:
        return True
    return any(secret[at : at + _TELLING] in wanted for at in range(len(secret) - _TELLING + 1))
