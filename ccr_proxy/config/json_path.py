"""Paths into JSON data: how code names a place (`("Providers", 0, "name")`) and how people read it."""

from __future__ import annotations

import json
import re

JsonPath = tuple[str | int, ...]

_PLAIN_NAME = re.compile(r"[^\W\d][\w$-]*")


def path_text(path: JsonPath) -> str:
    """The path as people write it: `Providers[0].name`; names with other characters as `["a.b"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_NAME.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text or "the top level"
