"""Model servers on this machine, asked for real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from zcf.facts import FoundServer
from zcf.look.local_servers import KNOWN_SERVERS, found_servers

OLLAMA, LMSTUDIO, LLAMACPP, VLLM = KNOWN_SERVERS


def test_each_kind_lists_its_models(serve_json: Callable[[dict[str, Any]], str]) -> None:
    openai = {"/v1/models": {"data": [{"id": "text-embedding-nomic"}, {"id": "qwen3-8b"}]}}
    vllm = {"/v1/models": {"data": [{"id": "Qwen/Qwen3.8-27B", "owned_by": "vllm"}]}}
    ollama = {"/api/tags": {"models": [{"name": "gpt-oss:20b"}]}}
    urls = [serve_json(answers) for answers in (ollama, openai, openai, vllm)]
    candidates = [replace(server, base_url=url) for server, url in zip(KNOWN_SERVERS, urls, strict=True)]
    assert found_servers(candidates) == (
        FoundServer("ollama", urls[0], ("gpt-oss:20b",)),
        FoundServer("lmstudio", urls[1], ("qwen3-8b",)),
        FoundServer("llamacpp", urls[2], ("qwen3-8b",)),
        FoundServer("vllm", urls[3], ("Qwen/Qwen3.8-27B",)),
    )


@pytest.mark.parametrize(
    "answers",
    [{}, {"/v1/models": "<html>"}, {"/v1/models": []}, {"/v1/models": {"data": []}}, {"/v1/models": {"data": [1]}}],
)
def test_somebody_else_on_that_port_is_no_model_server(
    serve_json: Callable[[dict[str, Any]], str], answers: dict[str, Any]
) -> None:
    assert found_servers([replace(LLAMACPP, base_url=serve_json(answers))]) == ()


@pytest.mark.parametrize("model", [{"id": "m"}, {"id": "m", "owned_by": "somebody"}])
def test_only_vllm_itself_is_taken_for_vllm(serve_json: Callable[[dict[str, Any]], str], model: dict[str, Any]) -> None:
    assert found_servers([replace(VLLM, base_url=serve_json({"/v1/models": {"data": [model]}}))]) == ()


def test_nobody_there(port: int) -> None:
    assert found_servers([replace(LMSTUDIO, base_url=f"http://127.0.0.1:{port}")]) == ()
    assert found_servers(()) == ()
