"""Answers that prove their own completeness.

Each piece of text carries its number and how many there are, and the last one a checksum over all of them. A text-only
answer also carries the serial number of the provider's answer, so that a mixture of two answers cannot look like one.
In an answer with a tool call the serial stands in the arguments only: its text is the same at every attempt, as a
request that is taken up again after a break in the call has to come out whole and with nothing doubled.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

PIECES = 4
TOOL = "Bash"


@dataclass(frozen=True)
class Sealed:
    """One answer of one provider: `texts` as it is sent, and the arguments of a call ("" when there is none)."""

    serial: str
    texts: tuple[str, ...]
    arguments: str = ""

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def said(self) -> tuple[str, str]:
        """What a client must have seen in the end: the text and the arguments."""
        return self.text, self.arguments


def sealed(request: int, serial: str, *, with_call: bool) -> Sealed:
    """The answer number `serial` to the request number `request`."""
    mark = f"{request}" if with_call else f"{request}:{serial}"
    pieces = tuple(f"<{mark} {number}/{PIECES}>" for number in range(1, PIECES + 1))
    texts = (*pieces, f"[{_checksum(''.join(pieces))}]")
    if not with_call:
        return Sealed(serial, texts)
    command = f"echo {request}:{serial}"
    return Sealed(serial, texts, json.dumps({"command": command, "seal": _checksum(command)}, separators=(",", ":")))


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
