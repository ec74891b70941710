"""Fault injection at every step that touches the disk: the state is wholly old, or wholly new with its receipt."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.zcf.sabotage import FAULTS, Saboteur, everything
from zcf.apply import transaction
from zcf.apply.interrupts import interrupts_deferred
from zcf.apply.receipts import last_receipt
from zcf.apply.transaction import apply_plan
from zcf.errors import Refusal
from zcf.plan.changes import FileChange
from zcf.plan.values import MISSING, ValueChange

NOW = datetime(2026, 11, 23, 7, 17, 39, 288_000, tzinfo=UTC)


def changes_in(folder: Path) -> list[FileChange]:
    """Two files to change, one of them through a link, and one to create in a folder that is not there."""
    (folder / "a.json").write_bytes(b"old a")
    (folder / "a.json").chmod(0o640)
    (folder / "real.json").write_bytes(b"old b")
    (folder / "b.json").symlink_to(folder / "real.json")
    value = (ValueChange(("key",), MISSING, "new"),)
    return [
        FileChange(folder / "a.json", b"old a", b"new a", value, private=True),
        FileChange(folder / "b.json", b"old b", b"new b", value),
        FileChange(folder / "sub" / "folder" / "c.json", None, b"new c", value),
    ]


def apply_to(folder: Path, changes: list[FileChange]) -> None:
    apply_plan(changes, directory=folder / "state", command="init", gateway_was_running=False, now=NOW)


def apply_sabotaged(folder: Path, changes: list[FileChange], saboteur: Saboteur) -> BaseException | None:
    """Apply with the saboteur at work; the fault that came out, if any."""
    with pytest.MonkeyPatch.context() as patch:
        saboteur.install(patch)
        try:
            apply_to(folder, changes)
        except (Refusal, KeyboardInterrupt) as failure:
            return failure
    return None


@pytest.mark.parametrize(("fault", "for_good"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_at_any_step_leaves_the_old_state_without_a_trace(
    tmp_path: Path, fault: Callable[[], BaseException], for_good: bool
) -> None:
    struck = 0
    folder = tmp_path
    for at in range(1, 200):
        folder = tmp_path / str(at)
        folder.mkdir()
        changes = changes_in(folder)
        before = everything(folder)
        saboteur = Saboteur(fault, at, for_good=for_good)
        failure = apply_sabotaged(folder, changes, saboteur)
        if failure is None:
            assert not saboteur.struck, f"step {at} failed and nobody noticed"
            break
        struck += 1
        assert getattr(failure, "sentence", "apply.failed") == "apply.failed"
        assert everything(folder) == before, f"step {at}"
    assert struck > 15
    assert (folder / "a.json").read_bytes() == b"new a"
    assert (folder / "real.json").read_bytes() == b"new b"
    assert (folder / "b.json").is_symlink()
    assert last_receipt(folder / "state") is not None


def test_a_file_that_another_program_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    changes = changes_in(tmp_path)
    (tmp_path / "real.json").write_bytes(b"newer")
    before = everything(tmp_path)
    with pytest.raises(Refusal) as refusal:
        apply_to(tmp_path, changes)
    assert refusal.value.sentence == "apply.changed_meanwhile"
    assert everything(tmp_path) == before


def test_no_temporary_file_is_left_and_a_secret_is_private(tmp_path: Path) -> None:
    apply_to(tmp_path, changes_in(tmp_path))
    assert not [name for name in everything(tmp_path) if "zcf-new" in name]
    if sys.platform != "win32":
        modes = {name: mode for name, (_, mode) in everything(tmp_path).items()}
        assert modes["a.json"] == 0o600
        assert modes["sub/folder/c.json"] == 0o600
        assert modes["sub/folder"] == 0o700


def test_ctrl_c_during_the_renames_comes_through_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = changes_in(tmp_path)
    original = transaction.ReplaceFile.commit

    def interrupted_commit(step: transaction.ReplaceFile) -> None:
        signal.raise_signal(signal.SIGINT)
        original(step)

    monkeypatch.setattr(transaction.ReplaceFile, "commit", interrupted_commit)
    with pytest.raises(KeyboardInterrupt), interrupts_deferred():
        apply_to(tmp_path, changes)
    assert (tmp_path / "a.json").read_bytes() == b"new a"
    assert last_receipt(tmp_path / "state") is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is needed that can be killed")
def test_what_a_power_cut_left_half_done_has_a_receipt_and_is_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = changes_in(tmp_path)

    def cut_before_the_last(steps: list[transaction.Step]) -> None:
        for step in steps[:-1]:
            step.commit()
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(transaction, "commit_all", cut_before_the_last)
    child = os.fork()
    if child == 0:
        apply_to(tmp_path, changes)
    os.waitpid(child, 0)
    monkeypatch.undo()
    receipt = last_receipt(tmp_path / "state")
    assert receipt is not None
    assert [entry.path for entry in receipt.files] == [change.path for change in changes]
    assert (tmp_path / "a.json").read_bytes() == b"new a"
    last = changes[-1]
    assert not last.path.exists()
    assert [name for name in everything(tmp_path / "sub") if name.endswith(".zcf-new")]
    apply_to(tmp_path, [last])
    assert list(everything(tmp_path / "sub")) == ["folder", "folder/c.json"]
