"""Everything a command takes from the world, in one object, so that tests can give it another world."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from zcf.apply.state import state_directory
from zcf.gateway import Gateway, LocalGateway
from zcf.look.local_servers import KNOWN_SERVERS, LocalServer


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        # It was deleted under the shell. Nobody has settings there.
        return Path.home()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`config_path` is the gateway's configuration, `state` zcf's own directory; `new_key` makes an access key.

    `directory` is the working directory.
    """

    environ: Mapping[str, str]
    home: Path
    config_path: Path
    state: Path
    gateway: Gateway
    local_servers: Sequence[LocalServer]
    now: Callable[[], datetime]
    new_key: Callable[[], str]
    directory: Path = field(default_factory=_working_directory)


def real_surroundings() -> Surroundings:
    """This machine, this user."""
    from ccr_proxy.config.paths import config_path

    return Surroundings(
        environ=os.environ,
        home=Path.home(),
        config_path=config_path(),
        state=state_directory(),
        gateway=LocalGateway(),
        local_servers=KNOWN_SERVERS,
        now=lambda: datetime.now(UTC),
        new_key=lambda: f"sk-zcf-{secrets.token_urlsafe(24)}",
    )
