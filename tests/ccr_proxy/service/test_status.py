"""Status tells what is, not what files say."""

from __future__ import annotations

import os
import signal
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from ccr_proxy.config import paths
from ccr_proxy.service.state import read_state, write_state
from ccr_proxy.service.status import Condition, status

PROVIDER = {"name": "p", "api_base_url": "http://127.0.0.1:1/v1", "api_key": "k", "models": ["m"]}


def test_a_running_gateway_is_asked_itself(home: Any) -> None:
    home.write_config(Providers=[PROVIDER], Router={"default": "p,m", "think": "p,m"})
    gateway = home.serve_until_listening(STAND_IN_VERSION="0.0.7")
    result = status(None)
    assert (result.condition, result.pid, result.port) == (Condition.RUNNING, gateway.pid, home.port)
    assert result.version == "0.0.7"
    assert result.uptime is not None
    assert 0 <= result.uptime < 60
    assert result.config_path == home.config_path
    assert dict(result.routes) == {"default": "p,m", "think": "p,m"}
    assert result.config_error is None


def test_nothing_runs(home: Any) -> None:
    home.write_config()
    result = status(None)
    assert (result.condition, result.pid, result.stale_pid, result.port) == (
        Condition.NOT_RUNNING,
        None,
        None,
        home.port,
    )
    assert result.problems


def test_what_is_wrong_with_availability_is_told_like_everything_else(home: Any) -> None:
    home.write_config(Providers=[PROVIDER], Router={"default": "p,m"}, availability={"retries": "many"})
    assert [problem.path for problem in status(None).problems] == [("availability", "retries")]


def test_a_configuration_of_its_own_is_shown_for_a_running_gateway(home: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(f'{{"PORT": {home.port}, "APIKEY": "k"}}', encoding="utf-8")
    home.serve_until_listening("--config", str(elsewhere))
    assert status(None).config_path == elsewhere


def test_a_gateway_that_finishes_its_answers_is_stopping(home: Any, tmp_path: Path, wait: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    answer = home.slow_answer(tmp_path / "release")
    gateway.send_signal(signal.SIGTERM)
    wait("the gateway to drain", lambda: status(None).condition is Condition.STOPPING)
    assert status(None).pid == gateway.pid
    (tmp_path / "release").touch()
    answer.read()


def test_a_gateway_that_hangs_is_unresponsive(home: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    os.kill(gateway.pid, signal.SIGSTOP)
    result = status(None)
    assert (result.condition, result.pid) == (Condition.UNRESPONSIVE, gateway.pid)


def test_the_record_of_a_killed_gateway_is_stale_even_if_its_number_lives_on(home: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    state = read_state()
    assert state is not None
    gateway.kill()
    gateway.wait()
    write_state(replace(state, pid=os.getpid(), create_time=1.0))
    result = status(None)
    assert (result.condition, result.stale_pid, result.pid) == (Condition.NOT_RUNNING, os.getpid(), None)


def test_another_program_on_the_port_is_named(home: Any) -> None:
    home.write_config()
    with socket.create_server(("127.0.0.1", home.port)):
        result = status(None)
    assert result.condition is Condition.PORT_TAKEN
    assert result.port_owner is not None
    assert result.port_owner.pid == os.getpid()


def test_a_gateway_without_record_is_found_on_the_configured_port(home: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    paths.state_path().unlink()
    result = status(None)
    assert (result.condition, result.pid) == (Condition.RUNNING, gateway.pid)


def test_a_broken_configuration_does_not_hide_a_running_gateway(home: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening()
    home.config_path.write_text("{", encoding="utf-8")
    result = status(None)
    assert (result.condition, result.pid) == (Condition.RUNNING, gateway.pid)
    assert result.config_error is not None
    assert "config.json" in result.config_error


def test_no_configuration_at_all_is_said(home: Any) -> None:
    result = status(None)
    assert result.condition is Condition.NOT_RUNNING
    assert result.config_error is not None
