"""Problems of a configuration in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccr_proxy.config.problems import Problem


def problem_data(problem: Problem) -> dict[str, Any]:
    """A problem for programs."""
    return {
        "severity": str(problem.severity),
        "path": list(problem.path),
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
    }
