"""The command line of `zcf init`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from zcf.commands.options import common_options
from zcf.commands.output import json_on_refusal, on_terminal, print_json, print_lines
from zcf.errors import EXIT_CANCELLED, EXIT_DONE, EXIT_FAILED, wrong_use
from zcf.i18n import Texts

if TYPE_CHECKING:
    from zcf.commands.init import InitRequest


def command(texts: Texts) -> click.Command:
    """`zcf init` with its flags; names and letters are ZCF's where it has them."""

    def callback(**flags: Any) -> int:
        return json_on_refusal(lambda: _run(flags, texts), texts, as_json=flags["as_json"])

    return click.Command("init", help=texts("help.init"), params=_options(texts), callback=callback)


def _options(texts: Texts) -> list[click.Parameter]:
    def text(*names: str, **more: Any) -> click.Option:
        key = next(name for name in names if not name.startswith("-")) if "key" not in more else more.pop("key")
        return click.Option([*names], help=texts(f"help.{key}"), **more)

    return [
        text("skip_prompt", "--skip-prompt", "-s", is_flag=True),
        text("api_type", "--api-type", "-t", type=click.Choice(["ccr_proxy"])),
        text("provider", "--provider", "-p"),
        text("api_key", "--api-key", "-k"),
        text("api_key_env", "--api-key-env"),
        text("model", "--model", "--api-model", "-M"),
        text("api_url", "--api-url", "-u"),
        text("port", "--port", type=click.IntRange(1, 65535)),
        text("host", "--host"),
        text("ccr_key", "--ccr-key"),
        text("dry_run", "--dry-run", is_flag=True),
        text("as_json", "--json", is_flag=True, key="json"),
        text("force", "--force", "-f", is_flag=True),
        *common_options(texts),
    ]


def _run(flags: dict[str, Any], texts: Texts) -> int:
    # Imported here, so that `zcf --help` and wrong flags answer without them.
    from zcf.commands import init
    from zcf.report import check_line, done_lines, init_json, prepared_json, prepared_lines, verdict_line
    from zcf.surroundings import real_surroundings

    if not flags["skip_prompt"] and on_terminal():
        return _ask(flags, texts)
    _require_flags(flags)
    request = _request(flags)
    world = real_surroundings()
    prepared = init.prepare(request, world)
    as_json: bool = flags["as_json"]
    if not as_json:
        print_lines(prepared_lines(prepared, texts))
    if flags["dry_run"]:
        if as_json:
            print_json({"ok": True, "dry_run": True, **prepared_json(prepared, texts)})
        else:
            if not prepared.plan.changes:
                click.echo(texts("init.nothing_to_change"))
            click.echo(texts("init.dry_run"))
        return EXIT_DONE
    done = init.carry_out(prepared, world)
    if as_json:
        result = init.verify(done, lambda check: None)
        print_json(init_json(result, texts))
    else:
        print_lines(done_lines(done, texts))
        result = init.verify(done, lambda check: click.echo(check_line(check, texts)))
        click.echo(verdict_line(result, texts))
    return EXIT_DONE if result.ok else EXIT_FAILED


def _ask(flags: dict[str, Any], texts: Texts) -> int:
    """The same answers from a person."""
    from zcf.prompts import Back
    from zcf.surroundings import real_surroundings
    from zcf.wizard.language import in_chosen_language
    from zcf.wizard.run import run

    if any(value for name, value in flags.items() if name != "api_type"):
        raise wrong_use("init.flags_without_skip")
    world = real_surroundings()
    try:
        return in_chosen_language(texts, world.state, lambda asker, chosen: run(asker, chosen, world, click.echo))
    except Back:
        click.echo(texts("wizard.nothing_done"))
        return EXIT_CANCELLED


def _require_flags(flags: dict[str, Any]) -> None:
    if not flags["skip_prompt"]:
        raise wrong_use("init.needs_skip_prompt")
    if flags["api_type"] is None:
        raise wrong_use("init.needs_api_type")
    for name in ("ccr_key", "host", "model", "provider"):
        if flags[name] is not None and not flags[name].strip():
            raise wrong_use("flags.empty", flag=f"--{name.replace('_', '-')}")


def _request(flags: dict[str, Any]) -> InitRequest:
    from zcf.commands.init import InitRequest
    from zcf.plan.choice import Wish

    wish = Wish(flags["provider"], flags["api_key"], flags["api_key_env"], flags["model"], flags["api_url"])
    return InitRequest(wish, flags["host"], flags["port"], flags["ccr_key"], flags["force"])
