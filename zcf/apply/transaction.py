"""Several files changed as one: all of them, or none.

Everything that can fail for want of space or permission happens first: backups, the new contents, and a second copy of
the old contents, all under temporary names. What is left are renames. When one of those fails, or Ctrl-C comes between
two, the old contents are renamed back, which needs neither space nor luck.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from ccr_proxy.config.backups import backup_path
from zcf.apply import atomic_write
from zcf.apply.atomic_write import Staged
from zcf.apply.backup import back_up
from zcf.apply.directories import make_directories, remove_empty
from zcf.apply.receipts import encoded, next_number, receipt_path, undone_path
from zcf.apply.retention import keep_newest
from zcf.errors import Refusal, refused
from zcf.plan.changes import FileChange
from zcf.plan.receipt import FileReceipt, Receipt, digest

Result = TypeVar("Result")


class Step(Protocol):
    """One rename of a transaction."""

    def commit(self) -> None:
        """Do it."""

    def roll_back(self) -> None:
        """Take it back, whether or not `commit` got as far as changing anything."""

    def discard(self) -> None:
        """Remove what was prepared and not used."""


@dataclass(frozen=True, slots=True)
class ReplaceFile:
    """A file takes its new content; without `new` it is deleted, without `old` it did not exist."""

    target: Path
    new: Staged | None
    old: Staged | None

    def commit(self) -> None:
        """Rename the new content over the file, or delete the file."""
        if self.new is not None:
            self.new.commit()
        else:
            self.target.unlink()

    def roll_back(self) -> None:
        """Rename the old content back, or delete what was not there before."""
        if self.old is not None:
            self.old.commit()
        else:
            self.target.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the temporary copies."""
        for staged in (self.new, self.old):
            if staged is not None:
                staged.discard()


@dataclass(frozen=True, slots=True)
class Rename:
    """A file takes another name."""

    source: Path
    target: Path

    def commit(self) -> None:
        """Rename."""
        atomic_write.replace(self.source, self.target)

    def roll_back(self) -> None:
        """Rename back if it had happened."""
        if self.target.exists() and not self.source.exists():
            atomic_write.replace(self.target, self.source)

    def discard(self) -> None:
        """Nothing was prepared."""


@dataclass(frozen=True, slots=True)
class RestoredMode:
    """A file whose mode goes back to what it was, besides its content."""

    path: Path
    mode: int


def apply_plan(
    changes: Sequence[FileChange],
    *,
    directory: Path,
    command: str,
    gateway_was_running: bool,
    now: datetime,
    takes_back: tuple[int, ...] = (),
) -> Receipt:
    """Apply all changes and write their receipt below `directory`; the caller holds the lock.

    Raises Refusal (nothing changed, and no trace left) when a file changed since it was looked at or cannot be written.
    """

    def prepare(cleanup: ExitStack) -> tuple[list[Step], Receipt]:
        made = _make_parents(cleanup, (change.path for change in changes))
        _make_parents(cleanup, [receipt_path(directory, 1)])
        backups = [_back_up(cleanup, change, now) for change in changes]
        receipt = Receipt(
            number=next_number(directory),
            created=now.astimezone(UTC).isoformat(timespec="milliseconds"),
            command=command,
            gateway_was_running=gateway_was_running,
            files=tuple(_file_receipt(change, backup) for change, backup in zip(changes, backups, strict=True)),
            directories=made,
            takes_back=takes_back,
        )
        receipt_file = FileChange(receipt_path(directory, receipt.number), None, encoded(receipt), (), private=True)
        atomic_write.remove_abandoned(receipt_file.path)
        # The receipt first: after a power cut between two renames, undo takes back what had come so far.
        steps: list[Step] = [_replacement(cleanup, change, change.mode) for change in (receipt_file, *changes)]
        return steps, receipt

    receipt = _all_or_nothing(changes, prepare)
    keep_newest((change.path for change in changes), directory, [entry.backup for entry in receipt.files])
    return receipt


def take_back(
    changes: Sequence[FileChange], modes: Sequence[RestoredMode], receipt: Receipt, *, directory: Path, now: datetime
) -> tuple[Path, ...]:
    """Apply the changes of an undo and mark the receipt as undone. Returns the backups made of files edited since.

    Raises Refusal like `apply_plan`.
    """
    wanted_modes = {entry.path: entry.mode for entry in modes}

    def prepare(cleanup: ExitStack) -> tuple[list[Step], tuple[Path, ...]]:
        _make_parents(cleanup, (change.path for change in changes))
        backups = [_back_up(cleanup, change, now) for change in changes]
        steps: list[Step] = [_replacement(cleanup, change, wanted_modes.get(change.path)) for change in changes]
        source = receipt_path(directory, receipt.number)
        steps.append(Rename(source, undone_path(source)))
        return steps, tuple(path for path in backups if path is not None)

    backups = _all_or_nothing(changes, prepare)
    remove_empty(receipt.directories)
    keep_newest((change.path for change in changes), directory, backups)
    return backups


def replace_own_files(changes: Sequence[FileChange]) -> None:
    """Change files of zcf's own, which need neither backup nor receipt; the caller holds the lock.

    Raises Refusal like `apply_plan`.
    """

    def prepare(cleanup: ExitStack) -> tuple[list[Step], None]:
        _make_parents(cleanup, (change.path for change in changes))
        return [_replacement(cleanup, change, None) for change in changes], None

    _all_or_nothing(changes, prepare)


def _all_or_nothing(changes: Sequence[FileChange], prepare: Callable[[ExitStack], tuple[list[Step], Result]]) -> Result:
    try:
        with ExitStack() as cleanup:
            for change in changes:
                _check_unchanged(change)
                atomic_write.remove_abandoned(change.path)
            steps, result = prepare(cleanup)
            commit_all(steps)
            cleanup.pop_all()
    except OSError as error:
        raise refused("apply.failed", path=Path(error.filename or "?"), reason=error.strerror or error) from error
    for step in steps:
        step.discard()
    return result


def commit_all(steps: Iterable[Step]) -> None:
    """Commit the steps one after another. When one fails, it and all before it are rolled back."""
    with ExitStack() as rollback:
        for step in steps:
            # Registered before the step: a commit that fails half-way is taken back like one that succeeded.
            rollback.callback(step.roll_back)
            step.commit()
        rollback.pop_all()


def _check_unchanged(change: FileChange) -> None:
    present = change.path.read_bytes() if change.path.exists() else None
    if present != change.before:
        raise Refusal("apply.changed_meanwhile", {"path": change.path})


def _make_parents(cleanup: ExitStack, paths: Iterable[Path]) -> tuple[Path, ...]:
    made: list[Path] = []
    for path in paths:
        new = make_directories(path.resolve().parent)
        cleanup.callback(remove_empty, new)
        made.extend(new)
    return tuple(made)


def _back_up(cleanup: ExitStack, change: FileChange, now: datetime) -> Path | None:
    # Registered before the copy is made: it may be there although making it failed (its folder could not be synced).
    copy = backup_path(change.path, now)
    cleanup.callback(copy.unlink, missing_ok=True)
    return back_up(change, copy)


def _replacement(cleanup: ExitStack, change: FileChange, mode: int | None) -> ReplaceFile:
    new = old = None
    if change.after is not None:
        new = atomic_write.stage(change.path, change.after, private=change.private, mode=mode)
        cleanup.callback(new.discard)
    if change.before is not None:
        old = atomic_write.stage(change.path, change.before)
        cleanup.callback(old.discard)
    return ReplaceFile(change.path.resolve(), new, old)


def _file_receipt(change: FileChange, backup: Path | None) -> FileReceipt:
    before = change.before
    return FileReceipt(
        path=change.path,
        before_digest=None if before is None else digest(before),
        after_digest=None if change.after is None else digest(change.after),
        mode_before=None if before is None else stat.S_IMODE(os.stat(change.path).st_mode),
        backup=backup,
        values=change.values,
    )
