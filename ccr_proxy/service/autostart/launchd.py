"""macOS: an agent of launchd (man 5 launchd.plist, man 1 launchctl)."""

from __future__ import annotations

import plistlib
from pathlib import Path

from ccr_proxy.service.autostart.entry import NAME, STOP_SECONDS, Entry, Wanted

_LABEL = f"local.{NAME}"


def launchd_entry(wanted: Wanted, home: Path, user_id: int) -> Entry:
    """For the user with this number."""
    domain = f"gui/{user_id}"
    path = home / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
    return Entry(
        system="launchd",
        path=path,
        content=plistlib.dumps(_agent(wanted), sort_keys=False),
        check=("launchctl", "print", domain),
        install=(("launchctl", "bootstrap", domain, str(path)),),
        withdraw=(("launchctl", "bootout", f"{domain}/{_LABEL}"),),
        forget=(),
        query=("launchctl", "print", f"{domain}/{_LABEL}"),
        note="it starts when you log in",
    )


def _agent(wanted: Wanted) -> dict[str, object]:
    return {
        "Label": _LABEL,
        "ProgramArguments": list(wanted.command),
        "EnvironmentVariables": dict(wanted.environment),
        "WorkingDirectory": str(wanted.directory),
        "StandardOutPath": str(wanted.log),
        "StandardErrorPath": str(wanted.log),
        "Umask": 0o077,
        "RunAtLoad": True,
        # A clean end is one that was asked for (`ccr stop`), so only failures start it again.
        "KeepAlive": {"SuccessfulExit": False},
        "ExitTimeOut": STOP_SECONDS,
    }
