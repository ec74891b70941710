"""Fits data into a model of `schema`, leaving out what does not fit and saying so, instead of refusing everything."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.problems import Finding, did_you_mean
from ccr_proxy.config.schema import PROTOCOLS

_Fitted = TypeVar("_Fitted", bound=BaseModel)

_PLAIN_MESSAGES = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_too_short": "is empty",
    "tuple_type": "must be a list",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a whole number",
}


def fit(model: type[_Fitted], data: Any, base: JsonPath) -> tuple[_Fitted | None, list[Finding]]:
    """`data` as a `model`. What does not fit is left out, so that its default counts, and reported at `base` + path.

    None when something is missing that has no default.
    """
    data = copy.deepcopy(data)
    findings: dict[JsonPath, Finding] = {}
    while True:
        try:
            return model.model_validate(data), list(findings.values())
        except ValidationError as error:
            details = error.errors(include_url=False)
        for detail in details:
            path = detail["loc"]
            if detail["type"] == "findings":
                findings |= {finding.path: finding for finding in detail["ctx"]["findings"] if path not in findings}
            else:
                findings.setdefault(base + path, _finding(detail, base + path))
        # From the end, so that leaving out one element of a list does not move the others.
        left_out = [_leave_out(data, detail["loc"]) for detail in reversed(details)]
        if not all(left_out):
            return None, list(findings.values())


def _leave_out(data: Any, path: Sequence[str | int]) -> bool:
    """Delete what stands at `path`; False when nothing does, because it is missing or already the whole."""
    if not path:
        return False
    for part in path[:-1]:
        if not _holds(data, part):
            return False
        data = data[part]
    if not _holds(data, path[-1]):
        return False
    del data[path[-1]]
    return True


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _finding(detail: ErrorDetails, path: JsonPath) -> Finding:
    kind, value, limits = detail["type"], detail["input"], detail.get("ctx", {})
    here = path_text(path)
    if kind == "literal_error" and isinstance(value, str):
        return Finding("error", path, f'{here}: "{value}" is not known', did_you_mean(value, PROTOCOLS))
    if kind == "value_error":
        return Finding("error", path, f"{here} {limits['error']}")
    if kind.startswith(("greater_than", "less_than")):
        return Finding("error", path, f"{here} is out of range: {detail['msg'].removeprefix('Input should be ')}")
    return Finding("error", path, f"{here} {_PLAIN_MESSAGES.get(kind, detail['msg'])}")
