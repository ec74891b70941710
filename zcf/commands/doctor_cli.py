"""The command line of `zcf doctor`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from zcf.commands.doctor_screen import show
from zcf.commands.options import common_options, flag
from zcf.commands.output import json_on_refusal, print_json
from zcf.errors import EXIT_DONE, EXIT_FAILED, wrong_use
from zcf.i18n import Texts

if TYPE_CHECKING:
    from zcf.commands.doctor import Checkup
    from zcf.diagnosis.finding import Finding


def command(texts: Texts) -> click.Command:
    """`zcf doctor` with its flags."""

    def callback(fix: bool, yes: bool, offline: bool, as_json: bool) -> int:
        body = _fix if fix else _check
        return json_on_refusal(lambda: body(texts, yes=yes, offline=offline, as_json=as_json), texts, as_json=as_json)

    options: list[click.Parameter] = [
        flag(texts, "fix", "--fix"),
        flag(texts, "yes", "--yes", "-y"),
        flag(texts, "offline", "--offline"),
        flag(texts, "as_json", "--json"),
        *common_options(texts),
    ]
    return click.Command("doctor", help=texts("help.doctor"), params=options, callback=callback)


def _check(texts: Texts, *, yes: bool, offline: bool, as_json: bool) -> int:
    from zcf.commands.doctor import check
    from zcf.commands.doctor_lines import checkup_json, checkup_lines
    from zcf.surroundings import real_surroundings

    if yes:
        raise wrong_use("doctor.yes_without_fix")
    checkup = check(real_surroundings(), offline=offline)
    if as_json:
        print_json(checkup_json(checkup, texts))
    else:
        show(checkup_lines(checkup, texts))
    return EXIT_DONE if checkup.ok else EXIT_FAILED


def _fix(texts: Texts, *, yes: bool, offline: bool, as_json: bool) -> int:
    from zcf.commands.doctor import check, fix, fixable
    from zcf.commands.doctor_lines import checkup_lines, fixed_json, fixed_lines
    from zcf.surroundings import real_surroundings

    if not yes and (as_json or not _on_terminal()):
        raise wrong_use("flags.needs_yes")
    world = real_surroundings()
    checkup = check(world, offline=offline)
    if not as_json:
        show(checkup_lines(checkup, texts))
    wanted = _wanted(fixable(checkup), checkup, texts, ask=not yes, quiet=as_json)
    fixed = fix(wanted, checkup, world)
    after = check(world, offline=offline) if wanted else checkup
    if as_json:
        print_json(fixed_json(fixed, after, texts))
    else:
        show(fixed_lines(fixed, after, texts))
    return EXIT_DONE if after.ok and not fixed.faults else EXIT_FAILED


def _wanted(
    findings: Sequence[Finding], checkup: Checkup, texts: Texts, *, ask: bool, quiet: bool
) -> tuple[Finding, ...]:
    """What is to be repaired: with `ask` what is agreed to, after a look at what it changes."""
    from zcf.commands.doctor import planned
    from zcf.commands.doctor_lines import repair_lines

    wanted = []
    for finding in findings:
        if not quiet:
            show(repair_lines(finding, planned([finding], checkup), texts))
        if not ask or click.confirm(texts("doctor.ask"), default=True):
            wanted.append(finding)
    return tuple(wanted)


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
