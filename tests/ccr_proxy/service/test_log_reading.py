"""The last entries over several files, and following over everything that happens to a log."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ccr_proxy.server.log_file import copy_and_empty, put_aside
from ccr_proxy.service.log_entries import LogEntry, Wanted
from ccr_proxy.service.log_reading import follow, last_entries


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "gateway.log"


def write(log: Path, *lines: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


def told(entries: Iterator[LogEntry] | tuple[LogEntry, ...]) -> list[str]:
    return ["/".join(entry.lines) for entry in entries]


def followed(log: Path, number: int, *steps: Callable[[], None]) -> list[str]:
    """What is told when between two looks these things happen, one after the other."""
    happening = iter([*steps, lambda: None, lambda: None])

    def pause() -> None:
        step = next(happening, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    seen: list[str] = []
    with contextlib.suppress(KeyboardInterrupt):
        for entry in follow(log, number, Wanted(), pause):
            seen += told((entry,))
    assert next(happening, None) is None
    return seen


def test_the_last_entries_go_back_into_the_files_put_aside(log: Path) -> None:
    for part in ((1, 2), (3, 4), (5, 6)):
        if log.exists():
            put_aside(log)
        write(log, *map(str, part))
    assert told(last_entries(log, 1, Wanted())) == ["6"]
    assert told(last_entries(log, 3, Wanted())) == ["4", "5", "6"]
    assert told(last_entries(log, 50, Wanted())) == ["1", "2", "3", "4", "5", "6"]
    assert told(last_entries(log, 0, Wanted())) == []
    assert told(last_entries(log, 50, lambda entry: entry.message in "25")) == ["2", "5"]


def test_bytes_that_are_no_text_do_not_end_the_reading(log: Path) -> None:
    log.write_bytes(b"a\xff\r\nb\n")
    assert told(last_entries(log, 9, Wanted())) == ["a\ufffd", "b"]


def test_following_begins_with_the_last_and_tells_each_line_once(log: Path) -> None:
    write(log, "1", "2")
    assert followed(log, 1, lambda: write(log, "3"), lambda: write(log, "4", "5")) == ["2", "3", "4", "5"]


def test_a_traceback_that_comes_in_pieces_is_one_entry(log: Path) -> None:
    write(log)
    first = ("2026-11-25T14:42:05.000Z ERROR   failed", "Traceback (most recent call last):")
    seen = followed(log, 0, lambda: write(log, *first), lambda: write(log, "  File", "KeyError: 1"))
    assert seen == [f"{first[0]}/{first[1]}/  File/KeyError: 1"]


def test_a_half_line_waits_for_its_end(log: Path) -> None:
    def half(text: str) -> Callable[[], None]:
        return lambda: log.write_text(log.read_text() + text)

    write(log, "1")
    assert followed(log, 0, half("ab"), lambda: None, lambda: None, half("cd\n")) == ["abcd"]


@pytest.mark.parametrize("aside", [put_aside, copy_and_empty])
def test_following_goes_on_when_the_log_is_put_aside(log: Path, aside: Callable[[Path], None]) -> None:
    write(log, "1")
    seen = followed(log, 0, lambda: write(log, "2"), lambda: aside(log), lambda: write(log, "3"))
    assert seen == ["2", "3"]


def test_what_was_written_just_before_and_after_is_not_missed(log: Path) -> None:
    def all_at_once() -> None:
        write(log, "2")
        put_aside(log)
        write(log, "3")

    write(log, "1")
    assert followed(log, 0, all_at_once) == ["2", "3"]


def test_following_waits_for_a_log_that_is_not_there_yet(log: Path) -> None:
    assert followed(log, 5, lambda: None, lambda: write(log, "1")) == ["1"]
