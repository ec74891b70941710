"""What an image costs: Anthropic's rule over the size that the file's header states.

The rule (docs.anthropic.com, vision): width * height / 750 tokens, after an image whose long edge exceeds 1568 pixels
was scaled down to it; about 1,600 tokens at most. Other vendors charge by tiles and arrive at the same order.
"""

from __future__ import annotations

import base64
import binascii
import math

FLAT_IMAGE_TOKENS = 1600
_LONG_EDGE = 1568
_PIXELS_PER_TOKEN = 750

# JPEG keeps its size behind the metadata, where a camera may put a thumbnail. A multiple of four: whole base64 quads.
_HEADER_CHARACTERS = 128 * 1024

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers of ITU-T T.81 table B.1: C0-CF without DHT (C4), JPG (C8) and DAC (CC).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_tokens(base64_data: str) -> int:
    """Tokens for an image given as base64; a flat 1,600 when its header cannot be read."""
    size = image_size(base64_data)
    if size is None:
        return FLAT_IMAGE_TOKENS
    width, height = size
    scale = min(1.0, _LONG_EDGE / max(width, height))
    return min(FLAT_IMAGE_TOKENS, max(1, math.ceil(width * scale * height * scale / _PIXELS_PER_TOKEN)))


def image_size(base64_data: str) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG, from the beginning of its base64; None when unknown."""
    try:
        header = base64.b64decode(base64_data[:_HEADER_CHARACTERS])
    except (binascii.Error, ValueError):
        return None
    size = _png_size(header) or _jpeg_size(header)
    return size if size and size[0] > 0 and size[1] > 0 else None


def _png_size(header: bytes) -> tuple[int, int] | None:
    if not header.startswith(_PNG_SIGNATURE) or len(header) < 24:
        return None
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


def _jpeg_size(header: bytes) -> tuple[int, int] | None:
    if not header.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 <= len(header) and header[at] == 0xFF:
        marker = header[at + 1]
        if marker in _JPEG_FRAMES:
            return int.from_bytes(header[at + 7 : at + 9], "big"), int.from_bytes(header[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(header[at + 2 : at + 4], "big")
    return None
