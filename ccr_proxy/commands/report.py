"""What a verb answers, and the one place that writes it: text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a verb: the same facts as `lines` to read and as `data` to parse, and the exit code."""

    lines: tuple[str, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class FaultReport:
    """Why a verb failed, in one line, with the last lines of the gateway's log where there are any."""

    message: str
    log_tail: tuple[str, ...] = ()
    exit_code: int = 1


def render(report: Report, *, as_json: bool, output: TextIO) -> None:
    """Write `report` as text or as one JSON document."""
    if as_json:
        _write_json(report.data, output)
        return
    for line in report.lines:
        output.write(line + "\n")


def render_fault(fault: FaultReport, *, as_json: bool, output: TextIO, errors: TextIO) -> None:
    """Write `fault` for people to `errors` and, if JSON was asked for, as a document to `output`."""
    errors.write(f"error: {fault.message}\n")
    if fault.log_tail:
        errors.write("last lines of the log:\n")
    for line in fault.log_tail:
        errors.write(f"  {line}\n")
    if as_json:
        _write_json({"error": {"message": fault.message, "log_tail": list(fault.log_tail)}}, output)


def _write_json(data: Mapping[str, Any], output: TextIO) -> None:
    output.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
