"""A connection as environment variables, for one shell only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.errors import ConfigFault
from zcf.errors import refused
from zcf.look.claude_code import claude_files
from zcf.look.files import see
from zcf.plan.changes import Notice, notice
from zcf.plan.claude_settings import CLOUD_SWITCHES, MODEL_VARIABLES
from zcf.plan.connection import API_KEY, AUTH_TOKEN, BASE_URL, CONNECTION_VARIABLES, Connection
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Environment:
    """Variables to set and to remove."""

    variables: Mapping[str, str]
    unset: tuple[str, ...]


def environment_of(connection: Connection) -> Environment:
    """The variables of a connection; all others that would lead elsewhere are removed."""
    values = {
        BASE_URL: connection.base_url,
        API_KEY: connection.api_key,
        AUTH_TOKEN: connection.auth_token,
        **{name: connection.models.get(name) for name in MODEL_VARIABLES},
    }
    present = {name: value for name, value in values.items() if value}
    return Environment(present, tuple(name for name in (*values, *CLOUD_SWITCHES) if name not in present))


def gateway_environment(config_path: Path, environ: Mapping[str, str]) -> Environment:
    """The variables that `ccr activate` prints. Raises Refusal for a configuration that cannot be used."""
    from ccr_proxy.service.client_environment import client_environment
    from ccr_proxy.service.configuration import load_configuration

    try:
        wanted = client_environment(load_configuration(config_path), environ)
    except ConfigFault as fault:
        raise refused("ccr.config_fault", reason=fault.message) from fault
    return Environment(wanted.variables, tuple(dict.fromkeys((API_KEY, *wanted.unset))))


def overruled(environment: Environment, world: Surroundings) -> tuple[Notice, ...]:
    """What settings.json sets otherwise: it wins over the shell (tried with client 2.1.197)."""
    settings = see(claude_files(world.environ, world.home).settings)
    names = [
        name
        for name in (*CONNECTION_VARIABLES, *MODEL_VARIABLES)
        if settings.document.has(("env", name))
        and str(settings.document.get(("env", name)) or "") != environment.variables.get(name, "")
    ]
    return (notice("api.settings_win", path=settings.path, names=", ".join(names)),) if names else ()
