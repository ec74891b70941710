"""The state directory and its lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from zcf.apply.state import locked, state_directory
from zcf.errors import Refusal


def test_it_follows_the_platforms_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert state_directory().name == "zcf"
    assert tmp_path in state_directory().parents or "LOCALAPPDATA" in str(state_directory())


def test_a_second_zcf_is_refused_and_a_third_may_go_on(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    with locked(directory):
        with pytest.raises(Refusal) as refusal, locked(directory, patience=0):
            raise AssertionError("two at once")
        assert refusal.value.sentence == "lock.busy"
    with locked(directory, patience=0):
        assert (directory / "lock").exists()


def test_a_run_that_left_no_receipt_leaves_no_directory(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "state"):
        assert (tmp_path / "a" / "state").is_dir()
    assert list(tmp_path.iterdir()) == []
