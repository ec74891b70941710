"""Foreign JSON read with care: every complaint names the field, so that the client's author can find it."""

from __future__ import annotations

from typing import NoReturn

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject


def refuse(field: str, why: str) -> NoReturn:
    """Raise the 400 that says which field of the request cannot be taken, and why."""
    raise ClientFault(400, f"{field}: {why}")


def an_object(value: object, field: str) -> JsonObject:
    """A JSON object; raises ClientFault for anything else."""
    return value if isinstance(value, dict) else refuse(field, "must be an object")


def a_list(value: object, field: str) -> list[object]:
    """A JSON array; null and a missing one count as empty. Raises ClientFault for anything else."""
    if value is None:
        return []
    return value if isinstance(value, list) else refuse(field, "must be an array")


def a_text(value: object, field: str) -> str:
    """A string; null and a missing one count as empty. Raises ClientFault for anything else."""
    if value is None:
        return ""
    return value if isinstance(value, str) else refuse(field, "must be a string")


def a_name(value: object, field: str) -> str:
    """A string that is not empty."""
    return a_text(value, field) or refuse(field, "is required")


def refuse_given(body: JsonObject, refusals: dict[str, str]) -> None:
    """Raise for the first of these fields that the body gives a value other than null, false or empty."""
    for field, why in refusals.items():
        if body.get(field):
            refuse(field, why)


def not_carried(body: JsonObject, carried: frozenset[str]) -> list[str]:
    """The names of the fields that have a value and are not among the carried ones."""
    return sorted(field for field, value in body.items() if field not in carried and value not in (None, [], {}))
