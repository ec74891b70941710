from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.config import paths


def test_files_lie_where_claude_code_router_had_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    home = tmp_path / ".claude-code-router"
    assert paths.ccr_home() == home
    assert paths.config_path() == home / "config.json"
    assert paths.pid_path() == home / ".claude-code-router.pid"
    assert paths.state_path() == home / "gateway.json"
    assert paths.log_directory() == home / "logs"
    assert paths.presets_directory() == home / "presets"
    assert paths.backup_directory() == home


def test_the_home_folder_is_looked_up_at_each_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for name in ("first", "second"):
        for variable in ("HOME", "USERPROFILE"):
            monkeypatch.setenv(variable, str(tmp_path / name))
        seen.append(paths.config_path())
    assert seen == [tmp_path / name / ".claude-code-router" / "config.json" for name in ("first", "second")]
