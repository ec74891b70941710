"""`zcf undo`: the files that were there come back byte for byte, the files that were not there are gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

# Written as people write them: own indentation, own order, line endings, comments where the program allows them.
# UPSTREAM stands for the address of a provider that answers.
HOMES: dict[str, dict[str, bytes]] = {
    "an empty home": {},
    "settings of a direct connection": {
        ".claude/settings.json": (
            b'{\n    "model": "opus",\n    "env": {"ANTHROPIC_BASE_URL": "https://example.invalid", '
            b'"ANTHROPIC_AUTH_TOKEN": "sk-mine", "FOO": "bar"},\n    "permissions": {"allow": []}}'
        ),
        ".claude.json": b'{"numStartups": 3, "projects": {"/x": {"history": []}}, "name": "\xc3\xa4"}\n',
    },
    "comments, a trailing comma, Windows line endings": {
        ".claude/settings.json": b'{\r\n\t// mine\r\n\t"theme": "dark",\r\n}\r\n',
    },
    "a CCR config": {
        ".claude-code-router/config.json": (
            b'{\n  // two lines of my own\n  "APIKEY": "old-key-0123456789",\n'
            b'  "Providers": [{"name": "mine", "api_base_url": "UPSTREAM/v1/chat/completions",\n'
            b'    "api_key": "sk-x", "models": ["m"]}],\n  "Router": {"default": "mine,m"},\n}\n'
        ),
    },
}


class OneWordProvider(BaseHTTPRequestHandler):
    """Answers every chat completion, streamed or not, with one word."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        if asked.get("stream"):
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for delta, reason in (({"role": "assistant", "content": "yes"}, None), ({}, "stop")):
                self._event(json.dumps({**self._head(), "choices": [self._choice("delta", delta, reason)]}))
            self._event("[DONE]")
        else:
            choice = self._choice("message", {"role": "assistant", "content": "yes"}, "stop")
            body = json.dumps({**self._head(), "choices": [choice]}).encode()
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""

    def _head(self) -> dict[str, Any]:
        usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
        return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}

    def _choice(self, key: str, content: dict[str, str], reason: str | None) -> dict[str, Any]:
        return {"index": 0, key: content, "finish_reason": reason}

    def _event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """The address of a provider that answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OneWordProvider) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("files", HOMES.values(), ids=HOMES.keys())
def test_undo_gives_back_every_byte(make_home: Any, upstream: str, files: dict[str, bytes]) -> None:
    home = make_home()
    before = {name: content.replace(b"UPSTREAM", upstream.encode()) for name, content in files.items()}
    for name, content in before.items():
        path = home.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    done = home.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    assert home.configuration() != before

    undone = home.zcf("undo")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert home.configuration() == before
