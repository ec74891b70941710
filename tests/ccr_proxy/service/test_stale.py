"""Records of processes that have ended, told from those that live."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccr_proxy.config import paths
from ccr_proxy.service.process import own_create_time
from ccr_proxy.service.stale import forget_stale, stale_pid
from ccr_proxy.service.state import GatewayState, write_state


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def record(pid: int, create_time: float) -> None:
    write_state(GatewayState(pid, create_time, "127.0.0.1", 9, "i", "0", 1.0, "config.json"))


def records() -> list[bool]:
    return [paths.state_path().exists(), paths.pid_path().exists()]


def test_no_record_is_no_stale_record() -> None:
    assert stale_pid() is None
    forget_stale()


def test_the_record_of_an_ended_process_goes_with_its_pid_file() -> None:
    pid = ended_pid()
    record(pid, 1.0)
    assert stale_pid() == pid
    forget_stale()
    assert records() == [False, False]


def test_a_number_that_another_process_has_now_is_stale() -> None:
    record(os.getpid(), own_create_time() - 1000)
    assert stale_pid() == os.getpid()
    forget_stale()
    assert not paths.state_path().exists()


def test_the_record_of_a_live_gateway_stays() -> None:
    record(os.getpid(), own_create_time())
    assert stale_pid() is None
    forget_stale()
    assert records() == [True, True]


@pytest.mark.parametrize("content", ["", "x", "12 34"])
def test_a_pid_file_without_a_number_says_nothing(content: str) -> None:
    paths.pid_path().parent.mkdir()
    paths.pid_path().write_text(content)
    assert stale_pid() is None
    forget_stale()
    assert records() == [False, True]


def test_a_pid_file_alone_names_a_process_too() -> None:
    paths.pid_path().parent.mkdir()
    paths.pid_path().write_text(str(os.getpid()))
    assert stale_pid() is None
    paths.pid_path().write_text(str(pid := ended_pid()))
    assert stale_pid() == pid
    forget_stale()
    assert records() == [False, False]
