"""Results for people and for programs: every command's result becomes lines of text, or one JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ccr_proxy.config.json_path import path_text
from zcf.commands.init import InitResult, Prepared
from zcf.commands.undo import UndoPlan, UndoResult
from zcf.errors import Refusal
from zcf.i18n import Texts
from zcf.plan.changes import FileChange, Notice
from zcf.plan.diff import diff_of
from zcf.plan.undo import FileUndo
from zcf.verify import ANSWER_SECONDS, RouteCheck


def refusal_text(refusal: Refusal, texts: Texts) -> str:
    """The one line of a refusal."""
    return texts(refusal.sentence, **{name: _plain(value) for name, value in refusal.values.items()})


def _plain(value: object) -> str:
    return shown(value) if isinstance(value, Path) else str(value)


def shown(path: Path) -> str:
    """A path as people write it, with `~` for the home folder."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)


def notice_text(note: Notice, texts: Texts) -> str:
    """The one line of a notice."""
    values = {name: shown(Path(value)) if name == "path" else value for name, value in note.values}
    return texts(note.sentence, **values)


# --- init -------------------------------------------------------------------------------------------------------------


def prepared_lines(prepared: Prepared, texts: Texts) -> Iterator[str]:
    """What was found and what will change, before anything does."""
    claude = prepared.claude
    if claude is not None:
        yield texts("init.claude", version=claude.version or "?", path=shown(claude.path))
    yield texts(f"init.origin_{prepared.choice.origin.value}", provider=_provider_of(prepared))
    for note in prepared.notices:
        yield texts("note", text=notice_text(note, texts))
    yield from change_lines(prepared.plan.changes, texts)


def _provider_of(prepared: Prepared) -> str:
    return prepared.plan.routes.get("default", "-")


def change_lines(changes: Iterable[FileChange], texts: Texts) -> Iterator[str]:
    """The diff of every file; a file that is deleted held nothing but what we wrote."""
    for change in changes:
        yield texts(f"change.{_action(change)}", path=shown(change.path))
        if change.after is not None:
            for line in diff_of(change):
                yield f"    {line}"


def _action(change: FileChange) -> str:
    if change.after is None:
        return "delete"
    return "create" if change.before is None else "edit"


def done_lines(result: InitResult, texts: Texts) -> Iterator[str]:
    """What was done, before the models are asked."""
    for backup in result.backups:
        yield texts("init.backup", path=shown(backup))
    if result.receipt is None:
        yield texts("init.unchanged")
    key = "init.gateway_started" if result.started else "init.gateway_running"
    yield texts(key, url=result.prepared.plan.base_url, pid=result.running.pid)
    yield texts("init.asking", seconds=f"{ANSWER_SECONDS:g}")


def check_line(check: RouteCheck, texts: Texts) -> str:
    """One model that was asked."""
    routes = ", ".join(check.routes)
    if check.error is not None:
        return texts("init.route_failed", routes=routes, target=check.target, error=check.error)
    tokens = texts("init.tokens", input=check.input_tokens, output=check.output_tokens)
    return texts("init.route_ok", routes=routes, target=check.target, ms=check.milliseconds, tokens=tokens)


def verdict_line(result: InitResult, texts: Texts) -> str:
    """Whether every route answered, and what comes next."""
    if result.ok:
        return texts("init.ready")
    return texts("init.not_answering" if result.receipt else "init.not_answering_unchanged")


def prepared_json(prepared: Prepared, texts: Texts) -> dict[str, Any]:
    """The look and the plan."""
    claude = prepared.claude
    return {
        "claude": {"path": str(claude.path), "version": claude.version} if claude else None,
        "origin": prepared.choice.origin.value,
        "base_url": prepared.plan.base_url,
        "routes": dict(prepared.plan.routes),
        "notices": [notice_text(note, texts) for note in prepared.notices],
        "files": [change_json(change) for change in prepared.plan.changes],
    }


def change_json(change: FileChange) -> dict[str, Any]:
    """One file's change, secrets masked."""
    return {"path": str(change.path), "action": _action(change), "diff": [str(line) for line in diff_of(change)]}


def init_json(result: InitResult, texts: Texts) -> dict[str, Any]:
    """The whole result."""
    return {
        "ok": result.ok,
        "dry_run": False,
        **prepared_json(result.prepared, texts),
        "changed": result.receipt is not None,
        "receipt": str(result.receipt) if result.receipt else None,
        "backups": [str(path) for path in result.backups],
        "gateway": {"pid": result.running.pid, "port": result.running.port, "started": result.started},
        "checks": [
            {
                "routes": list(check.routes),
                "target": check.target,
                "ok": check.error is None,
                "milliseconds": check.milliseconds,
                "input_tokens": check.input_tokens,
                "output_tokens": check.output_tokens,
                "error": check.error,
            }
            for check in result.checks
        ],
    }


# --- undo -------------------------------------------------------------------------------------------------------------


def undo_plan_lines(plan: UndoPlan, texts: Texts) -> Iterator[str]:
    """What undo will do."""
    made = plan.receipt.created[:16].replace("T", " ")
    yield texts("undo.receipt", number=plan.receipt.number, created=f"{made} UTC")
    for undo in plan.files:
        if undo.change is not None:
            yield from change_lines([undo.change], texts)
        if undo.gone:
            yield texts("undo.gone", path=shown(undo.receipt.path))
        for name in _kept(undo):
            yield texts("undo.kept", path=shown(undo.receipt.path), name=name)
    if not plan.receipt.gateway_was_running:
        yield texts("undo.will_stop")


def _kept(undo: FileUndo) -> list[str]:
    return [path_text(change.path) for change in undo.kept]


def undo_lines(result: UndoResult, texts: Texts) -> Iterator[str]:
    """What undo did."""
    for backup in result.backups:
        yield texts("init.backup", path=shown(backup))
    if result.stopped_pid is not None:
        yield texts("undo.stopped", pid=result.stopped_pid)
    if result.restarted:
        yield texts("undo.restarted")
    if result.started_pid is not None:
        yield texts("undo.started", pid=result.started_pid)
    if result.gateway_fault is not None:
        yield texts("undo.gateway_fault", reason=result.gateway_fault)
    yield texts("undo.done")


def undo_plan_json(plan: UndoPlan) -> dict[str, Any]:
    """What undo will do."""
    return {
        "receipt": plan.receipt.number,
        "files": [
            {
                **(change_json(undo.change) if undo.change else {"path": str(undo.receipt.path), "action": "none"}),
                "kept": _kept(undo),
                "gone": undo.gone,
            }
            for undo in plan.files
        ],
    }


def undo_json(result: UndoResult) -> dict[str, Any]:
    """What undo did."""
    return {
        "ok": result.ok,
        "dry_run": False,
        **undo_plan_json(result.plan),
        "backups": [str(path) for path in result.backups],
        "gateway": {
            "stopped_pid": result.stopped_pid,
            "started_pid": result.started_pid,
            "restarted": result.restarted,
            "error": result.gateway_fault,
        },
    }
