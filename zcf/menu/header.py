"""The present state above a menu: gateway, model, and where Claude Code points."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.addresses import base_url
from zcf.commands import api_status
from zcf.errors import Refusal
from zcf.i18n import Texts
from zcf.look.ccr import see_config
from zcf.report import refusal_text
from zcf.surroundings import Surroundings


def header_lines(world: Surroundings, texts: Texts) -> Iterator[str]:
    """What is true now. What cannot be read is said, and is no reason to show no menu."""
    yield _gateway(world, texts)
    yield _model(world, texts)
    yield _claude(world, texts)


def _gateway(world: Surroundings, texts: Texts) -> str:
    try:
        running = world.gateway.running()
    except ServiceFault as fault:
        return texts("menu.gateway_silent", reason=fault.message)
    if running is None:
        return texts("menu.gateway_off")
    return texts("menu.gateway_on", url=base_url(running.host, running.port), pid=running.pid)


def _model(world: Surroundings, texts: Texts) -> str:
    try:
        config = see_config(world.config_path, world.environ).config
    except Refusal as refusal:
        return texts("menu.broken", reason=refusal_text(refusal, texts))
    default = config.router.routes().get("default") if config else None
    return texts("menu.default_model", model=default) if default else texts("menu.not_set_up")


def _claude(world: Surroundings, texts: Texts) -> str:
    try:
        seen = api_status.status(world)
    except Refusal as refusal:
        return f"Claude Code: {refusal_text(refusal, texts)}"
    return texts(f"menu.claude_{seen.place}", url=seen.connection.base_url or "api.anthropic.com")
