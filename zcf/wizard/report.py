"""What was found, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.service.addresses import base_url
from zcf.i18n import Texts
from zcf.report import shown
from zcf.wizard.look import Found


def found_lines(found: Found, texts: Texts) -> Iterator[str]:
    """Programs, gateway, configuration, keys and servers of this machine."""
    claude = found.claude
    if claude is None:
        yield texts("note", text=texts("claude.not_found"))
    else:
        yield texts("init.claude", version=claude.version or "?", path=shown(claude.path))
    if found.running is not None:
        yield texts("wizard.running", url=base_url(found.running.host, found.running.port), pid=found.running.pid)
    if found.usable:
        yield texts("wizard.configured", model=found.default_route)
    for key in found.keys:
        yield texts("wizard.found_key", variable=key.variable, provider=key.preset.name)
    for server in found.servers:
        yield texts("wizard.found_server", provider=server.preset_id, url=server.base_url, count=len(server.models))
    if found.holder:
        yield texts("wizard.port_held", holder=found.holder, port=found.port)
