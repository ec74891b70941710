"""`ccr logs` with the real gateway's log."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def test_without_a_log_one_is_told_where_it_would_be(ccr: Any) -> None:
    done = ccr("logs")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {ccr.home}/.claude-code-router/logs/gateway.log: no log yet")


def test_the_log_of_a_gateway_by_number_level_and_as_json(ccr: Any) -> None:
    ccr.write_config(Router={"default": "demo,demo", "think": "gone,m"})
    assert ccr("start").returncode == 0
    problem, listening = ccr("logs").stdout.splitlines()
    assert 'error: Router.think: there is no provider "gone"' in problem
    assert ccr("logs", "-n", "1").stdout == f"{listening}\n"
    assert ccr("logs", "--level", "warning").stdout == f"{problem}\n"
    assert ccr("logs", "--request", "req_").stdout == ""
    objects = [json.loads(line) for line in ccr("logs", "--json").stdout.splitlines()]
    assert [(entry["level"], entry["message"]) for entry in objects] == [("error", problem), ("info", listening)]


def test_terminal_controls_in_a_provider_s_message_are_not_sent_to_the_terminal(ccr: Any) -> None:
    log = Path(ccr.home, ".claude-code-router", "logs", "gateway.log")
    log.parent.mkdir(parents=True)
    log.write_text("a\x1b[2Jb\tc\n", encoding="utf-8")
    assert ccr("logs", PYTHONIOENCODING="utf-8").stdout == "a\ufffd[2Jb\tc\n"


def test_following_ends_by_ctrl_c_with_130(ccr: Any) -> None:
    ccr.write_config()
    command = [sys.executable, "-m", "ccr_proxy", "logs", "-f"]
    follower = subprocess.Popen(
        command, cwd=ccr.home, env=ccr.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with follower:
        assert ccr("start").returncode == 0
        assert follower.stdout is not None
        assert " listening on " in follower.stdout.readline()
        follower.send_signal(signal.SIGINT)
        assert follower.communicate(timeout=20) == ("", "")
    assert follower.returncode == 130
