"""A change of the configuration on the disk: a copy first, all or nothing, and what the file is stays what it is."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ccr_proxy.config.load import LoadedConfig, load
from ccr_proxy.errors import ConfigFault
from ccr_proxy.service.config_file import save

NOW = datetime(2026, 11, 23, tzinfo=UTC)
COPY = "config.json.2026-11-23T00-00-00-000Z.bak"


def written(tmp_path: Path, content: bytes = b'\xef\xbb\xbf{"PORT": 1}\r\n') -> LoadedConfig:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    return load(path, {})


def test_the_old_bytes_are_kept_and_the_new_ones_written(tmp_path: Path) -> None:
    loaded = written(tmp_path)
    loaded.path.chmod(0o640)
    saved = save(loaded, loaded.document.with_value(("PORT",), 2), {}, NOW)
    assert loaded.path.read_bytes() == b'\xef\xbb\xbf{"PORT": 2}\r\n'
    assert saved.backup == tmp_path / COPY
    assert saved.backup.read_bytes() == b'\xef\xbb\xbf{"PORT": 1}\r\n'
    assert saved.loaded.config.port == 2
    assert [stat.S_IMODE(path.stat().st_mode) for path in (loaded.path, saved.backup)] == [0o640, 0o600]


def test_nothing_to_change_writes_nothing(tmp_path: Path) -> None:
    loaded = written(tmp_path)
    assert save(loaded, loaded.document, {}, NOW).backup is None
    assert os.listdir(tmp_path) == ["config.json"]


def test_a_link_stays_a_link_and_the_copy_lies_beside_the_real_file(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "ccr.json"
    real.parent.mkdir()
    real.write_text("{}")
    link = tmp_path / "config.json"
    link.symlink_to(real)
    loaded = load(link, {})
    saved = save(loaded, loaded.document.with_value(("PORT",), 2), {}, NOW)
    assert link.is_symlink()
    assert '"PORT": 2' in real.read_text()
    assert saved.backup is not None
    assert saved.backup.parent == real.parent


def test_a_file_that_changed_meanwhile_is_left_alone_without_a_trace(tmp_path: Path) -> None:
    loaded = written(tmp_path)
    loaded.path.write_text('{"PORT": 3}')
    with pytest.raises(ConfigFault, match="another program changed it at this moment; nothing was written"):
        save(loaded, loaded.document.with_value(("PORT",), 2), {}, NOW)
    assert loaded.path.read_text() == '{"PORT": 3}'
    assert os.listdir(tmp_path) == ["config.json"]


def test_problems_that_the_change_brings_are_told_and_older_ones_are_not(tmp_path: Path) -> None:
    loaded = written(tmp_path, b'{"APIKEY": "k", "PROT": 1, "Providers": [{"name": "d", "protocol": "demo"}]}')
    saved = save(loaded, loaded.document.with_value(("Router", "default"), "a,b"), {}, NOW)
    assert [problem.message for problem in saved.new_problems] == ['Router.default: there is no provider "a"']
