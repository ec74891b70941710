"""The command line of `zcf undo`."""

from __future__ import annotations

import click

from zcf.commands.options import common_options, flag
from zcf.commands.output import json_on_refusal, print_json, print_lines
from zcf.errors import EXIT_DONE, EXIT_FAILED
from zcf.i18n import Texts


def command(texts: Texts) -> click.Command:
    """`zcf undo` with its flags."""

    def callback(number: int | None, dry_run: bool, as_json: bool) -> int:
        return json_on_refusal(lambda: _run(number, texts, dry_run=dry_run, as_json=as_json), texts, as_json=as_json)

    options: list[click.Parameter] = [
        click.Argument(["number"], metavar="[ID]", type=click.IntRange(1), required=False),
        flag(texts, "dry_run", "--dry-run"),
        flag(texts, "as_json", "--json"),
        *common_options(texts),
    ]
    return click.Command("undo", help=texts("help.undo"), params=options, callback=callback)


def _run(number: int | None, texts: Texts, *, dry_run: bool, as_json: bool) -> int:
    # Imported here, so that `zcf --help` answers without them.
    from zcf.commands import undo
    from zcf.report import undo_json, undo_lines, undo_plan_json, undo_plan_lines
    from zcf.surroundings import real_surroundings

    world = real_surroundings()
    plan = undo.prepare(world, number)
    if plan is None:
        if as_json:
            print_json({"ok": True, "dry_run": dry_run, "receipt": None, "files": []})
        else:
            click.echo(texts("undo.nothing"))
        return EXIT_DONE
    if not as_json:
        print_lines(undo_plan_lines(plan, texts))
    if dry_run:
        if as_json:
            print_json({"ok": True, "dry_run": True, **undo_plan_json(plan)})
        else:
            click.echo(texts("undo.dry_run"))
        return EXIT_DONE
    result = undo.carry_out(plan, world)
    if as_json:
        print_json(undo_json(result))
    else:
        print_lines(undo_lines(result, texts))
    return EXIT_DONE if result.ok else EXIT_FAILED
