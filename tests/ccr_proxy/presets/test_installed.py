"""Presets on the disk: all of one or none, broken ones told and not hidden."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets import installed


@pytest.fixture(autouse=True)
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path / ".claude-code-router" / "presets"


def test_a_preset_replaces_the_one_before_with_all_its_files(presets: Path) -> None:
    installed.put("team", {"manifest.json": b'{"version": "1"}', "old.py": b""})
    folder = installed.put("team", {"manifest.json": b'{"version": "2"}', "scripts/new.py": b"x"})
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == [
        "manifest.json", "scripts", "scripts/new.py",
    ]  # fmt: skip
    assert installed.installed("team").text("version") == "2"
    assert [path.name for path in presets.iterdir()] == ["team"]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_a_preset_that_cannot_be_written_leaves_the_one_before(presets: Path) -> None:
    installed.put("team", {"manifest.json": b'{"version": "1"}'})
    with pytest.raises(OSError, match=r"is a directory|Is a directory|exists"):
        installed.put("team", {"a/b": b"", "a": b"", "manifest.json": b""})
    assert installed.installed("team").text("version") == "1"
    assert [path.name for path in presets.iterdir()] == ["team"]


def test_broken_ones_are_listed_with_the_reason(presets: Path) -> None:
    installed.put("good", {"manifest.json": b"{/* JSON5 */ name: 'x',}"})
    installed.put("broken", {"manifest.json": b"{"})
    installed.put("odd", {"manifest.json": b'{"schema": [{}]}'})
    (presets / "no preset").mkdir()
    found = {each.name: each.fault.partition("manifest.json")[2] for each in installed.all_installed()}
    assert list(found) == ["broken", "good", "odd"]
    assert found["good"] == ""
    assert found["broken"].startswith(":1:2: not valid JSON")
    assert found["odd"] == ": schema[0] must be an object with an id"


def test_what_is_not_there_is_said_with_what_is() -> None:
    with pytest.raises(ConfigFault, match=r"there is no preset 'x' \(none installed\)"):
        installed.installed("x")
    installed.put("a", {"manifest.json": b"{}"})
    with pytest.raises(ConfigFault, match=r"there is no preset '\.\./a' \(a installed\)"):
        installed.delete("../a")
    with pytest.raises(ConfigFault, match="a preset cannot be called"):
        installed.put("../a", {"manifest.json": b"{}"})


def test_a_linked_preset_is_removed_without_what_it_links_to(presets: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "manifest.json").write_text("{}")
    presets.mkdir(parents=True)
    (presets / "linked").symlink_to(own)
    assert installed.names() == ("linked",)
    installed.delete("linked")
    assert installed.names() == ()
    assert (own / "manifest.json").exists()


def test_a_linked_preset_is_replaced_without_what_it_links_to(presets: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "manifest.json").write_text('{"version": "mine"}')
    presets.mkdir(parents=True)
    (presets / "linked").symlink_to(own)
    installed.put("linked", {"manifest.json": b'{"version": "new"}'})
    assert installed.installed("linked").text("version") == "new"
    assert (own / "manifest.json").read_text() == '{"version": "mine"}'
    assert [path.name for path in presets.iterdir()] == ["linked"]
