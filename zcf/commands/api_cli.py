"""The command line of `zcf api`: one subcommand for each place, and the name of a profile for any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zcf.commands.options import common_options, flag, help_option, language_option, text_option
from zcf.commands.output import json_on_refusal
from zcf.i18n import Texts

if TYPE_CHECKING:
    from zcf.plan.connection import Kind
    from zcf.plan.profile import Access

SHELLS = ("sh", "fish", "powershell")
# The flag of each model, and the variable in which Claude Code looks for it.
MODEL_FLAGS: Mapping[str, str] = {
    "model": "ANTHROPIC_MODEL",
    "haiku_model": "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "sonnet_model": "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "opus_model": "ANTHROPIC_DEFAULT_OPUS_MODEL",
}
Body = Callable[[dict[str, Any], Texts], int]


class ProfileGroup(click.Group):
    """Switches by name; what is no command is the name of a profile."""

    texts = Texts("en")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, else the switch to the profile of that name."""
        known = super().get_command(ctx, cmd_name)
        return known or _profile_command(cmd_name, self.texts)


def command(texts: Texts) -> click.Command:
    """`zcf api` with its subcommands."""

    def show(context: click.Context, list_profiles: bool, as_json: bool) -> int:
        if context.invoked_subcommand is not None:
            return 0
        from zcf.commands.api_run import list_profiles as listing
        from zcf.commands.api_run import status

        body: Body = listing if list_profiles else status
        return json_on_refusal(lambda: body({"as_json": as_json}, texts), texts, as_json=as_json)

    group = ProfileGroup(
        "api",
        help=texts("help.api"),
        subcommand_metavar="[COMMAND|PROFILE] [ARGS]...",
        invoke_without_command=True,
        callback=click.pass_context(show),
        params=[
            click.Option(["list_profiles", "--list", "-l"], is_flag=True, help=texts("help.api_list")),
            flag(texts, "as_json", "--json"),
            language_option(texts, "--lang"),
            help_option(texts),
        ],
    )
    group.texts = texts
    for made in (*_switches(texts), *_profile_commands(texts)):
        group.add_command(made)
    return group


def _switches(texts: Texts) -> list[click.Command]:
    return [
        _command("official", texts, _switch_options(texts)),
        _command("key", texts, [*_access_options(texts), *_switch_options(texts)]),
        _command("token", texts, [*_access_options(texts), *_switch_options(texts)]),
        _command("ccr", texts, _switch_options(texts)),
        _command("back", texts, _switch_options(texts)),
        _profile_command("PROFILE", texts),
    ]


def _profile_command(name: str, texts: Texts) -> click.Command:
    return _command("profile", texts, _switch_options(texts), shown_as=name)


def _profile_commands(texts: Texts) -> list[click.Command]:
    name = click.Argument(["name"])
    kind = click.Option(
        ["kind", "--api-type", "-t"], type=click.Choice(["api_key", "auth_token"]), help=texts("help.kind")
    )
    yes_json = [flag(texts, "yes", "--yes", "-y"), flag(texts, "as_json", "--json")]
    return [
        _command("save", texts, [name, kind, *_access_options(texts), flag(texts, "as_json", "--json")]),
        _command("delete", texts, [name, *yes_json]),
        _command("list", texts, [flag(texts, "as_json", "--json")]),
    ]


def _access_options(texts: Texts) -> list[click.Parameter]:
    return [
        text_option(texts, "api_key", "--api-key", "-k", key="access_key"),
        text_option(texts, "api_key_env", "--api-key-env", key="access_key_env"),
        text_option(texts, "api_url", "--api-url", "-u", key="access_url"),
        text_option(texts, "model", "--model", "--api-model", "-M", key="access_model"),
        text_option(texts, "haiku_model", "--haiku-model", "--api-haiku-model", "-H"),
        text_option(texts, "sonnet_model", "--sonnet-model", "--api-sonnet-model", "-S"),
        text_option(texts, "opus_model", "--opus-model", "--api-opus-model", "-O"),
    ]


def _switch_options(texts: Texts) -> list[click.Parameter]:
    return [
        click.Option(["--stop-gateway/--keep-gateway"], default=None, help=texts("help.stop_gateway")),
        flag(texts, "print_env", "--print-env"),
        click.Option(["--shell"], type=click.Choice(SHELLS), help=texts("help.shell")),
        flag(texts, "dry_run", "--dry-run"),
        flag(texts, "yes", "--yes", "-y"),
        flag(texts, "as_json", "--json"),
    ]


def _command(
    name: str, texts: Texts, params: Sequence[click.Parameter], *, shown_as: str | None = None
) -> click.Command:
    """A subcommand whose body is the function of its name in `api_run`, imported when it is called."""

    def callback(**flags: Any) -> int:
        from zcf.commands import api_run

        body = api_run.BODIES[name]
        flags.setdefault("name", shown_as)
        return json_on_refusal(lambda: body(flags, texts), texts, as_json=flags["as_json"])

    return click.Command(
        shown_as or name, help=texts(f"help.api_{name}"), params=[*params, *common_options(texts)], callback=callback
    )


def access_from(flags: dict[str, Any], kind: Kind, secret: str) -> Access:
    """The access that the flags describe. Raises Refusal (wrong use) for an address that is none."""
    from zcf.plan.choice import checked_url
    from zcf.plan.profile import Access

    url = None if flags["api_url"] is None else checked_url(flags["api_url"]).rstrip("/")
    models = {variable: flags[name] for name, variable in MODEL_FLAGS.items() if flags[name]}
    return Access(kind, secret, url, models)
