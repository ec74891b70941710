"""A configuration that is missing, and one that only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.errors import ConfigFault
from ccr_proxy.service.configuration import is_missing, load_configuration


def test_missing_is_only_what_is_not_there(tmp_path: Path) -> None:
    present, link, below_a_file = tmp_path / "config.json", tmp_path / "link.json", tmp_path / "config.json" / "x"
    assert is_missing(present)
    present.touch()
    link.symlink_to(tmp_path / "nowhere")
    assert [is_missing(path) for path in (present, link, below_a_file)] == [False, False, True]


def test_a_folder_that_may_not_be_looked_into_is_a_fault_and_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path, *_: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "lstat", denied)
    monkeypatch.setattr(Path, "read_bytes", denied)
    assert not is_missing(tmp_path / "config.json")
    with pytest.raises(ConfigFault, match="may not be read by this user"):
        load_configuration(tmp_path / "config.json")
