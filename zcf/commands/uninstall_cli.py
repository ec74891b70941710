"""The command line of `zcf uninstall`."""

from __future__ import annotations

from typing import Any

import click

from zcf.commands.options import common_options, flag
from zcf.commands.output import confirmed, json_on_refusal, print_json, print_lines
from zcf.errors import EXIT_DONE, EXIT_FAILED
from zcf.i18n import Texts


def command(texts: Texts) -> click.Command:
    """`zcf uninstall` with its flags."""

    def callback(**flags: Any) -> int:
        return json_on_refusal(lambda: _run(flags, texts), texts, as_json=flags["as_json"])

    names = (("purge", "--purge"), ("dry_run", "--dry-run"), ("yes", "--yes", "-y"), ("as_json", "--json"))
    options = [*(flag(texts, *spellings) for spellings in names), *common_options(texts)]
    return click.Command("uninstall", help=texts("help.uninstall"), params=options, callback=callback)


def _run(flags: dict[str, Any], texts: Texts) -> int:
    from zcf import surroundings
    from zcf.commands import uninstall
    from zcf.commands.uninstall_lines import done_lines, plan_json, plan_lines, result_json

    world = surroundings.real_surroundings()
    plan = uninstall.prepare(world, purge=flags["purge"])
    as_json: bool = flags["as_json"]
    if not as_json:
        print_lines(plan_lines(plan, texts))
    if flags["dry_run"]:
        if as_json:
            print_json({"ok": True, "dry_run": True, **plan_json(plan)})
        else:
            click.echo(texts("init.dry_run"))
        return EXIT_DONE
    if not plan.is_empty:
        confirmed(texts("uninstall.ask_purge" if plan.purged else "uninstall.ask"), flags)
    result = uninstall.carry_out(plan, world)
    if as_json:
        print_json(result_json(result))
    else:
        print_lines(done_lines(result, texts))
    return EXIT_DONE if result.ok else EXIT_FAILED
