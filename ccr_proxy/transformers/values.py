"""Option values as they were meant: Claude Code Router's settings page stores every one of them as a string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.transformers.transformer import Option, OptionKind, Transformer

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
# Request fields that are text even when they look like a number.
_ALWAYS_TEXT = re.compile(r"(^|_)(user|id|key|name|identifier|version|model)$")


def options_of(transformer: Transformer, given: Mapping[str, object]) -> JsonObject:
    """The options that count: declared ones in their type, others as they were meant. What does not fit its type is
    left out (`checks` reports it)."""
    declared = {option.name: option for option in transformer.options}
    options: JsonObject = {}
    for name, value in given.items():
        if name in declared:
            try:
                value = converted(declared[name], value)
            except ValueError:
                continue
        elif transformer.takes_any_option:
            value = meant(name, value)
        else:
            continue
        if value is not None:
            options[name] = value
    return options


def converted(option: Option, value: object) -> Any:
    """The value in the option's type; None for one that was left empty. Raises ValueError that says what it must be."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    plain: Any = meant("", value.strip()) if isinstance(value, str) and option.kind != "text" else value
    if not _is_a(option.kind, plain):
        raise ValueError(
            f"{option.name} must be {'' if option.kind in ('true or false', 'text') else 'a '}{option.kind}"
        )
    return int(plain) if option.kind == "whole number" else plain


def meant(name: str, value: object) -> Any:
    """What a string stands for: a number, true or false, or a JSON object or list. Any other value is meant as it is,
    and so is the text of a field, such as `user`, that is text by nature."""
    if not isinstance(value, str) or _ALWAYS_TEXT.search(name):
        return value
    text = value.strip()
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if not _NUMBER.fullmatch(text) and text[:1] not in ("{", "["):
        return value
    try:
        return loads(text)
    except ValueError:
        return value


def _is_a(kind: OptionKind, value: object) -> bool:
    if kind == "true or false":
        return isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return kind == "number" or value == int(value)
