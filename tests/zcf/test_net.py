"""Requests of the wizard to providers: whose proxy they take, and where a key never goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from zcf.net import NoAnswer, get


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[int]:
    """A server whose GETs are given to `answer`; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: Any) -> None:
            """Keep the test output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running.server_port
        running.shutdown()
        thread.join()


def test_a_redirect_is_not_followed_because_the_headers_hold_a_key() -> None:
    reached: list[str] = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        reached.append(str(handler.headers["x-api-key"]))
        handler.send_response(200)
        handler.end_headers()

    with server(elsewhere) as other:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("location", f"http://localhost:{other}/")
            handler.send_header("content-length", "0")
            handler.end_headers()

        with server(redirect) as port:
            answer = get(f"http://127.0.0.1:{port}/v1/models", {"x-api-key": "secret"}, timeout=5)
    assert (answer.status, reached) == (302, [])


def test_a_proxy_of_a_kind_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(NoAnswer, match="only http:// and https:// proxies"):
        get("https://provider.invalid/v1/models", {}, timeout=5)
