"""The command line of `zcf check-updates`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from zcf.commands.options import common_options
from zcf.commands.output import json_on_refusal, on_terminal, print_json, print_lines
from zcf.errors import EXIT_DONE, EXIT_FAILED
from zcf.i18n import Texts

if TYPE_CHECKING:
    from zcf.commands.check_updates import Finding, Updated


def command(texts: Texts) -> click.Command:
    """`zcf check-updates` with its flags."""

    def callback(skip_prompt: bool, dry_run: bool, as_json: bool) -> int:
        return json_on_refusal(
            lambda: _run(texts, all_of_them=skip_prompt, only_look=dry_run, as_json=as_json), texts, as_json=as_json
        )

    options: list[click.Parameter] = [
        click.Option(["--skip-prompt", "-s"], is_flag=True, help=texts("help.updates_skip_prompt")),
        click.Option(["--dry-run"], is_flag=True, help=texts("help.updates_dry_run")),
        click.Option(["as_json", "--json"], is_flag=True, help=texts("help.json")),
        *common_options(texts),
    ]
    return click.Command("check-updates", help=texts("help.check_updates"), params=options, callback=callback)


def _run(texts: Texts, *, all_of_them: bool, only_look: bool, as_json: bool) -> int:
    from zcf.commands.check_updates import check, update
    from zcf.plan.updates import Standing
    from zcf.surroundings import real_surroundings
    from zcf.update_report import finding_lines, hint_lines, updated_line, updates_json

    world = real_surroundings()
    findings = list(check(world.environ, world.home))
    if not as_json:
        print_lines(finding_lines(findings, texts))
    wanted = [] if only_look else _wanted(findings, texts, all_of_them=all_of_them, as_json=as_json)
    done: list[Updated] = []
    for finding in wanted:
        if not as_json:
            click.echo(texts("updates.running", command=" ".join(finding.installed.update or ())))
        done.append(update(finding, world.environ, world.home))
        if not as_json:
            click.echo(updated_line(done[-1], texts))
    unknown = any(finding.standing is Standing.UNKNOWN for finding in findings)
    failed = unknown or any(updated.fault for updated in done)
    if as_json:
        print_json(updates_json(findings, done, texts, ok=not failed))
    else:
        print_lines(hint_lines(findings, done, texts))
    return EXIT_FAILED if failed else EXIT_DONE


def _wanted(findings: Sequence[Finding], texts: Texts, *, all_of_them: bool, as_json: bool) -> list[Finding]:
    """What is to be updated: everything with `-s`, else what is agreed to on a terminal."""
    from zcf.plan.updates import Standing

    behind = [one for one in findings if one.standing is Standing.BEHIND and one.installed.update is not None]
    if all_of_them:
        return [finding for finding in behind if not finding.needs_consent]
    if as_json or not on_terminal():
        return []
    return [one for one in behind if click.confirm(_question(one, texts), default=not one.needs_consent)]


def _question(finding: Finding, texts: Texts) -> str:
    from zcf.update_report import NAMES

    sentence = "updates.ask_major" if finding.needs_consent else "updates.ask"
    return texts(sentence, tool=NAMES[finding.installed.tool], newest=finding.newest)
