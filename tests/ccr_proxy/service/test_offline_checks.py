"""Providers asked without a gateway, against local servers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.errors import ConfigFault, ServiceFault
from ccr_proxy.service.offline_checks import check_offline


class _Provider(BaseHTTPRequestHandler):
    """A list of models for the key "good", a refusal for any other."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer()

    def _answer(self) -> None:
        is_good = self.headers["authorization"] == "Bearer good"
        body: dict[str, Any] = (
            {"object": "list", "data": [{"id": "m"}]} if is_good else {"error": {"message": "bad key"}}
        )
        data = json.dumps(body).encode()
        self.send_response(200 if is_good else 401)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""


@pytest.fixture
def provider_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    server.shutdown()
    server.server_close()


def write(path: Path, *providers: tuple[str, str, str]) -> Path:
    entries = [{"name": name, "api_base_url": url, "api_key": key, "models": ["m"]} for name, url, key in providers]
    routes = dict(zip(("default", "think", "background"), (f"{name},m" for name, _, _ in providers), strict=False))
    path.write_text(json.dumps({"Providers": entries, "Router": routes}))
    return path


def test_every_routed_provider_is_asked(provider_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/v1/chat/completions"
    providers = (("well", provider_url, "good"), ("refused", provider_url, "bad"), ("dead", dead, "good"))
    checks = check_offline(write(tmp_path / "config.json", *providers), 20)
    assert {each["provider"]: (each["outcome"], each["status"]) for each in checks} == {
        "well": ("ok", 200),
        "refused": ("failed", 401),
        "dead": ("failed", 0),
    }


def test_a_provider_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1/chat/completions"
        with pytest.raises(ServiceFault, match=r"within 0\.2 s"):
            check_offline(write(tmp_path / "config.json", ("silent", url, "good")), 0.2)


def test_without_a_configuration_there_is_nobody_to_ask(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="no such file"):
        check_offline(tmp_path / "config.json", 1)
