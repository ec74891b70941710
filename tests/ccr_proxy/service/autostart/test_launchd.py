"""The agent for launchd, as the property list that launchd reads."""

from __future__ import annotations

import plistlib
from pathlib import Path

from ccr_proxy.service.autostart.entry import Wanted
from ccr_proxy.service.autostart.launchd import launchd_entry

WANTED = Wanted(("/usr/bin/python3", "serve", "<&>"), {"A": "1"}, Path("/Users/me/g.log"), Path("/Users/me"))


def test_the_agent_and_its_commands() -> None:
    entry = launchd_entry(WANTED, Path("/Users/me"), 501)
    assert entry.path == Path("/Users/me/Library/LaunchAgents/local.ccr-proxy.plist")
    assert entry.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist')
    assert plistlib.loads(entry.content) == {
        "Label": "local.ccr-proxy",
        "ProgramArguments": ["/usr/bin/python3", "serve", "<&>"],
        "EnvironmentVariables": {"A": "1"},
        "WorkingDirectory": "/Users/me",
        "StandardOutPath": "/Users/me/g.log",
        "StandardErrorPath": "/Users/me/g.log",
        "Umask": 0o077,
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ExitTimeOut": 630,
    }
    assert entry.install == (("launchctl", "bootstrap", "gui/501", str(entry.path)),)
    assert entry.withdraw == (("launchctl", "bootout", "gui/501/local.ccr-proxy"),)
    assert entry.query == ("launchctl", "print", "gui/501/local.ccr-proxy")
