"""The entry for this machine and this user."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from ccr_proxy.config import paths
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.autostart.entry import Entry, Wanted
from ccr_proxy.service.autostart.launchd import launchd_entry
from ccr_proxy.service.autostart.systemd import systemd_entry
from ccr_proxy.service.autostart.task_scheduler import task_scheduler_entry
from ccr_proxy.service.command_line import serve_command, serve_environment, start_command
from ccr_proxy.service.instance import INSTANCE_VARIABLE


def entry_here(config_path: Path) -> Entry:
    """The entry that starts the gateway with this configuration. Raises ServiceFault on a system without any."""
    path = config_path.absolute()
    if sys.platform == "win32":
        user = f"{os.environ.get('USERDOMAIN', '.')}\\{getpass.getuser()}"
        return task_scheduler_entry(_wanted(start_command(path), path), paths.ccr_home(), user)
    wanted = _wanted(serve_command(path, None, None), path)
    if sys.platform == "darwin":
        return launchd_entry(wanted, Path.home(), os.getuid())
    if sys.platform == "linux":
        return systemd_entry(wanted, Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"))
    raise ServiceFault(f"no way is known to start the gateway with a session of {sys.platform}: `ccr start` starts it")


def _wanted(command: list[str], config_path: Path) -> Wanted:
    # Of the environment only how the package is found: variables that the configuration names may hold keys.
    known = serve_environment({}, "")
    environment = {name: value for name, value in known.items() if name != INSTANCE_VARIABLE}
    return Wanted(tuple(command), environment, paths.log_path(), config_path.parent)
