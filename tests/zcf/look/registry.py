"""A registry of packages on this machine, for PyPI's and npm's questions."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Registry(ThreadingHTTPServer):
    """`answers`: path to status and JSON body (or text); whatever is not there is a 404."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, tuple[int, Any]] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def has_zcf(self, *versions: str, yanked: str = "") -> None:
        files = [{"filename": f"zcf-{v}-py3-none-any.whl", "yanked": v == yanked} for v in versions]
        self.answers["/simple/zcf/"] = (200, {"versions": list(versions), "files": files})

    def has_npm(self, name: str, version: str) -> None:
        self.answers[f"/{name.replace('/', '%2f')}/latest"] = (200, {"name": name, "version": version})

    def environment(self) -> dict[str, str]:
        """What makes pip and npm, and therefore zcf, ask this registry."""
        return {"PIP_INDEX_URL": f"{self.url}/simple", "npm_config_registry": f"{self.url}/"}


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        status, body = self.server.answers.get(self.path, (404, {"error": "Not found"}))
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""


@contextmanager
def running_registry() -> Iterator[Registry]:
    """A registry until the end of the block."""
    with Registry() as registry:
        thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield registry
        finally:
            registry.shutdown()
            thread.join()
