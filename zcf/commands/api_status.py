"""Where Claude Code points now, what gets in the way, and what going back would lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ccr_proxy.config.document import Document
from zcf.commands import api
from zcf.commands.running import config_or_none, points_to_gateway, running_now
from zcf.errors import Refusal
from zcf.gateway import Running
from zcf.plan import claude_state
from zcf.plan.changes import Notice, notice
from zcf.plan.connection import Connection
from zcf.plan.profile import Profile, matching
from zcf.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class ApiStatus:
    """Where Claude Code points now: `place` is `official`, `key`, `token`, `both` or `ccr`.

    `profile` is the saved profile that is in use, `back_to` what `zcf api back` would lead to, None where it cannot.
    """

    place: str
    connection: Connection
    profile: Profile | None
    profiles: tuple[Profile, ...]
    running: Running | None
    notices: tuple[Notice, ...]
    back_to: Connection | None


def status(world: Surroundings) -> ApiStatus:
    """Look. Raises Refusal."""
    seen = api.look(world)
    connection = seen.connection
    config = config_or_none(world)
    notices = api.notices_about(seen.settings.document, world)
    key = connection.api_key
    if key and key[-claude_state.REMEMBERED_CHARACTERS :] not in _approved(seen.state.document):
        notices = (*notices, notice("api.not_approved", path=seen.state.path))
    return ApiStatus(
        place="ccr" if points_to_gateway(connection, config) else connection.kind.value,
        connection=connection,
        profile=matching(seen.profiles, connection, world.environ),
        profiles=seen.profiles,
        running=running_now(config, world, needed=False),
        notices=notices,
        back_to=_back_to(world),
    )


def _approved(state: Document) -> Sequence[object]:
    approved = state.get(("customApiKeyResponses", "approved"))
    return approved if isinstance(approved, list) else ()


def _back_to(world: Surroundings) -> Connection | None:
    try:
        return api.plan_back(world).after
    except Refusal:
        return None
