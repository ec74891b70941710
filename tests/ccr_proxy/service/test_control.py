"""Stopping and restarting: running answers finish, other programs are never touched, and success is true."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from ccr_proxy.config import paths
from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service import control, launcher
from ccr_proxy.service.probe import probe
from ccr_proxy.service.state import read_state, write_state
from tests.ports import free_port


@pytest.fixture
def running(home: Any, stand_in: Any) -> launcher.StartResult:
    """A gateway in the background."""
    home.write_config()
    return launcher.start(home.config_path, command_line=stand_in)


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_stop_returns_when_the_process_is_gone(home: Any, running: launcher.StartResult) -> None:
    result = control.stop(home.config_path)
    assert result == control.StopResult(running.state.pid)
    assert not is_alive(running.state.pid)
    assert read_state() is None
    assert not paths.pid_path().exists()
    assert control.stop(home.config_path) == control.StopResult(None)


def test_stop_waits_for_running_answers_and_says_that_it_waits(
    home: Any, running: launcher.StartResult, tmp_path: Path
) -> None:
    answer = home.slow_answer(tmp_path / "release")
    told: list[float] = []

    def progress(seconds: float) -> None:
        told.append(seconds)
        (tmp_path / "release").touch()

    result = control.stop(home.config_path, progress=progress)
    assert result.pid == running.state.pid
    assert answer.read() == b"ended\n"
    assert told


def test_stop_that_runs_out_of_patience_says_so_and_force_cuts(
    home: Any, running: launcher.StartResult, tmp_path: Path
) -> None:
    answer = home.slow_answer(tmp_path / "never")
    with pytest.raises(ServiceFault, match=r"still finishes running answers after 0\.2 s: `ccr stop --force`"):
        control.stop(home.config_path, wait_seconds=0.2)
    assert is_alive(running.state.pid)
    assert control.stop(home.config_path, force=True) == control.StopResult(running.state.pid, forced=True)
    assert not is_alive(running.state.pid)
    assert read_state() is None
    (tmp_path / "never").touch()
    answer.close()


def test_a_gateway_that_hangs_is_killed_by_force(
    home: Any, running: launcher.StartResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "_KILL_SECONDS", 0.5)
    os.kill(running.state.pid, signal.SIGSTOP)
    assert control.stop(home.config_path, force=True).forced
    assert not is_alive(running.state.pid)
    assert read_state() is None


def test_a_stale_record_never_harms_the_program_that_has_its_number_now(
    home: Any, running: launcher.StartResult, other_program: subprocess.Popen[bytes]
) -> None:
    control.stop(home.config_path)
    write_state(replace(running.state, pid=other_program.pid, create_time=running.state.create_time - 60))
    for force in (False, True):
        result = control.stop(home.config_path, force=force)
        assert result.pid is None
    assert other_program.poll() is None
    assert read_state() is None


def test_a_bare_pid_file_is_never_believed(home: Any, other_program: subprocess.Popen[bytes]) -> None:
    home.write_config()
    paths.pid_path().write_text(str(other_program.pid), encoding="utf-8")
    assert control.stop(home.config_path) == control.StopResult(None)
    assert other_program.poll() is None


def test_a_gateway_whose_record_was_lost_is_found_on_its_port(home: Any, running: launcher.StartResult) -> None:
    paths.state_path().unlink()
    assert control.stop(home.config_path).pid == running.state.pid
    assert not is_alive(running.state.pid)


def test_a_program_that_only_claims_to_be_a_gateway_is_left_alone(
    home: Any, other_program: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write_config()
    body = b'{"instance":"x","version":"1","uptime":1,"pid":%d}' % other_program.pid
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    listener = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import socket,sys\n"
            "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
            "while True:\n"
            "    connection, _ = listener.accept()\n"
            "    connection.recv(1000), connection.sendall(sys.argv[2].encode()), connection.close()\n",
            str(home.port),
            answer.decode(),
        ]
    )
    try:
        while probe("127.0.0.1", home.port) is None:
            assert listener.poll() is None
        assert control.stop(home.config_path, force=True) == control.StopResult(None)
        assert other_program.poll() is None
        assert listener.poll() is None
    finally:
        listener.kill()
        listener.wait()


def test_restart_serves_anew_while_the_old_process_finishes_its_answers(
    home: Any, running: launcher.StartResult, stand_in: Any, tmp_path: Path, wait: Any
) -> None:
    answer = home.slow_answer(tmp_path / "release")
    result = control.restart(None, command_line=stand_in)
    assert result.previous_pid == running.state.pid
    assert result.previous_still_finishing
    health = probe("127.0.0.1", home.port)
    assert health is not None
    assert health.pid == result.started.state.pid != running.state.pid
    (tmp_path / "release").touch()
    assert answer.read() == b"ended\n"
    wait("the old process to end", lambda: not is_alive(running.state.pid))
    assert read_state() == result.started.state


def test_restart_moves_to_the_port_that_is_configured_now(
    home: Any, running: launcher.StartResult, stand_in: Any
) -> None:
    new_port = free_port()
    home.write_config(PORT=new_port)
    result = control.restart(home.config_path, command_line=stand_in)
    assert result.started.state.port == new_port
    assert probe("127.0.0.1", home.port) is None


def test_restart_starts_where_nothing_ran(home: Any, stand_in: Any) -> None:
    home.write_config()
    result = control.restart(None, command_line=stand_in)
    assert result.previous_pid is None
    assert probe("127.0.0.1", home.port) is not None


@pytest.mark.parametrize("content", ['{"APIKEY": "$NO_SUCH_VARIABLE"}', "{"])
def test_a_gateway_is_not_stopped_for_one_that_could_not_start(
    home: Any, running: launcher.StartResult, content: str
) -> None:
    home.config_path.write_text(content, encoding="utf-8")
    with pytest.raises((ConfigFault, ServiceFault)):
        control.restart(None)
    assert probe("127.0.0.1", home.port) is not None
    assert read_state() == running.state


def test_a_gateway_is_not_stopped_for_one_whose_port_is_taken(home: Any, running: launcher.StartResult) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        home.write_config(PORT=listener.getsockname()[1])
        with pytest.raises(ServiceFault, match="is in use by"):
            control.restart(home.config_path)
    assert read_state() == running.state
    assert probe("127.0.0.1", home.port) is not None


def test_restart_by_force_replaces_a_gateway_that_hangs(
    home: Any, running: launcher.StartResult, stand_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "_KILL_SECONDS", 0.5)
    monkeypatch.setattr(control, "_LISTENER_SECONDS", 0.3)
    os.kill(running.state.pid, signal.SIGSTOP)
    with pytest.raises(ServiceFault, match="does not stop listening: `ccr restart --force`"):
        control.restart(None, command_line=stand_in)
    result = control.restart(None, force=True, command_line=stand_in)
    assert result.started.state.pid != running.state.pid
    assert not result.previous_still_finishing


def test_where_signals_do_not_reach_a_file_asks(
    home: Any, running: launcher.StartResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(instance: str) -> None:
        asked.append(instance)
        psutil.Process(running.state.pid).terminate()

    monkeypatch.setattr(control, "signals_reach_other_processes", lambda: False)
    monkeypatch.setattr(control, "ask_by_file", ask)
    assert control.stop(home.config_path).pid == running.state.pid
    assert asked == [running.state.instance]
