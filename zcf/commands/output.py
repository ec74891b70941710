"""How a command prints: lines for people as they come, or one JSON object, also when it is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from ccr_proxy.service.system_errors import system_error_text
from zcf.errors import Refusal, refused, wrong_use
from zcf.i18n import Texts


def print_lines(lines: Iterable[str]) -> None:
    """Print for people."""
    for line in lines:
        click.echo(line)


def print_json(data: dict[str, Any]) -> None:
    """Print for programs."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def on_terminal() -> bool:
    """Whether somebody can be asked: a terminal on both sides."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str, flags: Mapping[str, Any]) -> None:
    """Ask, unless `yes` is given. Raises click.Abort for a no, Refusal (wrong use) where nobody can be asked."""
    if flags["yes"]:
        return
    if flags["as_json"] or not sys.stdin.isatty():
        raise wrong_use("flags.needs_yes")
    click.confirm(question, default=False, abort=True)


def json_on_refusal(action: Callable[[], int], texts: Texts, *, as_json: bool) -> int:
    """Run a command's body; with `as_json` a refusal becomes an object on stdout. Raises Refusal otherwise."""
    try:
        return _refusing_system_errors(action)
    except Refusal as refusal:
        if not as_json:
            raise
        from zcf.report import refusal_text

        print_json({"ok": False, "error": {"code": refusal.sentence, "message": refusal_text(refusal, texts)}})
        return refusal.exit_code


def _refusing_system_errors(action: Callable[[], int]) -> int:
    """What the system refuses where nobody expected it is one line too."""
    try:
        return action()
    except BrokenPipeError:
        # The reader of our output has gone; click ends quietly.
        raise
    except OSError as error:
        raise refused("system.refused", reason=system_error_text(error)) from error
