"""Starting in the background: it answers, or one is told why not, and nothing half-started stays."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from ccr_proxy.config import paths
from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service import launcher
from ccr_proxy.service.detached import DetachedProcess
from ccr_proxy.service.probe import probe
from ccr_proxy.service.state import read_state


def runs_python(code: str) -> launcher.CommandLine:
    """A command line that, in place of a gateway, runs `code`."""
    return lambda *_: [sys.executable, "-c", code]


def processes_of(home: Any) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if str(home.config_path) in " ".join(process.info["cmdline"] or ())
    ]


def test_a_started_gateway_answers_and_has_no_terminal_and_a_private_log(home: Any, stand_in: Any) -> None:
    home.write_config()
    result = launcher.start(home.config_path, command_line=stand_in)
    health = probe("127.0.0.1", home.port)
    assert health is not None
    assert (health.instance, health.pid) == (result.state.instance, result.state.pid)
    assert not result.already_running
    process = psutil.Process(result.state.pid)
    assert process.terminal() is None
    assert os.getsid(process.pid) == process.pid
    assert process.cwd() == str(home.config_path.parent)
    assert "listening on" in result.log_path.read_text(encoding="utf-8")
    assert result.log_path.stat().st_mode & 0o777 == 0o600
    assert result.log_path.parent.stat().st_mode & 0o777 == 0o700


def test_starting_twice_gives_one_gateway(home: Any, stand_in: Any) -> None:
    home.write_config()
    first = launcher.start(home.config_path, command_line=stand_in)
    second = launcher.start(home.config_path, command_line=stand_in)
    assert second.already_running
    assert second.state == first.state
    assert processes_of(home) == [first.state.pid]


def test_two_starts_at_once_give_one_gateway(home: Any, stand_in: Any) -> None:
    home.write_config()
    results: list[launcher.StartResult] = []

    def start() -> None:
        results.append(launcher.start(home.config_path, command_line=stand_in))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.already_running for result in results) == [False, True]
    assert len({result.state.pid for result in results}) == 1
    assert len(processes_of(home)) == 1


def test_a_child_that_dies_is_reported_with_its_own_last_lines(home: Any) -> None:
    home.write_config()
    paths.log_path().parent.mkdir(parents=True)
    paths.log_path().write_text("a line of an earlier start\n", encoding="utf-8")
    code = "import sys; print('first', flush=True); sys.exit('error: no such thing')"
    with pytest.raises(ServiceFault) as caught:
        launcher.start(home.config_path, command_line=runs_python(code))
    assert caught.value.message == "the gateway did not start: no such thing"
    assert caught.value.log_tail == ("first", "error: no such thing")


def test_a_child_that_dies_silently_is_reported_with_its_exit_code(home: Any) -> None:
    home.write_config()
    with pytest.raises(ServiceFault, match="it ended with exit code 3"):
        launcher.start(home.config_path, command_line=runs_python("raise SystemExit(3)"))


def test_a_child_that_never_answers_is_ended(home: Any) -> None:
    home.write_config()
    code = f"print('thinking', flush=True); import time; time.sleep(600)  # {home.config_path}"
    with pytest.raises(ServiceFault, match=r"did not answer on port \d+ within 0.5 s and was ended") as caught:
        launcher.start(home.config_path, 0.5, command_line=runs_python(code))
    assert caught.value.log_tail == ("thinking",)
    assert processes_of(home) == []
    assert read_state() is None


def test_cancelling_while_it_starts_leaves_no_process(
    home: Any, stand_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write_config()

    def interrupted(_: DetachedProcess) -> int | None:
        raise KeyboardInterrupt

    monkeypatch.setattr(DetachedProcess, "exit_code", interrupted)
    with pytest.raises(KeyboardInterrupt):
        launcher.start(home.config_path, command_line=stand_in)
    assert processes_of(home) == []
    assert read_state() is None


def test_a_taken_port_is_reported_before_anything_is_started(home: Any) -> None:
    home.write_config()
    with socket.create_server(("127.0.0.1", home.port)), pytest.raises(ServiceFault, match="is in use by") as caught:
        launcher.start(home.config_path, command_line=runs_python("raise SystemExit(3)"))
    assert f"(pid {os.getpid()})" in caught.value.message
    assert not paths.log_path().exists()


def test_a_gateway_on_another_port_than_configured_is_not_called_success(home: Any, stand_in: Any) -> None:
    home.write_config()
    running = launcher.start(home.config_path, command_line=stand_in)
    home.write_config(PORT=home.port + 1 if home.port < 65535 else home.port - 1)
    with pytest.raises(ServiceFault, match=r"runs on port \d+ .*`ccr restart`") as caught:
        launcher.start(home.config_path, command_line=stand_in)
    assert str(running.state.pid) in caught.value.message


def test_a_stale_record_with_the_number_of_a_live_program_does_not_matter(
    home: Any, stand_in: Any, other_program: subprocess.Popen[bytes]
) -> None:
    home.write_config()
    paths.pid_path().write_text(str(other_program.pid), encoding="utf-8")
    result = launcher.start(home.config_path, command_line=stand_in)
    assert not result.already_running
    assert other_program.poll() is None


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_configuration_that_cannot_be_read_starts_nothing(home: Any, content: str) -> None:
    home.write_config()
    home.config_path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigFault):
        launcher.start(home.config_path)
    assert not paths.log_path().exists()


def test_a_gateway_that_cannot_record_itself_is_not_left_behind(home: Any, stand_in: Any) -> None:
    home.write_config()
    paths.state_path().mkdir()
    with pytest.raises(ServiceFault, match="cannot record the running gateway"):
        launcher.start(home.config_path, command_line=stand_in)
    assert processes_of(home) == []


def test_a_large_log_is_put_aside(home: Any, stand_in: Any) -> None:
    home.write_config()
    paths.log_path().parent.mkdir(parents=True)
    paths.log_path().write_bytes(b"x" * (5 * 1024 * 1024 + 1))
    result = launcher.start(home.config_path, command_line=stand_in)
    assert result.log_path.stat().st_size < 10_000
    assert Path(f"{result.log_path}.1").stat().st_size == 5 * 1024 * 1024 + 1


def test_a_log_that_cannot_be_written_is_one_line(home: Any, stand_in: Any) -> None:
    home.write_config()
    paths.log_path().mkdir(parents=True)
    with pytest.raises(ServiceFault, match=r"cannot start the gateway: .*directory"):
        launcher.start(home.config_path, command_line=stand_in)


def test_a_gateway_that_came_up_meanwhile_is_the_one(home: Any, stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_config()
    monkeypatch.setattr(launcher, "require_free_port", lambda _: home.serve_until_listening())
    result = launcher.start(home.config_path, command_line=stand_in)
    assert result.already_running
    assert processes_of(home) == [result.state.pid]


def test_an_address_of_another_machine_starts_nothing(home: Any) -> None:
    home.write_config()
    with pytest.raises(ServiceFault, match=r"cannot listen on 192\.0\.2\.1: "):
        launcher.start(home.config_path, host="192.0.2.1", command_line=runs_python("raise SystemExit(3)"))
    assert not paths.log_path().exists()
