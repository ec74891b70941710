"""`ccr service` with a stand-in for systemctl that starts what a unit says, and the real gateway."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is one for systemd")

SYSTEMCTL = """\
import os, pathlib, shlex, signal, subprocess, sys
home = pathlib.Path(os.environ["HOME"])
unit, running, enabled = home / ".config/systemd/user/ccr-proxy.service", home / "running", home / "enabled"
verb = sys.argv[2]
if (home / "broken").exists():
    sys.exit("Failed to connect to bus: No medium found")
if verb == "enable":
    settings = dict(line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line)
    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(settings["ExecStart"])]
    log = open(settings["StandardError"].removeprefix("append:"), "ab")
    environment = {**os.environ, **dict([shlex.split(settings["Environment"])[0].split("=", 1)])}
    process = subprocess.Popen(words, env=environment, cwd=settings["WorkingDirectory"], stdout=log, stderr=log,
                               stdin=subprocess.DEVNULL, start_new_session=True)
    running.write_text(str(process.pid))
    enabled.touch()
if verb == "disable":
    enabled.unlink(missing_ok=True)
if verb == "is-enabled":
    sys.exit(0 if enabled.exists() else 1)
"""


@pytest.fixture
def systemctl(ccr: Any, tmp_path: Path) -> dict[str, str]:
    """The environment in which that systemctl is the first to be found."""
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{SYSTEMCTL}")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "XDG_CONFIG_HOME": ""}


def test_a_whole_life(ccr: Any, systemctl: dict[str, str]) -> None:
    ccr.write_config()
    before = ccr.json("start")["pid"]
    installed = ccr("service", "install", **systemctl)
    assert (installed.returncode, installed.stderr) == (0, "")
    lines = dict(line.split(": ", 1) for line in installed.stdout.splitlines())
    unit = ccr.home / ".config/systemd/user/ccr-proxy.service"
    assert lines["File"] == str(unit)
    assert lines["Process"] == (ccr.home / "running").read_text()
    assert lines["Stopped"] == f"process {before}, in whose place it is"
    assert ccr.json("status")["pid"] == int(lines["Process"])
    assert " listening on " in ccr("logs", "-n", "1").stdout

    shown = ccr("service", "status", **systemctl)
    assert (shown.returncode, "Gateway: running" in shown.stdout) == (0, True)

    removed = ccr("service", "uninstall", **systemctl)
    assert (removed.returncode, removed.stdout) == (0, f"Service: removed\nStopped: process {lines['Process']}\n")
    assert not unit.exists()
    assert ccr.json("status")["running"] is False
    assert ccr("service", "uninstall", **systemctl).stdout == "Service: was not installed\n"
    assert ccr("service", "status", **systemctl).returncode == 1


def test_a_dry_run_shows_the_file_the_commands_and_what_a_session_lacks(ccr: Any, systemctl: dict[str, str]) -> None:
    ccr.write_config(APIKEY="$GATEWAY_KEY")
    done = ccr("service", "install", "--dry-run", GATEWAY_KEY="k", **systemctl)
    assert done.returncode == 0, done.stderr
    assert '  ExecStart="' in done.stdout
    assert "  systemctl --user enable --now ccr-proxy.service\n" in done.stdout
    assert "Warning: the configuration needs GATEWAY_KEY; a session has what is set in a file in" in done.stdout
    assert not (ccr.home / ".config").exists()
    removing = ccr("service", "uninstall", "--dry-run", **systemctl)
    assert removing.stdout.splitlines()[0] == "systemctl --user disable --now ccr-proxy.service"


def test_where_there_is_no_user_manager_the_running_gateway_is_left_alone(ccr: Any, systemctl: dict[str, str]) -> None:
    ccr.write_config()
    pid = ccr.json("start")["pid"]
    (ccr.home / "broken").touch()
    for verb in ("install", "uninstall", "status"):
        done = ccr("service", verb, **systemctl)
        assert (done.returncode, done.stdout) == (1, "")
        assert "systemd starts nothing for this user" in done.stderr
        assert "Failed to connect to bus: No medium found" in done.stderr
    assert ccr.json("status")["pid"] == pid
    assert not (ccr.home / ".config").exists()


def test_a_configuration_that_cannot_be_used_is_told_first(ccr: Any, systemctl: dict[str, str]) -> None:
    done = ccr("service", "install", **systemctl)
    assert done.returncode == 1
    assert "no such file; `zcf i -s -t ccr_proxy` creates a configuration" in done.stderr
