"""A saved connection under a name: what `zcf api NAME` switches to."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from zcf.errors import refused, wrong_use
from zcf.plan.connection import Connection, Kind
from zcf.plan.secrets import is_reference

# What follows `zcf api` and is no profile.
RESERVED_NAMES = frozenset({"official", "key", "token", "ccr", "back", "save", "delete", "list", "profile"})
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Access:
    """A key or a token, where it is valid (None: Anthropic's own address), and the models to ask for there.

    `secret` may be a reference `$NAME`. `models` maps environment variables of the client to model names.
    """

    kind: Kind
    secret: str
    base_url: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """An access and its name; names are compared without regard to case."""

    name: str
    access: Access


def checked_name(name: str) -> str:
    """The name if a profile may have it, in any script. Raises Refusal (wrong use)."""
    plain = unicodedata.normalize("NFC", name.strip())
    unusable = not plain or len(plain) > LONGEST_NAME or plain.startswith("-") or not plain.isprintable()
    if unusable or plain.casefold() in RESERVED_NAMES:
        raise wrong_use("api.bad_name", name=name)
    return plain


def find_profile(profiles: tuple[Profile, ...], name: str) -> Profile | None:
    """The profile of that name."""
    wanted = _key(name)
    return next((profile for profile in profiles if _key(profile.name) == wanted), None)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip()).casefold()


def with_profile(profiles: tuple[Profile, ...], profile: Profile) -> tuple[Profile, ...]:
    """The profiles with this one, in the place of one of the same name if there is one."""
    present = find_profile(profiles, profile.name)
    if present is None:
        return (*profiles, profile)
    return tuple(profile if entry is present else entry for entry in profiles)


def resolved(access: Access, environ: Mapping[str, str]) -> Access:
    """The access with its reference filled in from the environment. Raises Refusal when the variable is not set."""
    if not is_reference(access.secret):
        return access
    name = access.secret.strip("${}")
    value = environ.get(name, "").strip()
    if not value:
        raise refused("api.variable_unset", name=name)
    return Access(access.kind, value, access.base_url, access.models)


def access_of(connection: Connection) -> Access:
    """The access that settings hold. Raises Refusal when there is none, or two."""
    if connection.kind is Kind.OFFICIAL or connection.credential is None:
        raise refused("api.nothing_to_save")
    if connection.kind is Kind.BOTH:
        raise refused("api.two_to_save")
    models = {name: model for name, model in connection.models.items() if name != "model"}
    return Access(connection.kind, connection.credential, connection.base_url, models)


def matching(profiles: tuple[Profile, ...], connection: Connection, environ: Mapping[str, str]) -> Profile | None:
    """The profile that settings hold now: same address, same kind, same secret."""
    return next((profile for profile in profiles if _matches(profile.access, connection, environ)), None)


def _matches(access: Access, connection: Connection, environ: Mapping[str, str]) -> bool:
    secret = environ.get(access.secret.strip("${}"), "").strip() if is_reference(access.secret) else access.secret
    same_place = (access.kind, access.base_url) == (connection.kind, connection.base_url)
    return same_place and secret == connection.credential
