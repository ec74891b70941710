"""The unit for systemd, as text."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ccr_proxy.service.autostart.entry import Wanted
from ccr_proxy.service.autostart.systemd import systemd_entry

WANTED = Wanted(
    ("/opt/a b/python", "-m", "ccr_proxy", "serve", "--config", '/home/me/50%/$HOME/"x"\\y.json'),
    {"PYTHONPATH": "/src/a b:/c%d"},
    Path("/home/me/log%s/gateway.log"),
    Path("/home/me/my folder"),
)

UNIT = r"""[Unit]
Description=ccr_proxy, the local gateway for Claude Code
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
ExecStart="/opt/a b/python" "-m" "ccr_proxy" "serve" "--config" "/home/me/50%%/$$HOME/\"x\"\\y.json"
WorkingDirectory=/home/me/my folder
Environment="PYTHONPATH=/src/a b:/c%%d"
UMask=0077
StandardOutput=append:/home/me/log%%s/gateway.log
StandardError=append:/home/me/log%%s/gateway.log
Restart=on-failure
RestartSec=2
TimeoutStopSec=630

[Install]
WantedBy=default.target
"""


def test_the_unit_and_its_commands() -> None:
    entry = systemd_entry(WANTED, Path("/home/me/.config"))
    assert entry.content.decode() == UNIT
    assert entry.path == Path("/home/me/.config/systemd/user/ccr-proxy.service")
    assert entry.install == (
        ("systemctl", "--user", "daemon-reload"),
        ("systemctl", "--user", "enable", "--now", "ccr-proxy.service"),
    )
    assert entry.withdraw == (("systemctl", "--user", "disable", "--now", "ccr-proxy.service"),)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_itself_finds_no_fault_in_it(tmp_path: Path) -> None:
    program = tmp_path / "a b" / "py$thon%"
    program.parent.mkdir()
    program.symlink_to("/bin/true")
    wanted = Wanted((str(program), "$x", "50%"), WANTED.environment, tmp_path / "50%" / "log", tmp_path / "a b")
    unit = tmp_path / "ccr-proxy.service"
    unit.write_bytes(systemd_entry(wanted, tmp_path).content)
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = ["systemd-analyze", "--user", "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "ccr-proxy" not in done.stderr, done.stderr
