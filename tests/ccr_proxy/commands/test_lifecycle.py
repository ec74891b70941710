"""`ccr start`, `stop`, `restart` as a person or a script sees them, with the real gateway."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path
from typing import Any


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return bool(answer.status == 200)


def test_a_whole_life(ccr: Any) -> None:
    ccr.write_config()
    started = ccr("start")
    assert (started.returncode, started.stderr) == (0, "")
    lines = dict(line.split(": ", 1) for line in started.stdout.splitlines())
    assert lines["Gateway"] == "started"
    assert lines["Address"] == f"http://127.0.0.1:{ccr.port}"
    assert lines["Config"] == str(ccr.config_path)
    assert Path(lines["Log"]).is_file()
    assert answers(ccr.port)

    again = ccr.json("start")
    assert again["already_running"]
    assert str(again["pid"]) == lines["Process"]

    restarted = ccr.json("restart")
    assert restarted["previous_pid"] == again["pid"] != restarted["pid"]
    assert answers(ccr.port)

    stopped = ccr("stop")
    assert (stopped.returncode, stopped.stdout) == (0, f"Gateway: stopped\nProcess: {restarted['pid']}\n")
    assert ccr("stop").stdout == "Gateway: not running\n"
    assert ccr.json("stop") == {"stopped": False, "pid": None, "stale_record": False}


def test_start_in_a_folder_with_modules_named_like_ours_starts_ours(ccr: Any) -> None:
    ccr.write_config()
    for name in ("click.py", "typing.py", "aiohttp.py"):
        (ccr.config_path.parent / name).write_text("raise SystemExit('the wrong module')", encoding="utf-8")
    assert ccr("start").returncode == 0
    assert answers(ccr.port)


def test_a_taken_port_is_told_with_its_owner(ccr: Any) -> None:
    ccr.write_config()
    with socket.create_server(("127.0.0.1", ccr.port)):
        for verb in ("start", "restart", "serve"):
            done = ccr(verb)
            assert done.returncode == 1
            assert f"port {ccr.port} on 127.0.0.1 is in use by" in done.stderr
            assert f"(pid {os.getpid()})" in done.stderr
            assert "Traceback" not in done.stderr


def test_the_host_and_port_of_the_command_line_come_first(ccr: Any) -> None:
    ccr.write_config(PORT=1)
    started = ccr.json("start", "--host", "localhost", "--port", str(ccr.port))
    assert started["url"] == f"http://localhost:{ccr.port}"
    assert answers(ccr.port)


def test_a_configuration_without_key_starts_with_a_warning(ccr: Any) -> None:
    ccr.write_config(APIKEY=None)
    done = ccr("start")
    assert done.returncode == 0
    assert 'Warning: no "APIKEY" in the configuration: clients must send the key "test"' in done.stdout
