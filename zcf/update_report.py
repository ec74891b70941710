"""What `zcf check-updates` found and did, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ccr_proxy.commands.table import table_lines
from zcf.commands.check_updates import Finding, Updated
from zcf.i18n import Texts
from zcf.look.installed import Tool, Way
from zcf.plan.updates import Standing
from zcf.report import refusal_text, shown

NAMES = {Tool.ZCF: "zcf", Tool.CLAUDE_CODE: "Claude Code", Tool.CCR: "Claude Code Router (npm)"}
_STANDINGS = {
    Standing.CURRENT: "updates.current",
    Standing.BEHIND: "updates.behind",
    Standing.UNKNOWN: "updates.unknown",
}
_WITHOUT_COMMAND = {Way.CHECKOUT: "updates.checkout", Way.PIPX_RUN: "updates.pipx_run", Way.UVX: "updates.uvx"}


def finding_lines(findings: Sequence[Finding], texts: Texts) -> Iterator[str]:
    """A table of all programs, and the reason of each that could not be checked."""
    heads = [texts(f"updates.head_{name}") for name in ("tool", "installed", "newest", "standing", "way")]
    yield from table_lines(heads, [_row(finding, texts) for finding in findings])
    for finding in findings:
        if finding.standing is Standing.UNKNOWN:
            yield texts("updates.reason", tool=_name(finding), reason=finding.reason)


def _row(finding: Finding, texts: Texts) -> list[str]:
    installed = finding.installed
    return [
        _name(finding),
        installed.version or "?",
        finding.newest or "?",
        texts(_STANDINGS[finding.standing]),
        f"{installed.way}: {shown(installed.place)}",
    ]


def _name(finding: Finding) -> str:
    return NAMES[finding.installed.tool]


def updated_line(updated: Updated, texts: Texts) -> str:
    """What became of one update."""
    tool = _name(updated.finding)
    if updated.fault is not None:
        return texts("updates.not_updated", tool=tool, reason=refusal_text(updated.fault, texts))
    return texts("updates.updated", tool=tool, old=updated.finding.installed.version, new=updated.version)


def hint_lines(findings: Sequence[Finding], done: Sequence[Updated], texts: Texts) -> Iterator[str]:
    """What is left to do by hand."""
    touched = {updated.finding.installed.tool for updated in done}
    for finding in findings:
        if finding.standing is Standing.BEHIND and finding.installed.tool not in touched:
            yield _hint(finding, texts)
    if any(updated.finding.installed.tool is Tool.ZCF and updated.fault is None for updated in done):
        yield texts("updates.restart")


def _hint(finding: Finding, texts: Texts) -> str:
    command = finding.installed.update
    if command is None:
        return texts(_WITHOUT_COMMAND.get(finding.installed.way, "updates.checkout"))
    if finding.needs_consent:
        return texts("updates.major", command=" ".join(command))
    return texts("updates.by_hand", tool=_name(finding), command=" ".join(command))


def updates_json(findings: Sequence[Finding], done: Sequence[Updated], texts: Texts, *, ok: bool) -> dict[str, Any]:
    """All of it. `update` is the command that brings the newest version, null where there is none."""
    results = {updated.finding.installed.tool: updated for updated in done}
    return {"ok": ok, "tools": [_tool_json(finding, results, texts) for finding in findings]}


def _tool_json(finding: Finding, results: dict[Tool, Updated], texts: Texts) -> dict[str, Any]:
    updated = results.get(finding.installed.tool)
    return {
        "tool": finding.installed.tool.value,
        "installed": finding.installed.version,
        "newest": finding.newest,
        "state": finding.standing.value,
        "reason": finding.reason,
        "way": finding.installed.way.value,
        "path": str(finding.installed.place),
        "update": list(finding.installed.update) if finding.installed.update else None,
        "updated_to": updated.version if updated and updated.fault is None else None,
        "error": refusal_text(updated.fault, texts) if updated and updated.fault else None,
    }
