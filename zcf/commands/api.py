"""`zcf api`: where Claude Code points, and the plans that point it elsewhere.

Every switch writes a receipt, and the receipts are the memory: going back takes the last one back, value by value where
others wrote to the files since, else byte for byte. `switch.py` carries a plan out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config.document import Document, path_text
from ccr_proxy.service.addresses import base_url
from zcf.apply.profiles import read_profiles
from zcf.apply.receipts import all_receipts
from zcf.commands.running import config_or_none, points_to_gateway, running_now
from zcf.commands.switch import SwitchPlan
from zcf.errors import refused
from zcf.facts import SeenFile
from zcf.look.ccr import see_config
from zcf.look.claude_code import claude_files
from zcf.look.environment import shell_facts
from zcf.look.files import content_of, mode_of, see
from zcf.look.project_settings import project_settings
from zcf.plan import claude_state, switch
from zcf.plan.changes import FileChange, Notice, notice
from zcf.plan.claude_settings import CLOUD_SWITCHES
from zcf.plan.connection import CONNECTION_PATHS, MODEL_PATHS, Connection, Kind, connection_of
from zcf.plan.documents import change_of, document_of
from zcf.plan.profile import Access, Profile, find_profile, resolved
from zcf.plan.receipt import Receipt, open_receipts
from zcf.plan.rewind import Rewound, change_to, rewind
from zcf.plan.values import MISSING, ValueChange
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class SeenClaude:
    """Claude Code's two files, the runs that changed them and still stand, and the backups of those runs."""

    settings: SeenFile
    state: SeenFile
    receipts: tuple[Receipt, ...]
    backups: Mapping[Path, bytes]
    profiles: tuple[Profile, ...]

    @property
    def connection(self) -> Connection:
        """Where Claude Code points now."""
        return connection_of(self.settings.document)

    @property
    def switches(self) -> tuple[Receipt, ...]:
        """The runs that changed address or credential, the first one first."""
        return tuple(receipt for receipt in self.receipts if _changes_connection(receipt, self.settings.path))


def look(world: Surroundings) -> SeenClaude:
    """Read everything that a switch depends on. Raises Refusal."""
    paths = claude_files(world.environ, world.home)
    receipts = tuple(
        receipt
        for receipt in open_receipts(all_receipts(world.state))
        if any(entry.path in (paths.settings, paths.state) for entry in receipt.files)
    )
    copies = [entry.backup for receipt in receipts for entry in receipt.files if entry.backup]
    backups = {path: content for path in copies if (content := content_of(path)) is not None}
    return SeenClaude(see(paths.settings), see(paths.state), receipts, backups, read_profiles(world.state))


def _changes_connection(receipt: Receipt, settings: Path) -> bool:
    values = [value for entry in receipt.files if entry.path == settings for value in entry.values]
    return any(value.path == path[: len(value.path)] for value in values for path in CONNECTION_PATHS)


# --- the plans --------------------------------------------------------------------------------------------------------


def plan_official(world: Surroundings) -> SwitchPlan:
    """Back to Claude Code's own login: exactly as it last was, else by taking out what leads elsewhere."""
    seen = look(world)
    if seen.connection.is_official:
        return _plan("official", seen, (), seen.settings.document, world)
    for count in range(1, len(seen.switches) + 1):
        undone = _since(seen, seen.switches[-count])
        settings = rewind(seen.settings, undone, seen.backups)
        after = document_of(settings.path, settings.content)
        if connection_of(after).is_official and not connection_kept(settings):
            state = rewind(seen.state, undone, seen.backups)
            return _plan("official", seen, changes_to(seen, settings, state), after, world, (settings, state))
    document = switch.to_official(seen.settings.document, our_models(seen))
    return _plan("official", seen, [change_of(seen.settings, document)], document, world)


def plan_access(destination: str, access: Access, world: Surroundings) -> SwitchPlan:
    """To an address with a key or a token. Raises Refusal when its variable is not set."""
    seen = look(world)
    usable = resolved(access, world.environ)
    document = switch.to_access(seen.settings.document, usable, our_models(seen), shell_facts(world.environ))
    state = claude_state.edited(seen.state.document, usable.secret if usable.kind is Kind.KEY else None)
    changes = [change_of(seen.settings, document), change_of(seen.state, state)]
    return _plan(destination, seen, changes, document, world)


def plan_profile(name: str, world: Surroundings) -> SwitchPlan:
    """To a saved profile. Raises Refusal for an unknown one."""
    profile = known_profile(read_profiles(world.state), name)
    return plan_access(profile.name, profile.access, world)


def known_profile(profiles: tuple[Profile, ...], name: str) -> Profile:
    """The profile of that name. Raises Refusal naming those that there are."""
    profile = find_profile(profiles, name)
    if profile is None:
        raise refused("api.unknown", name=name, known=", ".join(entry.name for entry in profiles) or "-")
    return profile


@dataclass(frozen=True, slots=True)
class GatewayAddress:
    """Where the configured gateway listens, and with which key."""

    base_url: str
    key: str


def gateway_address(world: Surroundings) -> GatewayAddress:
    """The gateway as configured. Raises Refusal when it is not set up so that it can answer."""
    present = see_config(world.config_path, world.environ)
    config = present.config
    if config is None or not present.usable:
        raise refused("api.no_gateway", path=world.config_path)
    if config.api_key is None:
        raise refused("ccr.key_unset", path=world.config_path)
    return GatewayAddress(base_url(config.host, config.port), config.api_key)


def plan_ccr(world: Surroundings) -> SwitchPlan:
    """To the gateway, which is started if it does not run. Raises Refusal when it is not set up."""
    seen = look(world)
    gateway = gateway_address(world)
    shell = shell_facts(world.environ)
    edited = switch.to_gateway(seen.settings.document, gateway.base_url, gateway.key, our_models(seen), shell)
    state = claude_state.edited(seen.state.document, edited.key_to_approve)
    changes = [change_of(seen.settings, edited.document), change_of(seen.state, state)]
    return _plan("ccr", seen, changes, edited.document, world)


def plan_back(world: Surroundings) -> SwitchPlan:
    """To what was there before the last switch; several set-ups of the gateway in a row count as one.

    Raises Refusal when there is nothing to go back to, or when address or credential are not those of the last switch.
    """
    seen = look(world)
    if not seen.switches:
        raise refused("api.nothing_before")
    last_ones = _last_group(seen.switches)
    undone = _since(seen, last_ones[0])
    settings, state = (rewind(file, undone, seen.backups) for file in (seen.settings, seen.state))
    kept = connection_kept(settings)
    if kept:
        raise refused("api.not_as_left", path=settings.path, names=", ".join(kept))
    after = document_of(settings.path, settings.content)
    numbers = tuple(receipt.number for receipt in undone)
    return _plan("back", seen, changes_to(seen, settings, state), after, world, (settings, state), numbers)


# --- what they share --------------------------------------------------------------------------------------------------


def _plan(
    destination: str,
    seen: SeenClaude,
    changes: Sequence[FileChange | None],
    settings: Document,
    world: Surroundings,
    rewound: Sequence[Rewound] = (),
    takes_back: tuple[int, ...] = (),
) -> SwitchPlan:
    after = connection_of(settings)
    config = config_or_none(world)
    to_gateway = points_to_gateway(after, config)
    return SwitchPlan(
        destination=destination,
        before=seen.connection,
        after=after,
        changes=tuple(change for change in changes if change is not None),
        notices=notices_about(settings, world),
        kept=kept_names(rewound),
        takes_back=takes_back,
        running=running_now(config, world, needed=to_gateway),
        to_gateway=to_gateway,
    )


def notices_about(settings: Document, world: Surroundings) -> tuple[Notice, ...]:
    """What gets in the way of these settings: the shell's variables, the project's settings, a key helper, a cloud."""
    in_shell = {name for name, value in world.environ.items() if value}
    inherited = switch.variables_from_shell(settings, in_shell)
    projects = project_settings(world.directory, claude_files(world.environ, world.home).settings)
    helper = [notice("api.helper", path=settings.source)] if settings.get(("apiKeyHelper",)) else []
    clouds = [name for name in CLOUD_SWITCHES if settings.get(("env", name))]
    return (
        *(notice("api.shell_wins", name=name) for name in inherited),
        *(notice("api.project_wins", path=found.path, names=", ".join(found.names)) for found in projects),
        *helper,
        *(notice("api.cloud", path=settings.source, name=name) for name in clouds),
    )


def our_models(seen: SeenClaude) -> set[tuple[str, str]]:
    """Variable and model name of every model that a run or a profile set."""
    ours = {pair for profile in seen.profiles for pair in profile.access.models.items()}
    for receipt in seen.receipts:
        for entry in receipt.files:
            ours |= {
                (str(value.path[-1]), str(value.after))
                for value in entry.values
                if value.path in MODEL_PATHS and value.after is not MISSING
            }
    return ours


def _since(seen: SeenClaude, first: Receipt) -> tuple[Receipt, ...]:
    """That run and all later ones."""
    return seen.receipts[seen.receipts.index(first) :]


def _last_group(switches: Sequence[Receipt]) -> list[Receipt]:
    """The last switches that led to the same place, the first one first."""
    place = _place(switches[-1])
    others = [index for index, receipt in enumerate(switches) if _place(receipt) != place]
    return list(switches[others[-1] + 1 if others else 0 :])


def _place(receipt: Receipt) -> str:
    """Set-up leads to the gateway, a switch and a restored backup where their name says."""
    return receipt.command if receipt.command.startswith(("api ", "backup ")) else "api ccr"


def kept_names(rewound: Sequence[Rewound]) -> tuple[tuple[Path, str], ...]:
    """File and name of every value that somebody changed since; each once, whatever number of runs wrote it."""
    return tuple(dict.fromkeys((entry.path, path_text(value.path)) for entry in rewound for value in entry.kept))


def connection_kept(rewound: Rewound) -> list[str]:
    """Connection values that are neither ours any more nor what they were."""
    return [path_text(value.path) for value in rewound.kept if _is_connection(value)]


def _is_connection(value: ValueChange) -> bool:
    return any(value.path == path[: len(value.path)] for path in CONNECTION_PATHS)


def changes_to(seen: SeenClaude, settings: Rewound, state: Rewound) -> list[FileChange | None]:
    """What makes the two files those that rewinding gave; None for one that is so already."""
    return [
        change_to(file, rewound.content, _mode_to_give(rewound))
        for file, rewound in ((seen.settings, settings), (seen.state, state))
    ]


def _mode_to_give(rewound: Rewound) -> int | None:
    """The mode that the file had before, unless somebody has given it another one since."""
    present, before = mode_of(rewound.path), rewound.mode_before
    return before if before is not None and present == before & 0o700 else None
