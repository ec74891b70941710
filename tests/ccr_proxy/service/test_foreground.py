"""One gateway in the foreground: what it says, records, finishes and leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config import paths
from ccr_proxy.service.port_owner import port_owner
from ccr_proxy.service.probe import probe
from ccr_proxy.service.state import read_state, write_state


def output_of(process: subprocess.Popen[str]) -> str:
    """What the process still writes to standard error until it ends."""
    return process.communicate(timeout=20)[1]


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_it_says_where_it_listens_records_itself_and_leaves_nothing(home: Any) -> None:
    home.write_config()
    gateway = home.serve()
    first_line = next(line for line in gateway.stderr if "listening" in line)
    expected = f"listening on http://127.0.0.1:{home.port} (config {home.config_path})\n"
    assert first_line.startswith("ccr_proxy ")
    assert first_line.endswith(expected)
    state = read_state()
    assert state is not None
    assert (state.pid, state.port, state.config_path) == (gateway.pid, home.port, str(home.config_path))
    gateway.send_signal(signal.SIGTERM)
    assert output_of(gateway) == "stopped\n"
    assert gateway.returncode == 0
    assert not paths.state_path().exists()
    assert not paths.pid_path().exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_signal_that_ends_programs_ends_it_cleanly(home: Any, number: signal.Signals) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    gateway.send_signal(number)
    assert gateway.wait(timeout=20) == 0
    assert read_state() is None


def test_a_running_answer_is_finished_while_nobody_new_gets_in(home: Any, tmp_path: Path, wait: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    answer = home.slow_answer(tmp_path / "release")
    idle = socket.create_connection(("127.0.0.1", home.port))
    gateway.send_signal(signal.SIGTERM)
    wait("the listener to close", lambda: port_owner("127.0.0.1", home.port) is None)
    assert gateway.poll() is None
    state = read_state()
    assert state is not None
    assert state.draining
    (tmp_path / "release").touch()
    assert answer.read() == b"ended\n"
    assert gateway.wait(timeout=20) == 0
    idle.close()
    assert read_state() is None


def test_a_second_signal_cuts_running_answers_and_says_so(home: Any, tmp_path: Path, wait: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    answer = home.slow_answer(tmp_path / "never")
    gateway.send_signal(signal.SIGINT)
    wait("the listener to close", lambda: probe("127.0.0.1", home.port) is None)
    gateway.send_signal(signal.SIGINT)
    assert output_of(gateway) == "stopped: 1 running answers were cut\n"
    assert gateway.returncode == 1
    assert read_state() is None
    (tmp_path / "never").touch()
    answer.close()


def test_answers_that_outlast_the_drain_limit_are_cut(home: Any, tmp_path: Path) -> None:
    home.write_config()
    gateway = home.serve_until_listening("--drain-seconds", "0.2")
    answer = home.slow_answer(tmp_path / "never")
    gateway.send_signal(signal.SIGTERM)
    assert "1 running answers were cut" in output_of(gateway)
    assert gateway.returncode == 1
    (tmp_path / "never").touch()
    answer.close()


def test_a_port_of_another_program_is_reported_with_its_owner(home: Any) -> None:
    home.write_config()
    with socket.create_server(("127.0.0.1", home.port)):
        gateway = home.serve()
        output = output_of(gateway)
    assert gateway.returncode == 1
    assert f"error: port {home.port} on 127.0.0.1 is in use by " in output
    assert "stop it, or choose another port" in output
    assert read_state() is None


def test_an_older_copy_keeps_its_port_and_its_record(home: Any) -> None:
    home.write_config()
    older = home.serve_until_listening(STAND_IN_VERSION="0.0.7")
    recorded = paths.state_path().read_bytes()
    younger = home.serve()
    output = output_of(younger)
    assert younger.returncode == 1
    assert f"in use by ccr_proxy 0.0.7 (pid {older.pid})" in output
    assert "`ccr restart`" in output
    assert paths.state_path().read_bytes() == recorded
    assert older.poll() is None


def test_a_second_gateway_on_another_port_does_not_take_over_the_record(home: Any) -> None:
    home.write_config()
    first = home.serve_until_listening()
    second = home.serve_until_listening("--port", "0")
    state = read_state()
    assert state is not None
    assert state.pid == first.pid
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=20) == 0
    assert read_state() == state


def test_a_record_left_by_a_gateway_that_was_killed_is_replaced(home: Any) -> None:
    home.write_config()
    killed = home.serve_until_listening()
    killed.kill()
    killed.wait()
    stale = read_state()
    assert stale is not None
    write_state(replace(stale, pid=os.getpid(), create_time=1.0))
    gateway = home.serve_until_listening()
    state = read_state()
    assert state is not None
    assert state.pid == gateway.pid


def test_a_configuration_without_key_listens_on_loopback_and_asks_for_the_known_key(home: Any) -> None:
    home.write_config(APIKEY=None, HOST="0.0.0.0")
    gateway = home.serve_until_listening()
    assert get_json(f"http://127.0.0.1:{home.port}/key") == {"api_key": "test", "host": "127.0.0.1"}
    gateway.send_signal(signal.SIGTERM)
    gateway.wait(timeout=20)


@pytest.mark.parametrize(
    ("config", "arguments", "complaint"),
    [
        ({"APIKEY": None}, ["--host", "0.0.0.0"], "refusing to listen on 0.0.0.0 without a key"),
        ({"APIKEY": "$NO_SUCH_VARIABLE"}, [], "APIKEY cannot be used"),
        ({}, ["--host", "192.0.2.1"], "cannot listen on port"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_exit_code_1(
    home: Any, config: dict[str, Any], arguments: list[str], complaint: str
) -> None:
    home.write_config(**config)
    gateway = home.serve(*arguments)
    output = output_of(gateway)
    assert gateway.returncode == 1
    assert output.splitlines()[-1].startswith("error: ")
    assert complaint in output.splitlines()[-1]
    assert "Traceback" not in output


def test_a_record_that_cannot_be_written_does_not_keep_it_from_serving(home: Any) -> None:
    home.write_config()
    paths.state_path().mkdir()
    gateway = home.serve()
    lines = iter(gateway.stderr)
    assert "warning: cannot record the running gateway" in next(line for line in lines if line.startswith("warning"))
    assert " listening on " in next(lines)
    gateway.send_signal(signal.SIGTERM)
    assert gateway.wait(timeout=20) == 0
