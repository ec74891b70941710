"""What the subcommands of `zcf api` do: flags to a plan, the plan shown, applied, and its result printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from zcf import surroundings
from zcf.apply.profiles import read_profiles, replace_profiles
from zcf.commands import api, api_status, switch
from zcf.commands.api_cli import access_from
from zcf.commands.api_env import Environment, environment_of, gateway_environment, overruled
from zcf.commands.api_lines import (
    changed_lines,
    env_lines,
    plan_json,
    plan_lines,
    profile_lines,
    profiles_json,
    result_json,
    status_json,
    status_lines,
)
from zcf.commands.output import confirmed, print_json, print_lines
from zcf.commands.switch import SwitchPlan, SwitchResult
from zcf.errors import EXIT_DONE, EXIT_FAILED, wrong_use
from zcf.i18n import Texts
from zcf.plan.choice import reference
from zcf.plan.connection import Kind
from zcf.plan.profile import Access, Profile, access_of, checked_name, find_profile, resolved, with_profile
from zcf.report import notice_text
from zcf.surroundings import Surroundings

_KINDS = {"api_key": Kind.KEY, "auth_token": Kind.TOKEN}


def status(flags: dict[str, Any], texts: Texts) -> int:
    """Where Claude Code points now."""
    seen = api_status.status(surroundings.real_surroundings())
    if flags["as_json"]:
        print_json(status_json(seen, texts))
    else:
        print_lines(status_lines(seen, texts))
    return EXIT_DONE


def list_profiles(flags: dict[str, Any], texts: Texts) -> int:
    """The saved profiles."""
    seen = api_status.status(surroundings.real_surroundings())
    if flags["as_json"]:
        print_json(profiles_json(seen))
    else:
        print_lines(profile_lines(seen, texts))
    return EXIT_DONE


# --- switching --------------------------------------------------------------------------------------------------------


def _official(flags: dict[str, Any], texts: Texts) -> int:
    return _switch(flags, texts, api.plan_official)


def _key(flags: dict[str, Any], texts: Texts) -> int:
    return _to_access("key", Kind.KEY, flags, texts)


def _token(flags: dict[str, Any], texts: Texts) -> int:
    return _to_access("token", Kind.TOKEN, flags, texts)


def _to_access(destination: str, kind: Kind, flags: dict[str, Any], texts: Texts) -> int:
    access = access_from(flags, kind, _secret(flags, texts))
    return _switch(flags, texts, lambda world: api.plan_access(destination, access, world))


def _ccr(flags: dict[str, Any], texts: Texts) -> int:
    if flags["print_env"]:
        world = surroundings.real_surroundings()
        api.gateway_address(world)
        return _print_env(flags, texts, gateway_environment(world.config_path, world.environ), world)
    return _switch(flags, texts, api.plan_ccr)


def _back(flags: dict[str, Any], texts: Texts) -> int:
    return _switch(flags, texts, api.plan_back)


def _profile(flags: dict[str, Any], texts: Texts) -> int:
    return _switch(flags, texts, lambda world: api.plan_profile(flags["name"], world))


def _switch(flags: dict[str, Any], texts: Texts, plan_of: Callable[[Surroundings], SwitchPlan]) -> int:
    world = surroundings.real_surroundings()
    plan = plan_of(world)
    if flags["print_env"]:
        return _print_env(flags, texts, environment_of(plan.after), world)
    as_json: bool = flags["as_json"]
    if not as_json:
        print_lines(plan_lines(plan, texts))
    if flags["dry_run"]:
        if as_json:
            print_json({"ok": True, "dry_run": True, **plan_json(plan, texts)})
        else:
            click.echo(texts("init.dry_run"))
        return EXIT_DONE
    stop = _stop_wanted(plan, flags, texts)
    result = switch.carry_out(plan, world)
    if stop:
        result = switch.stop_gateway(result, world)
    _print_result(result, texts, as_json=as_json)
    return EXIT_DONE if result.ok else EXIT_FAILED


def _print_result(result: SwitchResult, texts: Texts, *, as_json: bool) -> None:
    if as_json:
        print_json(result_json(result, texts))
    else:
        print_lines(changed_lines(result, texts))


def _stop_wanted(plan: SwitchPlan, flags: dict[str, Any], texts: Texts) -> bool:
    """The flag, else the user's word, else no."""
    if not plan.leaves_gateway:
        return False
    if flags["stop_gateway"] is not None:
        return bool(flags["stop_gateway"])
    if flags["yes"] or flags["as_json"] or not sys.stdin.isatty():
        return False
    return click.confirm(texts("api.ask_stop"), default=False)


def _print_env(flags: dict[str, Any], texts: Texts, environment: Environment, world: Surroundings) -> int:
    if flags["as_json"]:
        print_json({"ok": True, "set": dict(environment.variables), "unset": list(environment.unset)})
        return EXIT_DONE
    print_lines(env_lines(environment, flags["shell"], world.environ))
    for note in overruled(environment, world):
        click.echo(texts("note", text=notice_text(note, texts)), err=True)
    return EXIT_DONE


def _secret(flags: dict[str, Any], texts: Texts) -> str:
    """The key or token from the flags, or a reference to its variable; on a terminal it is asked for, unseen."""
    given, variable = flags["api_key"], flags["api_key_env"]
    if given is not None and variable is not None:
        raise wrong_use("flags.two_keys")
    if variable is not None:
        return reference(variable)
    if given is None:
        if flags.get("yes") or flags["as_json"] or not sys.stdin.isatty():
            raise wrong_use("api.needs_key")
        given = click.prompt(texts("api.ask_key"), hide_input=True, default="", show_default=False)
    if not given.strip() or not given.strip().isprintable():
        raise wrong_use("flags.empty", flag="--api-key")
    return str(given.strip())


# --- profiles ---------------------------------------------------------------------------------------------------------


def _save(flags: dict[str, Any], texts: Texts) -> int:
    world = surroundings.real_surroundings()
    name = checked_name(flags["name"])
    present = read_profiles(world.state)
    profile = Profile(name, _access_to_save(flags, texts, world))
    replaces = find_profile(present, name) is not None
    replace_profiles(world.state, present, with_profile(present, profile))
    if flags["as_json"]:
        print_json({"ok": True, "profile": name, "replaced": replaces})
    else:
        click.echo(texts("api.replaced" if replaces else "api.saved", name=name))
    return EXIT_DONE


def _access_to_save(flags: dict[str, Any], texts: Texts, world: Surroundings) -> Access:
    """From the flags, if there are any, else from where Claude Code points now."""
    names = ("kind", "api_key", "api_key_env", "api_url", "model", "haiku_model", "sonnet_model", "opus_model")
    if any(flags[name] is not None for name in names):
        access = access_from(flags, _KINDS[flags["kind"] or "api_key"], _secret(flags, texts))
        resolved(access, world.environ)
        return access
    seen = api_status.status(world)
    if seen.place == "ccr":
        raise wrong_use("api.gateway_needs_no_profile")
    return access_of(seen.connection)


def _delete(flags: dict[str, Any], texts: Texts) -> int:
    world = surroundings.real_surroundings()
    present = read_profiles(world.state)
    profile = api.known_profile(present, flags["name"])
    confirmed(texts("api.ask_delete", name=profile.name), flags)
    replace_profiles(world.state, present, [entry for entry in present if entry is not profile])
    if flags["as_json"]:
        print_json({"ok": True, "deleted": profile.name})
    else:
        click.echo(texts("api.deleted", name=profile.name))
    return EXIT_DONE


BODIES: Mapping[str, Callable[[dict[str, Any], Texts], int]] = {
    "official": _official,
    "key": _key,
    "token": _token,
    "ccr": _ccr,
    "back": _back,
    "profile": _profile,
    "save": _save,
    "delete": _delete,
    "list": list_profiles,
}
