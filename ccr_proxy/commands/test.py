"""`ccr test`: a small real request through each target of each route."""

from __future__ import annotations

import difflib
import itertools
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.table import table_lines

if TYPE_CHECKING:
    from ccr_proxy.service.trials import TrialResult


@click.command(short_help="Send a small real request through each route.")
@click.argument("names", metavar="[ROUTE | PROVIDER,MODEL]...", nargs=-1)
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    help="Seconds that one answer may take.",
)
@config_option
@json_option
@debug_option
def test(names: tuple[str, ...], seconds: float, config_path: Path | None) -> Report:
    """Send a small real request through each route: a streamed text, and a tool call.

    Every target of the routes is asked once for each, fallbacks included, and nobody answers in place of another. Four
    are asked at a time.
    Exits with 1 when one of them fails.
    """
    from ccr_proxy.service.gateway_client import required_gateway
    from ccr_proxy.service.trials import KINDS, run_trial, run_trials

    gateway = required_gateway(config_path)
    targets = chosen_targets(names, gateway.get("/api/routes")["routes"])
    trials = [(target, kind) for target in targets for kind in KINDS]
    results = run_trials(
        trials,
        lambda target, kind: run_trial(gateway, target, kind, seconds),
        progress(len(trials)) if sys.stderr.isatty() else lambda _result: None,
    )
    return _report(results, targets)


def progress(count: int) -> Callable[[TrialResult], None]:
    """Writes a line to standard error for each of `count` results, as it comes."""
    numbers = itertools.count(1)

    def tell(result: TrialResult) -> None:
        outcome = "ok" if result.ok else "failed"
        sys.stderr.write(f"{next(numbers)} of {count}: {result.target}, {result.kind}: {outcome}\n")

    return tell


def chosen_targets(names: Sequence[str], routes: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The targets to test, each once, with the routes that come to it. `names` are routes, rules and targets; none
    means all routes. Raises UsageError for a name that is no route, and where there is no route at all."""
    if not routes and not names:
        raise click.UsageError("no route is configured: there is nothing to test")
    wanted = [target for name in names for target in _targets_of(name, routes)]
    every = wanted if names else [target for targets in routes.values() for target in targets]
    return {target: [name for name, targets in routes.items() if target in targets] for target in dict.fromkeys(every)}


def _targets_of(name: str, routes: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if "," in name:
        return [name]
    for route, targets in routes.items():
        if name.casefold() in (route.casefold(), route.removeprefix("rule “").removesuffix("”").casefold()):
            return targets
    close = difflib.get_close_matches(name, routes, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(routes) or 'none'}"
    raise click.UsageError(f"no such route: {name} ({hint})")


def _report(results: Sequence[TrialResult], targets: Mapping[str, list[str]]) -> Report:
    failed = [result for result in results if not result.ok]
    heads = ("TARGET", "TEST", "RESULT", "FIRST MS", "TOTAL MS", "IN", "OUT", "ROUTES")
    lines = (
        *table_lines(heads, (_row(result, targets[result.target]) for result in results)),
        *_failure_lines(failed),
        f"Tests: {len(results) - len(failed)} of {len(results)} ok",
    )
    data = {"ok": not failed, "tests": [_data(result, targets[result.target]) for result in results]}
    return Report(lines, data, exit_code=1 if failed else 0)


def _row(result: TrialResult, routes: list[str]) -> tuple[str, ...]:
    return (
        result.target,
        result.kind,
        "ok" if result.ok else "failed",
        "-" if result.first_token is None else str(result.first_token),
        str(result.milliseconds),
        str(result.input_tokens),
        str(result.output_tokens),
        ", ".join(routes),
    )


def _failure_lines(failed: Iterable[TrialResult]) -> tuple[str, ...]:
    return tuple(f"Failed: {result.target}, {result.kind}: {' '.join(result.error.split())}" for result in failed)


def _data(result: TrialResult, routes: list[str]) -> dict[str, Any]:
    return {
        "target": result.target,
        "routes": routes,
        "test": result.kind,
        "ok": result.ok,
        "error": result.error,
        "answered_by": result.answered_by,
        "first_token_ms": result.first_token,
        "ms": result.milliseconds,
        "input_tokens": result.input_tokens,
        "output_tokens": result.output_tokens,
    }
