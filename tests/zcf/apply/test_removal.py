"""Own files taken away together, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.zcf.sabotage import FAULTS, assert_all_or_nothing, everything
from zcf.apply.removal import removed_together
from zcf.errors import Refusal


def filled(folder: Path) -> list[Path]:
    (folder / "receipts").mkdir()
    (folder / "receipts" / "1.json").write_text("1")
    (folder / "config.json").write_text("{}")
    (folder / "link").symlink_to(folder / "mine")
    (folder / "mine").mkdir()
    (folder / "mine" / "file").write_text("keep")
    return [folder / "receipts" / "1.json", folder / "config.json", folder / "link"]


def test_files_and_links_go_and_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    with removed_together(filled(tmp_path)) as removal:
        assert not (tmp_path / "config.json").exists()
    assert list(everything(tmp_path)) == ["mine", "mine/file", "receipts"]
    assert removal.left == []


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_all_are_back_when_what_follows_fails(tmp_path: Path, fault: type[BaseException]) -> None:
    paths = filled(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(fault), removed_together(paths):
        raise fault
    assert everything(tmp_path) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_all_are_back_when_one_cannot_be_taken_away(tmp_path: Path, fault: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    paths = filled(home)

    def act() -> None:
        with removed_together(paths):
            pass

    assert_all_or_nothing(home, fault, act, (Refusal, KeyboardInterrupt), least=3)


def test_what_cannot_be_deleted_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch, removed_together(filled(tmp_path)[:1]) as removal:
        patch.setattr(Path, "unlink", refused)
    assert removal.left == [tmp_path / "receipts" / ".1.json.zcf-removed"]
    assert not (tmp_path / "receipts" / "1.json").exists()
