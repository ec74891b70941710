"""What the custom router is told about a request."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ccr_proxy.config.custom_contract import CustomRequest
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.routing.facts import Facts

# The key of this gateway is none of the router's business.
_CREDENTIALS = frozenset({"authorization", "x-api-key", "proxy-authorization", "cookie"})


def custom_request(body: JsonObject, headers: Mapping[str, str], facts: Facts, project: str | None) -> CustomRequest:
    """The request for `route(request, config)`. The body is shared with everybody who reads it: its top level refuses
    to be changed, and deeper down nobody may change anything."""
    return CustomRequest(
        body=MappingProxyType(body),
        headers={name.lower(): value for name, value in headers.items() if name.lower() not in _CREDENTIALS},
        tokens=facts.tokens,
        model=facts.model,
        session_id=facts.session_id,
        project=project,
        thinking=facts.thinking.value,
        effort=facts.effort,
        plan_mode=facts.plan_mode,
        subagent=facts.is_subagent,
        background=facts.background.value if facts.background else None,
        images=facts.image_in_last_turn,
        web_search=facts.has_web_search,
        tools=facts.tools,
    )
