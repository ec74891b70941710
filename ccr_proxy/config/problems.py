"""What can be wrong with a configuration that is at least readable.

An `error` is a part that does not work (a provider left out, a route to nowhere, a value replaced by its default); the
rest stays usable. A `warning` is a part that works, but perhaps not as meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ccr_proxy.config.document import Document
from ccr_proxy.config.json_path import JsonPath, path_text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place in the data; `message` is one sentence, `hint` says what to do (or is empty)."""

    severity: Severity
    path: JsonPath
    message: str
    hint: str = ""


@dataclass(slots=True)
class Findings:
    """Gathers what is wrong while a value is being read, so that all of it is told at once."""

    found: list[Finding] = field(default_factory=list)

    def error(self, path: JsonPath, fault: str, hint: str = "") -> None:
        """Note an error; `fault` continues a sentence that begins with the place, as in `must be text`."""
        self.found.append(Finding("error", path, f"{path_text(path)} {fault}", hint))


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding with its place in the file: line and column from 1."""

    severity: Severity
    path: JsonPath
    line: int
    column: int
    message: str
    hint: str = ""

    def text(self, source: str) -> str:
        """One line for people: `config.json:12:5: error: … (hint)`."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{source}:{self.line}:{self.column}: {self.severity}: {self.message}{hint}"


def located(findings: Iterable[Finding], document: Document) -> tuple[Problem, ...]:
    """The findings with their places, in the order of the file."""
    problems = [_located(finding, document) for finding in dict.fromkeys(findings)]
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant: letter case, `_`, `-` and small slips do not count."""
    plain = {_plain(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.75)
    return plain[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known name, or lists what is known if that is short."""
    names = list(dict.fromkeys(known))
    match = nearest(name, names)
    if match:
        return f'did you mean "{match}"?'
    return f"known: {', '.join(names)}" if 0 < len(names) <= 8 else ""


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _located(finding: Finding, document: Document) -> Problem:
    place = document.position(finding.path)
    message, hint = _on_one_line(finding.message), _on_one_line(finding.hint)
    return Problem(finding.severity, finding.path, place.line, place.column, message, hint)


def _on_one_line(text: str) -> str:
    """Names out of the file may hold line breaks and terminal controls; a message may not."""
    return "".join(character if character.isprintable() else "?" for character in text)
