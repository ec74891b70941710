"""Whether a file is still the one that was read."""

from __future__ import annotations

import os
from pathlib import Path

from ccr_proxy.config.fingerprint import fingerprint_of


def test_a_file_that_is_changed_or_replaced_is_another(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    assert fingerprint_of(path) is None
    path.write_text("{}")
    first = fingerprint_of(path)
    assert first == fingerprint_of(path)
    path.write_text("{} ")
    second = fingerprint_of(path)
    assert second not in (None, first)
    other = tmp_path / "other"
    other.write_text("{} ")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    os.replace(other, path)
    assert fingerprint_of(path) not in (None, first, second)


def test_a_path_that_no_system_knows_is_no_file() -> None:
    assert fingerprint_of(Path("a\0b")) is None
