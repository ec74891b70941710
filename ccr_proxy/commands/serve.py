"""`ccr serve`: the gateway in the foreground, for containers, debuggers and service managers."""

from __future__ import annotations

from pathlib import Path

import click

from ccr_proxy.commands.options import address_options, config_option, debug_option


@click.command(short_help="Run the gateway in the foreground.")
@config_option
@address_options
@click.option(
    "--drain-seconds",
    type=click.FloatRange(min=0),
    help="How long running answers may take to finish when asked to stop.  [default: API_TIMEOUT_MS]",
)
@debug_option
def serve(config_path: Path | None, host: str | None, port: int | None, drain_seconds: float | None) -> int:
    """Run the gateway in the foreground until Ctrl-C or SIGTERM; a second one ends it at once."""
    from ccr_proxy.config import paths
    from ccr_proxy.service.foreground import run

    return run(config_path or paths.config_path(), host=host, port=port, drain_seconds=drain_seconds)
