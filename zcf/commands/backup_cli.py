"""The command line of `zcf backup`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from zcf.commands.options import common_options, flag
from zcf.commands.output import confirmed, json_on_refusal, print_json, print_lines
from zcf.errors import EXIT_DONE, EXIT_FAILED
from zcf.i18n import Texts

Body = Callable[[dict[str, Any], Texts], int]


def command(texts: Texts) -> click.Command:
    """`zcf backup` with its subcommands."""
    group = click.Group("backup", help=texts("help.backup"), params=[*common_options(texts)])
    name = click.Argument(["name"], metavar="BACKUP")
    keep = click.Option(["--keep"], type=click.IntRange(1), default=20, show_default=True, help=texts("help.keep"))
    changing = [flag(texts, "dry_run", "--dry-run"), flag(texts, "yes", "--yes", "-y")]
    for verb, body, params in (
        ("list", _list, []),
        ("show", _show, [name]),
        ("restore", _restore, [name, *changing]),
        ("prune", _prune, [keep, *changing]),
    ):
        group.add_command(_command(verb, body, [*params, flag(texts, "as_json", "--json")], texts))
    return group


def _command(verb: str, body: Body, params: list[click.Parameter], texts: Texts) -> click.Command:
    def callback(**flags: Any) -> int:
        return json_on_refusal(lambda: body(flags, texts), texts, as_json=flags["as_json"])

    return click.Command(
        verb, help=texts(f"help.backup_{verb}"), params=[*params, *common_options(texts)], callback=callback
    )


def _list(flags: dict[str, Any], texts: Texts) -> int:
    from zcf import surroundings
    from zcf.commands.backup import listed
    from zcf.commands.backup_lines import list_json, list_lines

    backups = listed(surroundings.real_surroundings())
    if flags["as_json"]:
        print_json(list_json(backups))
    else:
        print_lines(list_lines(backups, texts))
    return EXIT_DONE


def _show(flags: dict[str, Any], texts: Texts) -> int:
    from zcf import surroundings
    from zcf.commands.backup import plan_restore
    from zcf.commands.backup_lines import plan_json, plan_lines

    plan = plan_restore(flags["name"], surroundings.real_surroundings())
    if flags["as_json"]:
        print_json({"ok": True, **plan_json(plan)})
    else:
        print_lines(plan_lines(plan, texts))
    return EXIT_DONE


def _restore(flags: dict[str, Any], texts: Texts) -> int:
    from zcf import surroundings
    from zcf.commands import backup
    from zcf.commands.backup_lines import plan_json, plan_lines, restored_json, restored_lines

    world = surroundings.real_surroundings()
    plan = backup.plan_restore(flags["name"], world)
    if not flags["as_json"]:
        print_lines(plan_lines(plan, texts))
    if flags["dry_run"]:
        return _dry_run({**plan_json(plan)}, flags, texts)
    if plan.change is not None:
        confirmed(texts("backup.ask_restore"), flags)
    receipt = backup.restore(plan, world)
    if flags["as_json"]:
        print_json(restored_json(plan, receipt))
    else:
        print_lines(restored_lines(receipt, texts))
        if backup.leads_to_stopped_gateway(plan, world):
            click.echo(texts("api.gateway_down"))
    return EXIT_DONE


def _prune(flags: dict[str, Any], texts: Texts) -> int:
    from zcf import surroundings
    from zcf.commands import backup
    from zcf.commands.backup_lines import prune_lines, pruned_lines

    world = surroundings.real_surroundings()
    doomed = backup.plan_prune(flags["keep"], world)
    paths = [str(entry.copy) for entry in doomed]
    if not flags["as_json"]:
        print_lines(prune_lines(doomed, texts))
    if flags["dry_run"]:
        return _dry_run({"deleted": paths}, flags, texts)
    if doomed:
        confirmed(texts("backup.ask_prune", count=len(doomed)), flags)
    left = backup.prune(doomed, world)
    if flags["as_json"]:
        print_json({"ok": not left, "dry_run": False, "deleted": paths, "left": [str(path) for path in left]})
    elif doomed:
        print_lines(pruned_lines(doomed, left, texts))
    return EXIT_FAILED if left else EXIT_DONE


def _dry_run(data: dict[str, Any], flags: dict[str, Any], texts: Texts) -> int:
    if flags["as_json"]:
        print_json({"ok": True, "dry_run": True, **data})
    else:
        click.echo(texts("init.dry_run"))
    return EXIT_DONE
