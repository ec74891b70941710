"""What makes a system start the gateway: one file, and the commands by which the system takes it and gives it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "ccr-proxy"
DESCRIPTION = "ccr_proxy, the local gateway for Claude Code"
# As long as the longest answer of the default configuration (API_TIMEOUT_MS 600000), and some time to say good-bye.
STOP_SECONDS = 630

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to run: `command` with `environment` beside the user's own, its output in `log`, in `directory`."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    directory: Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `check` succeeds where the system can do this at all, `query` where the entry is installed.

    `install` is run once `path` holds `content`. `withdraw` is run before the file is removed and may fail, because
    there may be nothing to withdraw; `forget` is run after that.
    """

    system: str
    path: Path
    content: bytes
    check: Command
    install: tuple[Command, ...]
    withdraw: tuple[Command, ...]
    forget: tuple[Command, ...]
    query: Command
    note: str
