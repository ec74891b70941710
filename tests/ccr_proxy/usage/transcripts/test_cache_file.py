"""The cache: what comes back from it, and that nothing broken does."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from ccr_proxy.usage.transcripts.cache_file import cache_path, decode, encode, load, save
from ccr_proxy.usage.transcripts.reading import FileSums, read_all
from tests.ccr_proxy.usage.transcripts.claude_folder import HAIKU, line, write


@pytest.fixture
def files(tmp_path: Path) -> dict[str, FileSums]:
    write(
        tmp_path,
        {
            "p/a.jsonl": [line(message="m1"), line(message="m2", model=HAIKU, costUSD=0.5), line(message="both")],
            "p/b.jsonl": [line(message="both", output=99)],
            "p/empty.jsonl": [],
        },
    )
    return read_all(sorted(tmp_path.rglob("*.jsonl")), {}).files


def test_what_is_saved_is_loaded(files: dict[str, FileSums], tmp_path: Path) -> None:
    path = tmp_path / "not there yet" / "cache"
    save(path, files)
    assert load(path) == files
    assert [*path.parent.iterdir()] == [path]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_path_that_is_no_unicode_comes_back(files: dict[str, FileSums]) -> None:
    odd = os.fsdecode(b"/home/u/\xff.jsonl")
    (first, *_) = files.values()
    assert decode(encode({odd: first})) == {odd: first}


@pytest.mark.parametrize("spoiled", range(3))
def test_a_cache_of_which_a_byte_is_wrong_or_missing_counts_as_none(
    files: dict[str, FileSums], tmp_path: Path, spoiled: int
) -> None:
    path, content = tmp_path / "cache", encode(files)
    place = (5, len(content) // 2, len(content) - 1)[spoiled]
    for broken in (
        content[:place],
        content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :],
        content + b"0",
    ):
        path.write_bytes(broken)
        assert load(path) == {}
    path.write_bytes(content)
    assert load(path) == files


def test_no_cache_and_one_that_cannot_be_written_are_no_fault(files: dict[str, FileSums], tmp_path: Path) -> None:
    assert load(tmp_path / "none") == {}
    assert load(tmp_path) == {}
    (tmp_path / "file").write_bytes(b"")
    save(tmp_path / "file" / "cache", files)
    assert (tmp_path / "file").read_bytes() == b""


def test_other_folders_have_another_cache() -> None:
    one, other = cache_path([Path("/a"), Path("/b")]), cache_path([Path("/a")])
    assert one != other
    assert one == cache_path([Path("/a"), Path("/b")])
