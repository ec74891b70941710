"""Files of our own taken away together: all of them, or none.

They are renamed first, which can be taken back, and deleted when nothing can fail any more but the deleting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from zcf.apply.interrupts import interrupts_deferred
from zcf.apply.transaction import Rename, commit_all
from zcf.errors import refused

_SUFFIX = ".zcf-removed"


@dataclass(slots=True)
class Removal:
    """What is being taken away, and `also` what the block made and nobody needs afterwards.

    In the end `left` are those that could not be deleted.
    """

    also: list[Path] = field(default_factory=list)
    left: list[Path] = field(default_factory=list)


@contextmanager
def removed_together(paths: Sequence[Path]) -> Iterator[Removal]:
    """Take these files away while the block runs, for good when it ends well; else they are back.

    Raises Refusal when one cannot be taken away; all are then there.
    """
    steps = [Rename(path, path.with_name(f".{path.name}{_SUFFIX}")) for path in paths]
    removal = Removal()
    try:
        with interrupts_deferred():
            _rename(steps)
        yield removal
    except BaseException:
        for step in reversed(steps):
            step.roll_back()
        raise
    with interrupts_deferred():
        for path in (*(step.target for step in steps), *removal.also):
            _delete(path, removal)


def _rename(steps: Sequence[Rename]) -> None:
    try:
        commit_all(steps)
    except OSError as error:
        raise refused("apply.failed", path=Path(error.filename or "?"), reason=error.strerror or error) from error


def _delete(path: Path, removal: Removal) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        # Said by name at the end; nothing works with it under this name any more.
        removal.left.append(path)
