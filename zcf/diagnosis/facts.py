"""What looking found, as plain data: the words between `zcf/look/checkup.py` and the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ccr_proxy.config.check import Checked
from ccr_proxy.service.listening import Listening
from ccr_proxy.service.status import Condition
from zcf.errors import Refusal
from zcf.facts import SeenFile


class Answerer(Enum):
    """Who listens at the address that Claude Code is pointed to."""

    NOBODY = "nobody"
    GATEWAY = "gateway"
    NPM_ROUTER = "npm_router"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of this machine. `name` is the program ("node (pid 4711)"); `accepts` tells whether the gateway there
    takes Claude Code's key, None where that is not known."""

    host: str
    port: int
    answerer: Answerer
    name: str = ""
    accepts: bool | None = None


@dataclass(frozen=True, slots=True)
class ClaudeFacts:
    """Claude Code's files (None where one cannot be read; `faults` says why), its program (`version`
    None if it would not tell), and where it points.

    `project_settings` are files of the present folder's project, each with the variables of ours that it sets."""

    settings: SeenFile | None
    state: SeenFile | None
    program: Path | None
    version: str | None
    endpoint: Endpoint | None = None
    faults: tuple[tuple[Path, Refusal], ...] = ()
    project_settings: tuple[tuple[Path, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """`ccr` is what a shell starts (None: nothing), `ccr_is_ours` None where that cannot be seen.

    `npm_ccr` is npm's Claude Code Router with its version, `wrong_package` the folder of the npm package of almost the
    same name.
    """

    ccr: Path | None = None
    ccr_is_ours: bool | None = None
    npm_ccr: Path | None = None
    npm_ccr_version: str | None = None
    wrong_package: Path | None = None


@dataclass(frozen=True, slots=True)
class GatewayFacts:
    """The gateway of this user, or what stands in its place. `config_path` is that of the running one.

    `owner` names the program on its port, `stale_pid` a process that a record names and that is gone.
    """

    condition: Condition
    host: str | None = None
    port: int | None = None
    pid: int | None = None
    version: str | None = None
    config_path: Path | None = None
    owner: str = ""
    owner_is_npm_router: bool = False
    stale_pid: int | None = None


@dataclass(frozen=True, slots=True)
class ConfigFacts:
    """The configuration file, everything that is wrong with it (None: no file), and the address and key in use.

    `key_fault` says why the gateway refuses to start with its key; `has_default` whether requests have somewhere to go.
    `of_ccr_3` is the database in which version 3 of npm's router keeps its own configuration.
    """

    path: Path
    checked: Checked | None = None
    listening: Listening | None = None
    key_fault: str | None = None
    has_default: bool = False
    of_ccr_3: Path | None = None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file with a key in it that others may read; `mode` are its permission bits."""

    path: Path
    mode: int


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What one provider said. `reached` is False where no answer came, `status` then 0."""

    provider: str
    model: str
    key: str
    ok: bool
    reached: bool
    status: int
    message: str


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """The answers; `fault` says why nobody could be asked."""

    answers: tuple[ProviderAnswer, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """zcf's own state: receipts that cannot be read, and what a run that was killed left behind.

    `half_applied` is the number of a run of whose files only some were changed.
    """

    unreadable: tuple[tuple[Path, Refusal], ...] = ()
    profiles_fault: tuple[Path, Refusal] | None = None
    leftovers: tuple[Path, ...] = ()
    half_applied: int | None = None
    lock_busy: Path | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything. `shell` are the variables of this shell that are not empty."""

    claude: ClaudeFacts
    shell: Mapping[str, str]
    programs: ProgramFacts
    gateway: GatewayFacts
    config: ConfigFacts
    files: tuple[OpenFile, ...]
    providers: ProviderFacts
    own: OwnFacts
