"""GET /v1/models: the configured models, for Claude Code's model discovery and for OpenAI clients.

Claude Code shows only ids that begin with `claude` or `anthropic`
(https://code.claude.com/docs/en/llm-gateway-protocol), so each model is listed as `anthropic/<provider>,<model>`; the
prefix is taken off again when such a name is asked for.
"""

from __future__ import annotations

from aiohttp import web

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.server.presets import gateway_for

DISCOVERY_PREFIX = "anthropic/"


async def list_models(request: web.Request) -> web.Response:
    """All models in one page, in a shape that Anthropic and OpenAI clients both read."""
    config = (await gateway_for(request)).config
    names = [(provider.name, model) for provider in config.providers for model in provider.models]
    data = [_entry(provider, model) for provider, model in names]
    page = {"object": "list", "data": data, "has_more": False}
    return web.json_response(
        {**page, "first_id": data[0]["id"] if data else None, "last_id": data[-1]["id"] if data else None}
    )


def plain_name(model: str) -> str:
    """The model as the configuration knows it."""
    return model.removeprefix(DISCOVERY_PREFIX) if "," in model else model


def _entry(provider: str, model: str) -> JsonObject:
    return {
        "type": "model",
        "object": "model",
        "id": f"{DISCOVERY_PREFIX}{provider},{model}",
        "display_name": f"{model} ({provider})",
        "owned_by": provider,
        "created": 0,
        "created_at": "1970-01-01T00:00:00Z",
    }
