"""Which values must not be shown, and what is shown instead."""

from __future__ import annotations

import re
from typing import Any

from ccr_proxy.config.json_path import JsonPath

_SECRET_NAME = re.compile(r"key|token|secret|password|credential|authorization", re.IGNORECASE)
_NOT_SECRET_NAME = re.compile(r"max_?tokens|budget|tokenizer|^token_?count", re.IGNORECASE)
_KEY_LISTS = frozenset({"approved", "rejected"})
_REFERENCE = re.compile(r"^\$(\{[^}]+\}|[A-Z_][A-Z0-9_]*)$")


def is_reference(value: object) -> bool:
    """Whether a string only names an environment variable (`$NAME`, `${NAME}`), which is no secret."""
    return isinstance(value, str) and _REFERENCE.match(value) is not None


def is_secret(path: JsonPath, value: object) -> bool:
    """Whether the value at this path must not be shown whole."""
    if not isinstance(value, str) or not value or is_reference(value):
        return False
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if name in _KEY_LISTS:
        return True
    return _SECRET_NAME.search(name) is not None and _NOT_SECRET_NAME.search(name) is None


def masked(secret: str) -> str:
    """A secret as a hint that its owner recognises: the last four characters of long ones, nothing of short ones."""
    return f"…{secret[-4:]}" if len(secret) >= 16 else "…"


def without_secrets(path: JsonPath, value: Any) -> Any:
    """The value with every secret inside masked."""
    if isinstance(value, dict):
        return {key: without_secrets((*path, key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(path, inner) for inner in value]
    return masked(value) if is_secret(path, value) else value


def holds_secret(path: JsonPath, value: Any) -> bool:
    """Whether a secret is anywhere inside the value."""
    if isinstance(value, dict):
        return any(holds_secret((*path, key), inner) for key, inner in value.items())
    if isinstance(value, list):
        return any(holds_secret(path, inner) for inner in value)
    return is_secret(path, value)
