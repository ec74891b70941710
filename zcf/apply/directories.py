"""Making directories that were not there, remembering which, so that they can be taken away again."""

from __future__ import annotations

from pathlib import Path

from zcf.apply.atomic_write import PRIVATE_DIRECTORY_MODE


def make_directories(directory: Path) -> tuple[Path, ...]:
    """Create `directory` and what is missing above it, for this user only. Returns the new ones, outermost first."""
    missing: list[Path] = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    missing.reverse()
    made: list[Path] = []
    try:
        for path in missing:
            path.mkdir(mode=PRIVATE_DIRECTORY_MODE)
            made.append(path)
    except BaseException:
        remove_empty(tuple(made))
        raise
    return tuple(missing)


def remove_empty(directories: tuple[Path, ...]) -> None:
    """Remove those of the directories that are empty, innermost first."""
    for directory in reversed(directories):
        if directory.is_dir() and not any(directory.iterdir()):
            directory.rmdir()
