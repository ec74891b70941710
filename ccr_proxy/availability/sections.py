"""Reads plain JSON data into values, and notes what is wrong instead of refusing: the default counts then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.problems import Finding, did_you_mean

_Choice = TypeVar("_Choice", bound=StrEnum)


class Section:
    """One object of the configuration at `path`; `findings` collects the problems of all sections."""

    def __init__(self, data: Any, path: JsonPath, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings
        self._data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        self._known: list[str] = []
        if data is not None and not isinstance(data, dict):
            self.error("must be an object")

    def value(self, name: str) -> Any:
        """Whatever stands under `name`; None when nothing does."""
        self._known.append(name)
        return self._data.get(name)

    def whole(self, name: str, default: int, least: int = 0) -> int:
        """A whole number of at least `least`."""
        found = self.whole_or_none(name, least)
        return default if found is None else found

    def whole_or_none(self, name: str, least: int = 0) -> int | None:
        """A whole number of at least `least`, or None when there is none."""
        value = self.value(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= least):
            return value
        self.error(f"must be a whole number, {least} or more", name)
        return None

    def seconds(self, name: str, default: float) -> float:
        """Seconds, from milliseconds in the configuration."""
        found = self.whole_or_none(name)
        return default if found is None else found / 1000

    def weight(self, name: str, default: float = 1.0) -> float:
        """A number above 0."""
        value = self.value(name)
        if value is None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf"):
            return float(value)
        self.error("must be a number above 0", name)
        return default

    def text(self, name: str) -> str:
        """A text; "" when there is none."""
        value = self.value(name)
        if value is None or isinstance(value, str):
            return value or ""
        self.error("must be text", name)
        return ""

    def choice(self, name: str, default: _Choice) -> _Choice:
        """One of the names of an enumeration."""
        value = self.value(name)
        kind = type(default)
        if value is None:
            return default
        if isinstance(value, str) and value in [each.value for each in kind]:
            return kind(value)
        self.error(f"must be one of {', '.join(each.value for each in kind)}", name)
        return default

    def items(self, name: str) -> list[Any]:
        """A list; empty when there is none."""
        value = self.value(name)
        if value is None or isinstance(value, list):
            return value or []
        self.error("must be a list", name)
        return []

    def error(self, what: str, *below: str | int, hint: str = "") -> None:
        """Note that something at a place below this one `what`."""
        path = (*self.path, *below)
        self.findings.append(Finding("error", path, f"{path_text(path)} {what}", hint))

    def close(self) -> None:
        """Note the names that nobody asked for. To be called last."""
        for name in self._data:
            if name not in self._known:
                path = (*self.path, name)
                message = f"{path_text(path)} has no effect: the name is unknown"
                self.findings.append(Finding("warning", path, message, did_you_mean(name, self._known)))
