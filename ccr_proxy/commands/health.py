"""`ccr health`: who can answer, as the gateway sees it; `reset` and `check`."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.table import table_lines

if TYPE_CHECKING:
    from ccr_proxy.service.gateway_client import GatewayClient

# The gateway answers when all providers have: each of their keys and models may take as long as it likes.
_CHECK_SECONDS = 1800.0


@click.group(invoke_without_command=True, short_help="Show which providers can answer; reset or check them.")
@config_option
@json_option
@debug_option
@click.pass_context
def health(context: click.Context, config_path: Path | None) -> Report | None:
    """Show which providers can answer: circuits that are not closed, keys, limits in use, budgets, and
    what the last health check in the background found."""
    if context.invoked_subcommand is not None:
        return None
    state = _gateway(config_path).get("/api/availability")
    lines = (
        _provider_lines(state["providers"]),
        _circuit_lines(state["circuits"]),
        _budget_lines(state["budgets"]),
        _background_lines(state["health_check"]),
    )
    return Report(tuple(itertools.chain(*lines)), state)


@health.command(short_help="Close circuits, so that requests are sent there again.")
@click.argument("provider", required=False)
@click.option("--key", metavar="LABEL", help="Only of the key with this label.")
@click.option("--model", "-m", metavar="MODEL", help="Only of this model.")
@config_option
@json_option
@debug_option
def reset(provider: str | None, key: str | None, model: str | None, config_path: Path | None) -> Report:
    """Close circuits of PROVIDER, or all, so that requests are sent there again; sessions that moved go home."""
    wanted = {"provider": provider or "", "key": key or "", "model": model or ""}
    closed = _gateway(config_path).post("/api/availability/reset", wanted)["closed"]
    return Report((f"Closed circuits: {closed}",), {"closed": closed})


@health.command(short_help="Ask providers now whether they answer.")
@click.argument("provider", required=False)
@config_option
@json_option
@debug_option
def check(provider: str | None, config_path: Path | None) -> Report:
    """Ask PROVIDER, or those of all routes, now: for its list of models, or with a request of one token.

    Exits with 1 when one of them fails.
    """
    wanted = {"provider": provider or ""}
    checks = _gateway(config_path).post("/api/availability/check", wanted, _CHECK_SECONDS)["checks"]
    failed = [each for each in checks if each["outcome"] == "failed"]
    data = {"ok": not failed, "checks": checks}
    return Report(_check_lines(checks), data, exit_code=1 if failed else 0)


def _gateway(config_path: Path | None) -> GatewayClient:
    """The running gateway; a --config before the name of the subcommand counts too."""
    from ccr_proxy.service.gateway_client import required_gateway

    above = click.get_current_context().parent
    return required_gateway(config_path or (above.params.get("config_path") if above else None))


def _provider_lines(providers: list[dict[str, Any]]) -> tuple[str, ...]:
    if not providers:
        return ("Providers: none",)
    heads = ("PROVIDER", "KEYS", "UNDER WAY", "WAITING", "LAST MINUTE", "FIRST CONTENT")
    return table_lines(heads, (_provider_row(provider) for provider in providers))


def _provider_row(provider: dict[str, Any]) -> tuple[str, ...]:
    requests, tokens = provider["requests_last_minute"], provider["tokens_last_minute"]
    speeds = ", ".join(f"{model} {milliseconds} ms" for model, milliseconds in provider["first_token_ms"].items())
    return (
        provider["name"],
        ", ".join(provider["keys"]) or "none",
        str(provider["under_way"]),
        str(provider["waiting"]),
        f"{requests} requests, {tokens} tokens" if requests or tokens else "-",
        speeds or "-",
    )


def _circuit_lines(circuits: list[dict[str, Any]]) -> tuple[str, ...]:
    if not circuits:
        return ("Circuits: all closed",)
    heads = ("CIRCUIT OF", "STATE", "FAILURES", "LAST FAILURE")
    return ("", *table_lines(heads, (_circuit_row(circuit) for circuit in circuits)))


def _circuit_row(circuit: dict[str, Any]) -> tuple[str, ...]:
    of = " ".join(filter(None, (circuit["provider"], circuit["model"], circuit["key"])))
    state = circuit["phase"]
    if circuit["parked"]:
        state = "open until its key is changed or reset"
    elif circuit["phase"] == "open":
        state = f"open, {circuit['seconds_left']:.0f} s left"
    failure = ": ".join(filter(None, (circuit["failure"], circuit["message"])))
    return of, state, str(circuit["failures"]), failure


def _budget_lines(budgets: list[dict[str, Any]]) -> tuple[str, ...]:
    if not budgets:
        return ()
    return (
        "",
        *table_lines(("BUDGET OF", "PER", "USED", "LIMIT", "THEN"), (_budget_row(budget) for budget in budgets)),
    )


def _budget_row(budget: dict[str, Any]) -> tuple[str, ...]:
    form = "{:,.0f} tokens" if budget["unit"] == "tokens" else "${:,.2f}"
    return (
        f"{budget['per']} {budget['name']}",
        budget["period"],
        f"{form.format(budget['used'])} ({budget['used'] / budget['limit']:.0%})",
        form.format(budget["limit"]),
        f"{budget['instead']} instead" if budget["instead"] else "refuse",
    )


def _background_lines(check: dict[str, Any] | None) -> tuple[str, ...]:
    if check is None:
        return ()
    at = datetime.fromtimestamp(check["at"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return ("", f"Last health check: {at}", *_check_lines(check["checks"]))


def _check_lines(checks: list[dict[str, Any]]) -> tuple[str, ...]:
    if not checks:
        return ("Nothing to check: no route comes to a provider that can be asked.",)
    heads = ("PROVIDER", "MODEL", "KEY", "BY", "RESULT", "MS", "")
    return table_lines(heads, (_check_row(check) for check in checks))


def _check_row(check: dict[str, Any]) -> tuple[str, ...]:
    status = f"{check['status']}: " if check["status"] not in (0, 200) else ""
    return (
        check["provider"],
        check["model"] or "-",
        check["key"] or "-",
        check["how"],
        check["outcome"],
        str(check["ms"]),
        status + check["message"],
    )
