"""One file replaced: content, mode, link, and the patience with Windows."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from zcf.apply import atomic_write


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("before", "private", "asked", "after"),
    [
        (None, False, None, 0o600),
        (0o644, False, None, 0o644),
        (0o600, False, None, 0o600),
        (0o755, True, None, 0o700),
        (0o644, True, None, 0o600),
        (0o600, False, 0o644, 0o644),
    ],
)
def test_modes(tmp_path: Path, before: int | None, private: bool, asked: int | None, after: int) -> None:
    path = tmp_path / "file"
    if before is not None:
        path.touch()
        path.chmod(before)
    atomic_write.write(path, b"new", private=private, mode=asked)
    assert path.read_bytes() == b"new"
    assert mode_of(path) == after or sys.platform == "win32"


def test_a_link_and_a_link_to_nowhere_stay_links(tmp_path: Path) -> None:
    for name in ("there", "nowhere"):
        link = tmp_path / f"link-{name}"
        link.symlink_to(tmp_path / name)
    (tmp_path / "there").touch()
    for name in ("there", "nowhere"):
        atomic_write.write(tmp_path / f"link-{name}", b"new")
        assert (tmp_path / f"link-{name}").is_symlink()
        assert (tmp_path / name).read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic_write.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


class Busy(PermissionError):
    """What Windows says while somebody else has the file open."""

    winerror = 32


def test_a_busy_target_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"new")
    tries: list[int] = []
    original = os.replace

    def busy_twice(first: Path, second: Path) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise Busy
        original(first, second)

    monkeypatch.setattr(os, "replace", busy_twice)
    pauses: list[float] = []
    atomic_write.replace(source, target, sleep=pauses.append)
    assert target.read_bytes() == b"new"
    assert len(pauses) == 2


def test_a_plain_refusal_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_first: Path, _second: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    pauses: list[float] = []
    with pytest.raises(PermissionError):
        atomic_write.replace(tmp_path / "a", tmp_path / "b", sleep=pauses.append)
    assert pauses == []


def test_a_refusal_names_the_file_and_not_the_temporary_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing") as refusal:
        atomic_write.stage(tmp_path / "missing" / "a.json", b"x")
    assert refusal.value.filename == str(tmp_path / "missing" / "a.json")


def test_only_our_own_leftovers_are_removed(tmp_path: Path) -> None:
    names = (".a.json.k3_x.zcf-new", ".b.json.k3_x.zcf-new", ".a.json.swp", "a.json")
    for name in names:
        (tmp_path / name).touch()
    atomic_write.remove_abandoned(tmp_path / "a.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
