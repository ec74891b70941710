"""The live check of a provider: what proves a key, and what does not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from zcf.presets import Preset, PresetModel, find_preset, load_presets
from zcf.wizard.models import Served, served_models

LIST = {"data": [{"id": "picture-maker"}, {"id": "big"}]}


class Provider(BaseHTTPRequestHandler):
    """Shows its list to everybody, as OpenRouter does, and answers only who has the key."""

    asked: list[dict[str, Any]]

    def do_GET(self) -> None:
        self._answer(200, LIST)

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        if self.headers["authorization"] == "Bearer good":
            self._answer(200, {"choices": [{"message": {"content": "Hi"}}]})
        else:
            self._answer(401, {"error": {"message": "Incorrect API key"}})

    def _answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""


@pytest.fixture
def asked() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def base(asked: list[dict[str, Any]]) -> Iterator[str]:
    handler = type("Handler", (Provider,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def preset(*models: str) -> Preset:
    known = tuple(PresetModel(model, None, None) for model in models)
    return replace(find_preset(load_presets(), "openrouter"), models=known)


def check(base: str, key: str, *models: str) -> Served:
    return served_models(preset(*models), f"{base}/models", key, f"{base}/chat/completions")


def test_a_list_that_everybody_may_see_proves_no_key(base: str) -> None:
    served = check(base, "wrong", "big")
    assert (served.refused, served.problem, served.asked) == (True, "big: HTTP 401: Incorrect API key", "")


def test_a_good_key_is_one_that_a_model_answered(base: str, asked: list[dict[str, Any]]) -> None:
    assert check(base, "good", "gone", "big") == Served(("picture-maker", "big"), asked="big")
    assert [(request["model"], request["max_tokens"]) for request in asked] == [("big", 16)]


def test_without_a_model_known_to_chat_nothing_is_asked_and_nothing_proven(
    base: str, asked: list[dict[str, Any]]
) -> None:
    assert check(base, "wrong") == Served(("picture-maker", "big"))
    assert asked == []


def test_nobody_there_is_told() -> None:
    served = check("http://127.0.0.1:9/v1", "good", "big")
    assert (served.refused, served.asked) == (False, "")
    assert served.problem
