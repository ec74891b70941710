"""The table of docs/protocols.md, held to the code: every cell is tried with the protocol's own encoder or decoder.

`tests/feature_rows.py` has the requests, the words of the table and the evidence for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from ccr_proxy.config.document import parse
from ccr_proxy.config.load import evaluate
from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.anthropic_events import MessageFolder
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.registry import PROTOCOLS
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_names import fitting
from ccr_proxy.server.app import create_app
from ccr_proxy.server.gateway import Gateway
from tests.feature_rows import (
    ANSWERS,
    CARRIED,
    COLUMNS,
    LEFT_OUT,
    MAPPED,
    MODELS,
    OWN_THINKING,
    REFUSED,
    REQUESTS,
    THINKING,
    USER,
    Json,
    Row,
    thought,
)
from tests.markdown_tables import DOCS, section, tables

ANSWER_ROWS = {
    "thinking in the answer": dict.fromkeys(COLUMNS, CARRIED),
    "usage with cached tokens": dict.fromkeys(COLUMNS, CARRIED),
    "earlier thinking of the same provider": dict.fromkeys(COLUMNS, CARRIED),
    "tool name that only Anthropic takes": {"anthropic": CARRIED, **dict.fromkeys(COLUMNS[1:], MAPPED)},
    "`count_tokens`": {**dict.fromkeys(COLUMNS, CARRIED), "openai-chat": MAPPED},
}


def documented() -> dict[str, dict[str, str]]:
    """The feature table: feature to protocol to cell."""
    (table,) = tables(section((DOCS / "protocols.md").read_text(encoding="utf-8"), "Feature by protocol"))
    return {line["feature"]: {column: line[column] for column in COLUMNS} for line in table}


def encoded(body: Json, protocol: str, model: str) -> Json:
    return PROTOCOLS[protocol].encode(body, Target("here", model, profile_for(model))).body


def contains(whole: object, part: object) -> bool:
    """Whether `part` occurs in `whole` at any depth: objects may have more names, lists more elements."""
    if fits(whole, part):
        return True
    inner: Iterable[object] = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    return any(contains(item, part) for item in inner)


def fits(whole: object, part: object) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and fits(whole[name], value) for name, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(fits(item, wanted) for item in whole) for wanted in part)
    return whole == part


@pytest.mark.parametrize("protocol", COLUMNS)
@pytest.mark.parametrize("feature", REQUESTS, ids=lambda feature: feature.feature)
def test_what_goes_out(feature: Row, protocol: str) -> None:
    word, evidence = feature.cells[protocol]
    model = feature.models.get(protocol, MODELS[protocol])
    if word == REFUSED:
        with pytest.raises(ClientFault) as refusal:
            encoded(feature.request(), protocol, model)
        assert refusal.value.status == 400
        assert evidence in refusal.value.message
        return
    body = encoded(feature.request(), protocol, model)
    if word == LEFT_OUT:
        assert evidence in json.dumps(feature.request())
        assert evidence not in json.dumps(body)
    else:
        assert contains(body, evidence), json.dumps(body, indent=1)


@pytest.mark.parametrize("protocol", COLUMNS)
def test_tool_names_go_out_in_a_form_that_the_target_takes(protocol: str) -> None:
    name = "mcp__company-internal-knowledge-base__search_documents_by_semantic_similarity"
    entry = {"name": "p", "api_base_url": "https://p/v1", "api_key": "k", "models": ["m"], "protocol": protocol}
    config = evaluate(parse(json.dumps({"Providers": [entry]}), "config.json"), Path("config.json"), {})
    to = Gateway.of(config, "i", 0.0).destination("p", "m")
    asked = {"model": "m", "max_tokens": 9, "tools": [{"name": name, "input_schema": {}}], "messages": [USER]}
    notes: list[str] = []
    sent = json.dumps(to.encode(asked, to.context(asked, notes)).body)
    is_carried = ANSWER_ROWS["tool name that only Anthropic takes"][protocol] == CARRIED
    assert (f'"{name}"' in sent) == is_carried
    assert (f'"{fitting(name)}"' in sent) == (not is_carried)
    assert bool(notes) == (not is_carried)


@pytest.mark.parametrize("protocol", OWN_THINKING)
def test_thinking_goes_back_to_the_provider_that_made_it(protocol: str) -> None:
    payload, evidence = OWN_THINKING[protocol]
    body = {"model": "m", "max_tokens": 9, **thought(wrap(f"{protocol}:here", payload))}
    assert contains(encoded(body, protocol, MODELS[protocol]), evidence)


def test_anthropics_own_signed_thinking_stays() -> None:
    body = {"model": "m", "max_tokens": 9, **thought("EqQBCgIYAg")}
    assert contains(encoded(body, "anthropic", "claude-opus-4-8"), {**THINKING, "signature": "EqQBCgIYAg"})


@pytest.mark.parametrize("protocol", COLUMNS)
def test_what_comes_back(protocol: str) -> None:
    writer = MessageFolder()
    stream = MessageStream(writer, message_id="msg_1", model="m", estimated_input=1)
    PROTOCOLS[protocol].decode_whole(ANSWERS[protocol], stream, f"{protocol}:here")
    assert stream.failure is None
    assert contains(writer.message["content"], {"type": "thinking", "thinking": "hm"})
    assert contains(writer.message["content"], {"type": "text", "text": "Yes"})
    assert contains(writer.message["usage"], {"input_tokens": 70, "cache_read_input_tokens": 30, "output_tokens": 20})


async def counting_provider() -> TestServer:
    """A provider that says 4711 tokens to a count of any protocol; anything else is not found."""

    async def count(_request: web.Request) -> web.Response:
        return web.json_response({"input_tokens": 4711})

    async def count_for_gemini(_request: web.Request) -> web.Response:
        return web.json_response({"totalTokens": 4711})

    app = web.Application()
    app.router.add_post("/v1/messages/count_tokens", count)
    app.router.add_post("/v1/responses/input_tokens", count)
    app.router.add_post("/v1/models/m:countTokens", count_for_gemini)
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.mark.parametrize("protocol", COLUMNS)
async def test_count_tokens_is_asked_of_providers_that_count_and_estimated_elsewhere(protocol: str) -> None:
    async with await counting_provider() as provider:
        url = str(provider.make_url("/v1"))
        entry = {"name": "p", "api_base_url": url, "api_key": "k", "models": ["m"], "protocol": protocol}
        config = {"APIKEY": "key", "Providers": [entry], "Router": {"default": "p,m"}}
        loaded = evaluate(parse(json.dumps(config), "config.json"), Path("config.json"), {})
        app = create_app(loaded, instance_id="i", started_at=0.0)
        async with TestClient(TestServer(app)) as client:
            body = {"model": "claude-x", "messages": [USER]}
            answer = await client.post("/v1/messages/count_tokens", json=body, headers={"x-api-key": "key"})
            assert answer.status == 200
            tokens = (await answer.json())["input_tokens"]
    word = ANSWER_ROWS["`count_tokens`"][protocol]
    assert (tokens == 4711) == (word == CARRIED)
    assert tokens > 0


def test_the_table_says_what_was_tried_here() -> None:
    tried = {feature.feature: {name: word for name, (word, _) in feature.cells.items()} for feature in REQUESTS}
    tried |= ANSWER_ROWS
    # A cell may add a few words after its first one: "carried, first 4".
    written = {
        feature: {name: cell.partition(",")[0] for name, cell in line.items()} for feature, line in documented().items()
    }
    assert written == tried
