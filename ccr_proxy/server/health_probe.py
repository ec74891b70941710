"""The requests of a health check: a provider's model list, and a request of as few tokens as a protocol allows."""

from __future__ import annotations

import dataclasses

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject, dumps, loads
from ccr_proxy.protocols import repairs
from ccr_proxy.protocols.errors import fault_from, fault_in_answer
from ccr_proxy.protocols.model_list import is_model_list, model_list_url
from ccr_proxy.server.answer_headers import refusal_headers
from ccr_proxy.server.gateway import Destination, Gateway
from ccr_proxy.server.outgoing import waiting_times
from ccr_proxy.upstream.connection import OutgoingRequest
from ccr_proxy.version import __version__

# OpenAI's Responses API refuses less (https://platform.openai.com/docs/api-reference/responses).
_FEWEST_TOKENS = {"openai-responses": 16}
_ANTHROPIC_VERSION = "2023-06-01"


async def has_model_list(gateway: Gateway, to: Destination, key: str, patience: float) -> bool:
    """Whether the provider answers with a list of its models within `patience` seconds; False where it has none, or
    refuses. Raises UpstreamFault when no answer comes."""
    url = model_list_url(to.protocol, to.provider.api_base_url)
    if url is None or any(step.transformer.url for step in to.chain.steps):
        return False
    asking = dataclasses.replace(_outgoing(gateway, to, key, url, b"", patience), method="GET")
    async with gateway.upstream.send(asking) as incoming:
        body = await incoming.read()
        status = incoming.status
    try:
        return status == 200 and is_model_list(loads(body))
    except ValueError:
        return False


async def ask_briefly(gateway: Gateway, to: Destination, key: str, patience: float) -> None:
    """A real request whose answer may have one token; what it says does not matter. Raises GatewayError when the
    target does not answer: the error that it states, or the fault of the connection."""
    tokens = _FEWEST_TOKENS.get(to.protocol.name, 1)
    body: JsonObject = {
        "model": to.target.model,
        "max_tokens": tokens,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    context = to.context(body, [])
    url = to.chain.url(to.protocol.url(to.provider.api_base_url, to.target.model, False), context)
    encoded = to.encode(body, context)
    sent = repairs.apply(gateway.lessons.get(to.label, []), to.chain.request(encoded.body, context))
    async with gateway.upstream.send(_outgoing(gateway, to, key, url, dumps(sent), patience)) as incoming:
        answer, status, headers = await incoming.read(), incoming.status, refusal_headers(incoming)
        is_stream = "event-stream" in incoming.headers.get("content-type", "")
    if status >= 300:
        raise fault_from(status, answer, headers)
    if not is_stream:  # some answer in no other way
        _require_answer(to, answer)


def _require_answer(to: Destination, answer: bytes) -> None:
    try:
        value = loads(answer)
    except ValueError as error:
        raise UpstreamFault(502, f"{to.label} sent an answer that is not JSON", cause="garbled") from error
    if not isinstance(value, dict):
        raise UpstreamFault(502, f"{to.label} sent an answer that is no JSON object", cause="garbled")
    if value.get("error"):
        raise fault_in_answer(value)


def _outgoing(gateway: Gateway, to: Destination, key: str, url: str, body: bytes, patience: float) -> OutgoingRequest:
    headers = {"accept-encoding": "identity", "user-agent": f"zcf/{__version__}"}
    if body:
        headers["content-type"] = "application/json"
    if to.protocol.name == "anthropic":
        headers["anthropic-version"] = _ANTHROPIC_VERSION
    headers |= to.chain.headers(to.protocol.headers(key))
    headers |= to.provider.headers
    waiting = dataclasses.replace(waiting_times(gateway.config.timeouts), first_byte=patience, idle=patience)
    return OutgoingRequest(to.target.provider, to.target.model, url, headers, body, waiting, gateway.config.proxy_url)
