"""Everything that `zcf doctor` looks at. Changes nothing; what cannot be looked at becomes a fact itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.config_check import check_everything
from ccr_proxy.service.configuration import is_missing
from ccr_proxy.service.find import find_recorded
from ccr_proxy.service.listening import effective_listening
from ccr_proxy.service.stale import stale_pid
from ccr_proxy.service.status import Condition, status
from zcf.diagnosis.effective import address_of, effective
from zcf.diagnosis.facts import ClaudeFacts, ConfigFacts, Facts, GatewayFacts, ProgramFacts, ProviderFacts
from zcf.errors import Refusal
from zcf.facts import SeenFile
from zcf.look.claude_code import ClaudeFiles, claude_files, claude_program
from zcf.look.endpoint import look_at_endpoint
from zcf.look.files import see
from zcf.look.installed import installed_ccr
from zcf.look.open_files import open_files
from zcf.look.own_state import look_at_own_state
from zcf.look.provider_answers import ask_providers
from zcf.plan.claude_settings import PROXY_VARIABLES
from zcf.plan.connection import API_KEY, AUTH_TOKEN, BASE_URL, READ_FROM_SHELL
from zcf.surroundings import Surroundings

_SHELL = (*READ_FROM_SHELL, *PROXY_VARIABLES, "NO_PROXY", "no_proxy")


def look(world: Surroundings, *, offline: bool) -> Facts:
    """Look at everything; `offline` asks no provider."""
    shell = {name: world.environ[name] for name in _SHELL if world.environ.get(name)}
    gateway, config = _gateway(world.config_path), _config(world.config_path, world.environ)
    claude_paths = claude_files(world.environ, world.home)
    files = (world.config_path, claude_paths.settings, claude_paths.state)
    return Facts(
        claude=_claude(world, shell),
        shell=shell,
        programs=_programs(world.environ),
        gateway=gateway,
        config=config,
        files=open_files(files, world.state),
        providers=ProviderFacts() if offline or not config.has_default else _providers(world.config_path, gateway),
        own=look_at_own_state(world.state, files),
    )


def _providers(config_path: Path, gateway: GatewayFacts) -> ProviderFacts:
    return ask_providers(config_path, running=gateway.condition is Condition.RUNNING)


def _claude(world: Surroundings, shell: Mapping[str, str]) -> ClaudeFacts:
    seen: list[SeenFile | None] = []
    faults = []
    where = claude_files(world.environ, world.home)
    for path in (where.settings, where.state):
        try:
            seen.append(see(path))
        except Refusal as fault:
            seen.append(None)
            faults.append((path, fault))
    program = claude_program(world.environ, world.home)
    version = program.version if program else None
    settings, state = seen
    facts = ClaudeFacts(
        settings,
        state,
        program.path if program else None,
        version,
        faults=tuple(faults),
        project_settings=_of_project(where),
    )
    address = address_of(effective(BASE_URL, facts, shell))
    if address is None:
        return facts
    key = effective(AUTH_TOKEN, facts, shell) or effective(API_KEY, facts, shell)
    return replace(facts, endpoint=look_at_endpoint(*address, key))


def _of_project(user: ClaudeFiles) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """Settings of the project in the working directory that say where Claude Code points, or which models it uses."""
    found = []
    for name in ("settings.json", "settings.local.json"):
        path = Path.cwd() / ".claude" / name
        if path == user.settings:
            continue
        try:
            env = see(path).document.get(("env",))
        except Refusal:
            # Claude Code says itself what is wrong with it.
            continue
        names = tuple(key for key in READ_FROM_SHELL if isinstance(env, dict) and key in env)
        if names:
            found.append((path, names))
    return tuple(found)


def _config(path: Path, environ: Mapping[str, str]) -> ConfigFacts:
    beside = path.with_name("config.sqlite")
    of_ccr_3 = beside if beside.exists() else None
    if is_missing(path):
        return ConfigFacts(path, of_ccr_3=of_ccr_3)
    checked = check_everything(path, environ)
    loaded = checked.loaded
    if loaded is None:
        return ConfigFacts(path, checked, of_ccr_3=of_ccr_3)
    default = loaded.config.router.default
    has_default = default is not None and loaded.config.target(default) is not None
    try:
        return ConfigFacts(path, checked, effective_listening(loaded), None, has_default, of_ccr_3)
    except ServiceFault as fault:
        return ConfigFacts(path, checked, key_fault=fault.message, has_default=has_default, of_ccr_3=of_ccr_3)


def _gateway(config_path: Path) -> GatewayFacts:
    seen, recorded = status(config_path), find_recorded()
    return GatewayFacts(
        condition=seen.condition,
        host=seen.host,
        port=seen.port,
        pid=seen.pid,
        version=seen.version,
        config_path=Path(recorded.state.config_path) if recorded else None,
        owner=str(seen.port_owner or ""),
        owner_is_npm_router=seen.port_owner is not None and seen.port_owner.is_node_router,
        stale_pid=stale_pid(),
    )


def _programs(environ: Mapping[str, str]) -> ProgramFacts:
    search = environ.get("PATH", "")
    found = shutil.which("ccr", path=search)
    npm = installed_ccr(environ)
    return ProgramFacts(
        ccr=Path(found) if found else None,
        ccr_is_ours=_is_ours(Path(found)) if found else None,
        npm_ccr=npm.place if npm else None,
        npm_ccr_version=npm.version if npm else None,
        wrong_package=_wrong_package(search),
    )


def _is_ours(program: Path) -> bool | None:
    """Our starter is a short script that names the package; the .exe of Windows says nothing about itself."""
    if program.suffix.lower() == ".exe":
        return None
    try:
        with program.open("rb") as file:
            return b"ccr_proxy" in file.read(4096)
    except OSError:
        return None


def _wrong_package(search: str) -> Path | None:
    """npm's `claude-code-router`, which is not Claude Code Router: ZCF 2.9.1 installed it by mistake."""
    for folder in search.split(os.pathsep):
        for modules in (Path(folder) / "node_modules", Path(folder).parent / "lib" / "node_modules"):
            if folder and (modules / "claude-code-router" / "package.json").is_file():
                return modules / "claude-code-router"
    return None
