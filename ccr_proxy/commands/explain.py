"""`ccr explain`: where a request would go, and what became of one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ccr_proxy.commands.explain_lines import explanation, record_lines, records_table
from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.errors import ConfigFault

_FORMATS = ("anthropic", "openai-chat", "openai-responses")


@click.command(short_help="Show where a request would go, or what became of one, and why.")
@click.argument("request_id", metavar="[ID]", required=False)
@click.option("--file", "-f", "file", metavar="FILE", help="A request as JSON to decide about; - reads standard input.")
@click.option(
    "--last", type=click.IntRange(1, 200), is_flag=False, flag_value=1, metavar="[N]", help="The last N requests."
)
@click.option(
    "--format", "format_name", type=click.Choice(_FORMATS), default=_FORMATS[0], show_default=True,
    help="In which format the request in FILE is.",
)  # fmt: skip
@click.option("--header", "-H", "headers", multiple=True, metavar="NAME:VALUE", help="A header of the request in FILE.")
@config_option
@json_option
@debug_option
def explain(
    request_id: str | None,
    file: str | None,
    last: int | None,
    format_name: str,
    headers: tuple[str, ...],
    config_path: Path | None,
) -> Report:
    """Show where a request would go, or what became of one, and why.

    With --file nothing is sent. Without a running gateway the files alone decide; what only a gateway knows is missing
    then. ID is the `request-id` header of an answer; its beginning is enough.
    """
    if sum(each is not None for each in (request_id, file, last)) != 1:
        raise click.UsageError("give one of --file FILE, --last [N] and ID")
    if file is not None:
        return _explain_file(config_path, _call(_read(file), format_name, headers))
    return _explain_recent(config_path, request_id, last or 1)


def _explain_file(config_path: Path | None, call: dict[str, Any]) -> Report:
    from ccr_proxy.config import paths
    from ccr_proxy.service.configuration import load_configuration
    from ccr_proxy.service.gateway_client import running_gateway

    gateway = running_gateway(config_path)
    if gateway is not None:
        explained = gateway.post("/api/explain", call, seconds=60)
    else:
        from ccr_proxy.service.offline_explain import explain_offline

        explained = explain_offline(load_configuration(config_path or paths.config_path()), call)
    explained = {"live": gateway is not None, **explained}
    return Report(explanation(explained), explained)


def _explain_recent(config_path: Path | None, request_id: str | None, count: int) -> Report:
    from ccr_proxy.service.gateway_client import required_gateway

    gateway = required_gateway(config_path)
    if request_id is None:
        newest = gateway.get(f"/api/requests?limit={count}")["requests"]
        if count > 1:
            return Report(records_table(newest), {"requests": newest})
        if not newest:
            return Report(("No request yet since the gateway was started.",), {"requests": []})
        request_id = str(newest[0]["id"])
    from urllib.parse import quote

    record = gateway.get(f"/api/requests/{quote(request_id, safe='')}")
    return Report(record_lines(record), record)


def _call(request: dict[str, Any], format_name: str, headers: tuple[str, ...]) -> dict[str, Any]:
    """The body of POST /api/explain. A file may hold such a body itself."""
    is_call = isinstance(request.get("request"), dict)
    call: dict[str, Any] = request if is_call else {"request": request, "format": format_name}
    named = dict(call.get("headers") or {})
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise click.UsageError(f"--header {header}: write NAME:VALUE")
        named[name.strip()] = value.strip()
    return {**call, "headers": named}


def _read(file: str) -> dict[str, Any]:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ConfigFault(f"{file}: cannot be read: {error.strerror or error}") from error
    try:
        request = json.loads(data)
    except json.JSONDecodeError as error:
        raise ConfigFault(f"{file}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigFault(f"{file}: not valid JSON: {error}") from error
    if not isinstance(request, dict):
        raise ConfigFault(f"{file}: must hold a request: an object with model and messages")
    return request
