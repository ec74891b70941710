"""Fault injection: every call of the operating system that changes files fails once, in turn."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Every call of the operating system that a transaction makes and that can fail.
CALLS = (
    (os, "replace"),
    (os, "fsync"),
    (os, "open"),
    (os, "chmod"),
    (os, "mkdir"),
    (os, "fdopen"),
    (tempfile, "mkstemp"),
)


def everything(folder: Path) -> dict[str, Any]:
    """All paths below the folder with content and mode."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[path.relative_to(folder).as_posix()] = (content, stat.S_IMODE(path.lstat().st_mode))
    return found


class Saboteur:
    """Counts the calls and raises at number `at`; with `for_good` every later call that needs space fails too."""

    def __init__(self, fault: Callable[[], BaseException], at: int, *, for_good: bool) -> None:
        self.fault, self.at, self.for_good, self.calls = fault, at, for_good, 0

    @property
    def struck(self) -> bool:
        return self.calls >= self.at

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for module, name in CALLS:
            patch.setattr(module, name, self._wrapped(name, getattr(module, name)))

    def _wrapped(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            self.calls += 1
            # A full disk still renames; nothing else that is refused once is refused again.
            if self.calls == self.at or (self.for_good and self.struck and name in ("mkstemp", "mkdir")):
                raise self.fault()
            return original(*arguments, **more)

        return call


FAULTS: dict[str, tuple[Callable[[], BaseException], bool]] = {
    "disk full from there on": (lambda: OSError(errno.ENOSPC, "No space left on device", "x"), True),
    "one refusal": (lambda: PermissionError(errno.EACCES, "Permission denied", "x"), False),
    "ctrl-c": (KeyboardInterrupt, False),
}


def relevant(folder: Path) -> dict[str, Any]:
    """Everything but the lock file, which means nothing while nobody holds it."""
    return {name: content for name, content in everything(folder).items() if Path(name).name != "lock"}


def assert_all_or_nothing(
    home: Path, fault: str, act: Callable[[], object], failures: tuple[type[BaseException], ...], *, least: int
) -> None:
    """Let every step of `act` fail: the home is then as it was, or, where `act` got over it, wholly as it shall be.

    `fault` is a key of FAULTS; at least `least` steps must have made `act` fail. The outcome of the last try, which
    nothing hit, is left in `home`.
    """
    template = home.with_name("template")
    shutil.copytree(home, template, symlinks=True)
    before = relevant(home)
    make_fault, for_good = FAULTS[fault]
    failed, came_through = 0, []
    for at in range(1, 400):
        shutil.rmtree(home)
        shutil.copytree(template, home, symlinks=True)
        saboteur = Saboteur(make_fault, at, for_good=for_good)
        if _fails(act, saboteur, failures):
            failed += 1
            assert relevant(home) == before, f"step {at}"
        elif saboteur.struck:
            # The lock is tried again when it is refused once.
            came_through.append(relevant(home))
        else:
            assert failed >= least
            assert relevant(home) != before
            assert all(outcome == relevant(home) for outcome in came_through)
            return
    raise AssertionError("it never came through")


def _fails(act: Callable[[], object], saboteur: Saboteur, failures: tuple[type[BaseException], ...]) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        saboteur.install(patch)
        try:
            act()
        except failures:
            return True
    return False
