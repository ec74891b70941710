"""What `zcf doctor` found and did, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from zcf.commands.doctor import Checkup, Fixed
from zcf.diagnosis.codes import Group, Severity
from zcf.diagnosis.every import Check
from zcf.diagnosis.finding import Finding, Repair
from zcf.i18n import Texts
from zcf.plan.changes import FileChange
from zcf.report import change_lines, refusal_text, shown

_MARKS = {Severity.OK: "✓", Severity.NOTE: "-", Severity.WARNING: "!", Severity.ERROR: "✗"}


def checkup_lines(checkup: Checkup, texts: Texts) -> Iterator[str]:
    """Group by group what is right, then what is not, the worst last, and a line that sums up."""
    for group in Group:
        passed = [check for check in checkup.diagnosis.passed if check.group is group]
        if passed:
            yield _passed_line(group, passed, texts)
    for finding in checkup.diagnosis.findings:
        yield from finding_lines(finding, texts)
    yield summary_line(checkup, texts)


def _passed_line(group: Group, passed: Sequence[Check], texts: Texts) -> str:
    names = ", ".join(texts(f"doctor.check_{check.name}") for check in passed)
    return f"{_MARKS[Severity.OK]} {texts(f'doctor.group_{group}')}: {names}"


def finding_lines(finding: Finding, texts: Texts) -> Iterator[str]:
    """What is wrong, and the fix below it."""
    yield f"{_MARKS[finding.severity]} {texts(f'doctor.group_{finding.group}')}: {message(finding, texts)}"
    yield f"    {remedy(finding, texts)}"


def message(finding: Finding, texts: Texts) -> str:
    """What is wrong, in one line."""
    return _sentence("", finding, texts)


def remedy(finding: Finding, texts: Texts) -> str:
    """What to do about it, in one line."""
    return _sentence("_fix", finding, texts)


def _sentence(ending: str, finding: Finding, texts: Texts) -> str:
    values = {name: _short(name, value) for name, value in finding.values}
    if finding.cause is not None:
        values["reason"] = refusal_text(finding.cause, texts)
    return texts(f"doctor.{finding.code.replace('-', '_')}{ending}", **values)


def _short(name: str, value: str) -> str:
    text = shown(Path(value)) if name in ("file", "used", "configured") else value
    # Messages of providers may hold anything.
    return "".join(character if character.isprintable() else " " for character in text)


def summary_line(checkup: Checkup, texts: Texts) -> str:
    """How many of each, and how many `--fix` would put right."""
    found = checkup.diagnosis.findings
    counts = {severity: sum(finding.severity is severity for finding in found) for severity in Severity}
    if not found:
        return texts("doctor.healthy")
    fixable = sum(finding.repair is not None for finding in found)
    summary = texts(
        "doctor.summary",
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )
    return f"{summary} {texts('doctor.fixable', count=fixable)}" if fixable else summary


def checkup_json(checkup: Checkup, texts: Texts) -> dict[str, Any]:
    """Everything; `ok` is false when something is worse than a note."""
    passed = [{"group": check.group.value, "check": check.name} for check in checkup.diagnosis.passed]
    findings = [_finding_json(finding, texts) for finding in checkup.diagnosis.findings]
    return {"ok": checkup.ok, "passed": passed, "findings": findings}


def _finding_json(finding: Finding, texts: Texts) -> dict[str, Any]:
    return {
        "code": finding.code,
        "group": finding.group.value,
        "severity": finding.severity.name.lower(),
        "message": message(finding, texts),
        "path": str(finding.path) if finding.path else None,
        "fix": remedy(finding, texts),
        "fixable": finding.repair is not None,
    }


# --- repairs ----------------------------------------------------------------------------------------------------------


def repair_lines(finding: Finding, changes: Sequence[FileChange], texts: Texts) -> Iterator[str]:
    """What a repair will do, before it is asked for."""
    yield ""
    yield message(finding, texts)
    if finding.repair is Repair.CLOSE_FILE and finding.path is not None:
        yield texts("doctor.will_close_file", file=shown(finding.path))
    elif changes:
        yield from change_lines(changes, texts)
    elif finding.repair is not None:
        yield texts(f"doctor.will_{finding.repair.value}")


def fixed_lines(fixed: Fixed, after: Checkup, texts: Texts) -> Iterator[str]:
    """What came of the repairs, and what is left."""
    if not fixed.wanted:
        yield texts("doctor.nothing_fixed")
        return
    yield ""
    for backup in fixed.backups:
        yield texts("init.backup", path=shown(backup))
    faults = dict(fixed.faults)
    for finding in fixed.wanted:
        if finding in faults:
            yield f"✗ {texts('doctor.not_fixed', message=message(finding, texts), reason=faults[finding])}"
        elif is_left(finding, after):
            yield f"✗ {texts('doctor.still_there', message=message(finding, texts))}"
        else:
            yield f"✓ {texts('doctor.fixed', message=message(finding, texts))}"
    left = [finding for finding in after.diagnosis.findings if finding not in fixed.wanted]
    for finding in left:
        yield from finding_lines(finding, texts)
    yield summary_line(after, texts)
    if fixed.has_receipt:
        yield texts("doctor.undo")


def is_left(finding: Finding, after: Checkup) -> bool:
    """Whether looking again finds the same."""
    return finding in after.diagnosis.findings


def fixed_json(fixed: Fixed, after: Checkup, texts: Texts) -> dict[str, Any]:
    """What is left after the repairs, as `checkup_json`, and what came of each."""
    faults = dict(fixed.faults)
    repairs = [
        {
            "code": finding.code,
            "path": str(finding.path) if finding.path else None,
            "fixed": finding not in faults and not is_left(finding, after),
            "error": faults.get(finding),
        }
        for finding in fixed.wanted
    ]
    whole = checkup_json(after, texts)
    return {
        **whole,
        "ok": after.ok and not faults,
        "repairs": repairs,
        "backups": [str(path) for path in fixed.backups],
    }
