"""The log stays bounded, and no line is lost when a full file is put aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from ccr_proxy.server.log_file import BoundedLog, copy_and_empty, generations, put_aside_if_full

LINE = "0123456789abcde\n"  # 16 bytes
Gateway = Callable[[], tuple[BoundedLog, TextIO]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "gateway.log"


@pytest.fixture
def gateway(log: Path) -> Iterator[Gateway]:
    """A process's standard error that leads to the log, and what its log handler writes to; full with 64 bytes."""
    streams: list[TextIO] = []

    def start() -> tuple[BoundedLog, TextIO]:
        log.parent.mkdir(exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stream = os.fdopen(descriptor, "w")
        streams.append(stream)
        return BoundedLog(log, stream, error=descriptor, output=descriptor, full_bytes=64), stream

    yield start
    for stream in streams:
        stream.close()


def record(bounded: BoundedLog, text: str) -> None:
    bounded.write(text)
    bounded.flush()


def test_files_stay_small_few_and_in_order(log: Path, gateway: Gateway) -> None:
    bounded, _ = gateway()
    for number in range(100):
        record(bounded, f"{number:015d}\n")
    files = generations(log)
    assert [file.name for file in files] == ["gateway.log", "gateway.log.1", "gateway.log.2", "gateway.log.3"]
    assert all(file.stat().st_size <= 64 + 16 for file in files)
    kept = [int(line) for file in reversed(files) for line in file.read_text().splitlines()]
    assert kept == list(range(kept[0], 100))
    assert log.stat().st_mode & 0o777 == 0o600


def test_what_others_write_to_standard_error_is_in_the_new_file(log: Path, gateway: Gateway) -> None:
    bounded, stream = gateway()
    record(bounded, LINE * 5)
    os.write(stream.fileno(), b"Fatal Python error: Segmentation fault\n")
    assert log.read_text() == "Fatal Python error: Segmentation fault\n"


def test_two_gateways_while_one_takes_over_put_the_file_aside_once(log: Path, gateway: Gateway) -> None:
    old, new = gateway()[0], gateway()[0]
    record(new, LINE * 5)
    record(old, "the old one's line\n")
    record(old, "and its next\n")
    record(new, "the new one's line\n")
    assert [file.name for file in generations(log)] == ["gateway.log", "gateway.log.1"]
    assert log.with_name("gateway.log.1").read_text() == LINE * 5 + "the old one's line\n"
    assert log.read_text() == "and its next\nthe new one's line\n"


def test_a_log_that_somebody_deleted_comes_back(log: Path, gateway: Gateway) -> None:
    bounded, _ = gateway()
    log.unlink()
    log.parent.rmdir()
    record(bounded, LINE)
    record(bounded, "next\n")
    assert log.read_text() == "next\n"


def test_a_log_that_cannot_be_put_aside_grows_on_and_says_so_once(log: Path, gateway: Gateway) -> None:
    bounded, stream = gateway()
    log.with_name("gateway.log.2").write_text("older\n")
    log.with_name("gateway.log.3").mkdir()
    for _ in range(3):
        record(bounded, LINE * 5)
    stream.flush()
    assert log.read_text().count("warning: the log is not bounded any more: Is a directory\n") == 1
    assert log.read_text().count(LINE) == 15


def test_standard_error_elsewhere_is_only_written_to(log: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "mine.txt"
    with elsewhere.open("w") as stream:
        record(BoundedLog(log, stream, error=stream.fileno(), full_bytes=64), LINE * 20)
    assert elsewhere.read_text() == LINE * 20
    assert generations(log) == ()


def test_before_a_start_only_a_full_log_is_put_aside(log: Path) -> None:
    put_aside_if_full(log, 64)
    log.parent.mkdir()
    log.write_text(LINE * 4)
    put_aside_if_full(log, 64)
    assert generations(log) == (log,)
    log.write_text(LINE * 5)
    put_aside_if_full(log, 64)
    assert [file.name for file in generations(log)] == ["gateway.log.1"]


def test_where_files_in_use_cannot_be_renamed_the_content_is_copied(log: Path, gateway: Gateway) -> None:
    _, stream = gateway()
    stream.write(LINE)
    stream.flush()
    copy_and_empty(log)
    stream.write("next\n")
    stream.flush()
    assert (log.with_name("gateway.log.1").read_text(), log.read_text()) == (LINE, "next\n")
