"""The proof by real requests, and what is said when the answer is not an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from zcf import verify
from zcf.verify import check_routes

MESSAGE = b'{"type": "message", "usage": {"input_tokens": 3, "output_tokens": 1}}'
ERROR = b'{"type": "error", "error": {"type": "billing_error", "message": "no credit\\nsecond line"}}'


@pytest.fixture
def gateway_that_says() -> Iterator[Callable[[int, bytes], str]]:
    """Start a server that answers every POST with this status and body; returns its base URL."""
    servers: list[ThreadingHTTPServer] = []

    def start(status: int, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, MESSAGE, None),
        (402, ERROR, "HTTP 402: no credit"),
        (502, b"<html>\nbad gateway</html>", "HTTP 502: <html>"),
        (200, b"<html>", "HTTP 200: <html>"),
        (200, b"[]", "HTTP 200: empty answer"),
        (200, b"", "HTTP 200: empty answer"),
        (200, b"\xff\xfe garbage", "HTTP 200: "),
    ],
)
def test_what_counts_as_an_answer(
    gateway_that_says: Callable[[int, bytes], str], status: int, body: bytes, error: str | None
) -> None:
    (check,) = check_routes({"default": "a,m"}, gateway_that_says(status, body), "k", clock=iter([1.0, 1.25]).__next__)
    assert check.milliseconds == 250
    if error is None:
        assert (check.error, check.input_tokens, check.output_tokens) == (None, 3, 1)
    else:
        assert check.error is not None
        assert check.error.startswith(error)
        assert "\n" not in check.error


def test_each_model_is_asked_once(gateway_that_says: Callable[[int, bytes], str]) -> None:
    routes = {"default": "a,m", "background": "b,n", "think": "a,m"}
    checks = list(check_routes(routes, gateway_that_says(200, MESSAGE), "k"))
    assert [(check.routes, check.target) for check in checks] == [
        (("default", "think"), "a,m"),
        (("background",), "b,n"),
    ]


def test_nobody_there_and_somebody_who_hangs(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (refused,) = check_routes({"default": "a,m"}, f"http://127.0.0.1:{port}", "k")
    assert refused.error
    monkeypatch.setattr(verify, "ANSWER_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (hung,) = check_routes({"default": "a,m"}, f"http://127.0.0.1:{silent.getsockname()[1]}", "k")
    assert hung.error == "no answer within 0.05 s"
