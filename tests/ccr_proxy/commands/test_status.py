"""`ccr status`: what a person reads, what a script gets, and the exit code."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.commands.status import duration


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 0 min"),
        (90061, "1 d 1 h"),
        (864000, "10 d 0 h"),
    ],
)
def test_a_duration_is_read_easily(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_running_gateway(ccr: Any) -> None:
    ccr.write_config(Router={"default": "demo,demo", "think": "demo,demo"})
    pid = ccr.json("start")["pid"]
    done = ccr("status")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:3] == ["Gateway: running", f"Process: {pid}", f"Address: http://127.0.0.1:{ccr.port}"]
    assert [line.split(":")[0] for line in lines[3:7]] == ["Uptime", "Version", "Log", "Config"]
    assert lines[7:10] == ["Routes:", "  default: demo,demo", "  think: demo,demo"]
    document = ccr.json("status")
    assert document["running"]
    assert document["pid"] == pid
    assert document["routes"] == {"default": "demo,demo", "think": "demo,demo"}
    assert document["config_path"] == str(ccr.config_path)


def test_nothing_runs(ccr: Any) -> None:
    ccr.write_config()
    done = ccr("status")
    assert done.returncode == 0
    assert done.stdout.startswith("Gateway: not running\n")
    assert done.stdout.endswith("To start it: ccr start\n")
    assert ccr.json("status")["running"] is False


def test_where_nothing_is_set_up_the_next_step_is_named(ccr: Any) -> None:
    done = ccr("status")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "Gateway: not running\n"
        f"Config: {ccr.config_path}\n"
        "Routes: none, the configuration does not exist yet\n"
        "To set it up: zcf i -s -t ccr_proxy\n"
    )
    assert ccr.json("status")["running"] is False


def test_a_port_of_another_program_is_a_failure(ccr: Any) -> None:
    ccr.write_config()
    with socket.create_server(("127.0.0.1", ccr.port)):
        done = ccr("status")
        document = ccr.json("status")
    assert done.returncode == 1
    assert done.stdout.startswith(f"Gateway: not running, port {ccr.port} is in use by ")
    assert document["port_owner"]["pid"] == os.getpid()


def test_problems_of_the_configuration_are_listed_with_their_place(ccr: Any) -> None:
    ccr.write_config(Router={"default": "nobody,m"})
    done = ccr("status")
    assert "Problems:\n  config.json:1:" in done.stdout
    (problem, *_) = ccr.json("status")["problems"]
    assert problem["severity"] == "error"
    assert problem["path"] == ["Router", "default"]


def test_a_configuration_that_cannot_be_read_is_a_failure(ccr: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"PORT": }', encoding="utf-8")
    done = ccr("status", "--config", str(broken))
    assert done.returncode == 1
    assert f"Config error: {broken}:1:10" in done.stdout


def test_a_ledger_that_cannot_be_written_is_told(ccr: Any) -> None:
    ccr.write_config()
    ledger = ccr.config_path.with_name("usage.sqlite3")
    ledger.mkdir()
    assert ccr("start").returncode == 0
    for _ in range(100):
        if not ccr.json("status")["usage_recorded"]:
            break
    assert "Usage: is not recorded at present, the log says why" in ccr("status").stdout
    assert "usage is not recorded at present" in (ccr.config_path.parent / "logs" / "gateway.log").read_text()
