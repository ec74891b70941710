"""Reading the configuration for a process that is to be started, stopped or looked at."""

from __future__ import annotations

import os
from pathlib import Path

from ccr_proxy.availability.problems import load_with_availability
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.errors import ConfigFault


def load_configuration(path: Path) -> LoadedConfig:
    """The configuration at `path` with this process's variables; its path is absolute in the result.

    Raises ConfigFault; where there is no file yet, it says how to get one.
    """
    absolute = path.absolute()
    if is_missing(absolute):
        raise ConfigFault(f"{absolute}: no such file; `zcf i -s -t ccr_proxy` creates a configuration")
    return load_with_availability(absolute, os.environ)


def is_missing(path: Path) -> bool:
    """True where nothing was set up yet.

    A link that leads nowhere, and a file in a folder that this user may not look into, are faults and not missing.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
