"""`ccr model`: which models there are, and where each kind of request goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.problems import problem_data
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.table import table_lines

if TYPE_CHECKING:
    from ccr_proxy.config.document import Document
    from ccr_proxy.config.load import LoadedConfig
    from ccr_proxy.config.schema import Config
    from ccr_proxy.service.config_file import Saved


@click.group(invoke_without_command=True, short_help="Show and change which models requests go to.")
@config_option
@json_option
@debug_option
@click.pass_context
def model(context: click.Context, config_path: Path | None) -> Report | None:
    """Show the routes and the models of all providers; with a command, change them."""
    if context.invoked_subcommand is not None:
        return None
    return _listing(_loaded(config_path))


@model.command("set", short_help="Send a route to a model.")
@click.argument("route", metavar="ROUTE")
@click.argument("targets", metavar="PROVIDER,MODEL...", nargs=-1, required=True)
@config_option
@json_option
@debug_option
def set_route(route: str, targets: tuple[str, ...], config_path: Path | None) -> Report:
    """Send ROUTE (default, background, think, longContext, webSearch, image) to a model; of several, the next one is
    asked when one fails."""
    from ccr_proxy.config.model_edits import with_route
    from ccr_proxy.config.router import ROUTE_NAMES

    name = next((known for known in ROUTE_NAMES if known.casefold() == route.casefold()), None)
    if name is None:
        raise click.UsageError(f"no such route: {route} (there are {', '.join(ROUTE_NAMES)})")
    loaded = _loaded(config_path)
    return _saved(
        loaded,
        with_route(loaded, name, targets),
        lambda config: config.router.routes().get(name, "not set"),
        f"Router.{name}",
    )


@model.command(short_help="Add a model to a provider's list.")
@click.argument("provider")
@click.argument("name", metavar="MODEL")
@config_option
@json_option
@debug_option
def add(provider: str, name: str, config_path: Path | None) -> Report:
    """Add MODEL to the list of PROVIDER."""
    from ccr_proxy.config.model_edits import with_model

    loaded = _loaded(config_path)
    return _saved(loaded, with_model(loaded, provider, name, os.environ), _models_of(provider), f"Models of {provider}")


@model.command(short_help="Remove a model from a provider's list.")
@click.argument("provider")
@click.argument("name", metavar="MODEL")
@config_option
@json_option
@debug_option
def remove(provider: str, name: str, config_path: Path | None) -> Report:
    """Remove MODEL from the list of PROVIDER, unless a route, a rule or a fallback uses it."""
    from ccr_proxy.config.model_edits import without_model

    loaded = _loaded(config_path)
    return _saved(
        loaded, without_model(loaded, provider, name, os.environ), _models_of(provider), f"Models of {provider}"
    )


def _loaded(config_path: Path | None) -> LoadedConfig:
    """The configuration; a --config before the name of the subcommand counts too."""
    from ccr_proxy.config import paths
    from ccr_proxy.service.configuration import load_configuration

    above = click.get_current_context().parent
    return load_configuration(
        config_path or (above.params.get("config_path") if above else None) or paths.config_path()
    )


def _models_of(provider: str) -> Callable[[Config], str]:
    from ccr_proxy.config.model_edits import provider_named

    return lambda config: ", ".join(provider_named(config, provider).models) or "any"


def _saved(loaded: LoadedConfig, document: Document, shown: Callable[[Config], str], what: str) -> Report:
    """Save the change; `shown` says of a configuration what `what` is in it."""
    from ccr_proxy.service.config_file import save

    saved = save(loaded, document, os.environ, datetime.now(UTC))
    before, after = shown(loaded.config), shown(saved.loaded.config)
    data = {
        "path": str(loaded.path),
        "changed": saved.backup is not None,
        "what": what,
        "before": before,
        "after": after,
        "backup": str(saved.backup) if saved.backup else None,
        "problems": [problem_data(problem) for problem in saved.new_problems],
    }
    if saved.backup is None:
        return Report((f"{what}: {after}, as it was",), data)
    problems = (problem.text(str(loaded.path)) for problem in saved.new_problems)
    lines = (f"{what}: {after}", f"Before: {before}", f"Backup: {saved.backup}", *problems)
    return Report((*lines, *_gateway_lines(saved)), data)


def _gateway_lines(saved: Saved) -> tuple[str, ...]:
    from ccr_proxy.service.find import find_recorded

    running = find_recorded()
    if running is None or running.health is None or Path(running.state.config_path) != saved.loaded.path:
        return ()
    if any(problem.severity == "error" for problem in saved.new_problems):
        return (f"Gateway: process {running.state.pid} goes on with what it has, because of the error",)
    return (f"Gateway: process {running.state.pid} uses it from the next second on",)


def _listing(loaded: LoadedConfig) -> Report:
    from ccr_proxy.config.model_edits import users_of
    from ccr_proxy.config.router import ROUTE_NAMES

    config = loaded.config
    routes = config.router.routes()
    models = [
        (provider, [(model, users_of(config, provider, model)) for model in provider.models])
        for provider in config.providers
    ]
    rows = [
        (provider.name, model, ", ".join(users) or "-")
        for provider, listed in models
        for model, users in listed or [("any", ())]
    ]
    lines = (
        *table_lines(("ROUTE", "MODEL"), [(name, routes.get(name, "-")) for name in ROUTE_NAMES]),
        "",
        *(table_lines(("PROVIDER", "MODEL", "USED BY"), rows) if rows else ("Providers: none",)),
    )
    providers: list[dict[str, Any]] = [
        {"name": provider.name, "models": [{"name": model, "used_by": list(users)} for model, users in listed]}
        for provider, listed in models
    ]
    return Report(lines, {"path": str(loaded.path), "routes": routes, "providers": providers})
