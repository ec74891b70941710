"""The questions of a preset, answered by flags and on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ccr_proxy.presets.inputs import Input
    from ccr_proxy.presets.manifest import Manifest


def given_values(settings: tuple[str, ...]) -> dict[str, str]:
    """`ID=VALUE` of the command line. Raises click.UsageError."""
    values = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--set takes ID=VALUE, not {setting!r}")
        values[name] = value
    return values


def answered(manifest: Manifest, given: Mapping[str, str]) -> dict[str, Any]:
    """The answers to all questions of a preset. Raises click.UsageError for a wrong one, and for one that is missing
    where there is no terminal to ask on."""
    from ccr_proxy.presets.inputs import answers

    if unknown := set(given) - {each.id for each in manifest.inputs}:
        known = ", ".join(each.id for each in manifest.inputs) or "none"
        raise click.UsageError(f"the preset does not ask for {', '.join(sorted(unknown))} (it asks for {known})")
    before, lacking = manifest.values, []

    def ask(question: Input, choices: tuple[Any, ...], default: Any) -> Any:
        if question.id in given:
            return _read(question, given[question.id], choices)
        present = before.get(question.id, default)
        if sys.stdin.isatty():
            return _asked(question, choices, present)
        if present is None and question.required:
            lacking.append(question.id)
        return present if present is not None else ""

    values = answers(manifest.inputs, manifest.config, {}, ask)
    if lacking:
        raise click.UsageError(f"no terminal to ask on: {' '.join(f'--set {each}=…' for each in lacking)}")
    ids = {each.id for each in manifest.inputs}
    # Values that are paths into the configuration, which nobody is asked for.
    return {name: value for name, value in before.items() if name not in ids} | values


def _read(question: Input, text: str, choices: tuple[Any, ...]) -> Any:
    try:
        return question.read(text, choices)
    except ValueError as error:
        raise click.UsageError(f"{question.id} {error}") from None


def _asked(question: Input, choices: tuple[Any, ...], present: Any) -> Any:
    hint = f" ({', '.join(map(str, choices))})" if choices else ""
    shown = ", ".join(map(str, present)) if isinstance(present, list) else present

    def typed(text: str) -> Any:
        try:
            return question.read(str(text), choices)
        except ValueError as error:
            raise click.UsageError(f"{question.id} {error}") from None

    return click.prompt(
        question.label + hint,
        default=shown if shown is not None else (None if question.required else ""),
        hide_input=question.is_secret,
        show_default=not question.is_secret,
        value_proc=typed,
        err=True,
    )
