"""Linux: a unit of the user's own systemd (https://www.freedesktop.org/software/systemd/man/systemd.service.html)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ccr_proxy.service.autostart.entry import DESCRIPTION, NAME, STOP_SECONDS, Entry, Wanted

_UNIT = f"{NAME}.service"
_SYSTEMCTL = ("systemctl", "--user")


def systemd_entry(wanted: Wanted, config_home: Path) -> Entry:
    """`config_home` is `$XDG_CONFIG_HOME`, usually ~/.config."""
    return Entry(
        system="systemd",
        path=config_home / "systemd" / "user" / _UNIT,
        content=_unit(wanted).encode("utf-8"),
        check=(*_SYSTEMCTL, "show-environment"),
        install=((*_SYSTEMCTL, "daemon-reload"), (*_SYSTEMCTL, "enable", "--now", _UNIT)),
        withdraw=((*_SYSTEMCTL, "disable", "--now", _UNIT),),
        forget=((*_SYSTEMCTL, "daemon-reload"),),
        query=(*_SYSTEMCTL, "is-enabled", "--quiet", _UNIT),
        note="it starts when you log in; `loginctl enable-linger` starts it with the machine",
    )


def _unit(wanted: Wanted) -> str:
    environment = "".join(f"Environment={_word(f'{name}={value}')}\n" for name, value in wanted.environment.items())
    log = _specifiers(str(wanted.log))
    # A clean end is one that was asked for (`ccr stop`), so only failures start it again.
    return f"""\
[Unit]
Description={DESCRIPTION}
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
ExecStart={_command_line(wanted.command)}
WorkingDirectory={_specifiers(str(wanted.directory))}
{environment}UMask=0077
StandardOutput=append:{log}
StandardError=append:{log}
Restart=on-failure
RestartSec=2
TimeoutStopSec={STOP_SECONDS}

[Install]
WantedBy=default.target
"""


def _word(text: str) -> str:
    """In quotes, whatever is in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{_specifiers(escaped)}"'


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _command_line(command: Sequence[str]) -> str:
    """Variables are replaced in arguments only, so only there a `$` is doubled."""
    program, *arguments = command
    return " ".join((_word(program), *(_word(argument.replace("$", "$$")) for argument in arguments)))
