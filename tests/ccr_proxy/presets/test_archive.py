"""A preset's files come out of a folder or an archive, and never lead out of the preset."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.archive import archive_of, files_of_archive, files_of_folder

FILES = {"manifest.json": b"{}", "scripts/line.py": b"print(1)\n"}


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_an_archive_gives_back_what_was_put_into_it() -> None:
    assert files_of_archive(archive_of(FILES), "p.zip") == FILES


def test_the_folder_that_github_puts_around_everything_is_taken_off() -> None:
    within = {f"repo-main/{name}": content for name, content in FILES.items()}
    assert files_of_archive(zipped(**within), "p.zip") == FILES


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "..\\evil", "C:\\evil", "C:evil", "\\\\host\\x"]
)
def test_a_path_that_leads_out_of_the_preset_refuses_the_whole_archive(name: str) -> None:
    with pytest.raises(ConfigFault, match="leads out of the preset; nothing was installed"):
        files_of_archive(zipped(**{"manifest.json": b"{}", name: b"x"}), "p.zip")


def test_links_are_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    target = io.BytesIO(archive_of(FILES))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert files_of_archive(target.getvalue(), "p.zip") == FILES

    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("x")
    folder = tmp_path / "preset"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(b"{}")
    (folder / "file").symlink_to(tmp_path / "outside" / "secret")
    (folder / "folder").symlink_to(tmp_path / "outside")
    assert files_of_folder(folder) == {"manifest.json": b"{}"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no archive", "no zip archive that can be read"),
        (zipped(**{"readme.md": b""}), "there is no manifest.json in it"),
        (zipped(**{"a/manifest.json": b"{}", "b/x": b""}), "there is no manifest.json in it"),
        (archive_of({**FILES, "big": b"\0" * (21 * 1024 * 1024)}), "too large for a preset"),
        (archive_of({f"{number}": b"" for number in range(501)}), r"too large for a preset \(501 files"),
    ],
)
def test_what_is_no_preset(content: bytes, reason: str) -> None:
    with pytest.raises(ConfigFault, match=f"p.zip: .*{reason}|p.zip: {reason}"):
        files_of_archive(content, "p.zip")
