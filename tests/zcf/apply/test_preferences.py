"""The language that was chosen once."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from zcf.apply.preferences import prefer_language, preferences_path, preferred_language


def test_a_choice_is_remembered_for_its_user_alone(tmp_path: Path) -> None:
    state = tmp_path / "zcf"
    assert preferred_language(state) is None
    prefer_language(state, "zh-CN")
    assert preferred_language(state) == "zh-CN"
    if os.name != "nt":
        assert stat.S_IMODE(preferences_path(state).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"language": 5}', b"\xff"])
def test_a_file_that_tells_nothing_is_no_choice(tmp_path: Path, content: bytes) -> None:
    preferences_path(tmp_path).write_bytes(content)
    assert preferred_language(tmp_path) is None
