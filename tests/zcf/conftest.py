"""A throw-away world for the wizard: an own home, and a gateway that is a real local server without being ours."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.load import load
from ccr_proxy.errors import ServiceFault
from tests.ports import free_port
from zcf.__main__ import main
from zcf.gateway import Running
from zcf.surroundings import Surroundings

NOW = datetime(2026, 11, 23, 7, 17, 39, 288_000, tzinfo=UTC)
FRESH_KEY = "sk-zcf-a-random-key-of-this-test"


class MessagesHandler(BaseHTTPRequestHandler):
    """Answers /v1/messages like a gateway: 401 for a wrong key, a provider's refusal for providers in `broken`."""

    key = ""
    broken: frozenset[str] = frozenset()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        provider = asked["model"].partition(",")[0]
        if self.headers["authorization"] != f"Bearer {self.key}":
            self._answer(401, {"type": "error", "error": {"type": "authentication_error", "message": "wrong key"}})
        elif provider in self.broken:
            self._answer(403, {"type": "error", "error": {"type": "permission_error", "message": "Incorrect API key"}})
        else:
            usage = {"input_tokens": 7, "output_tokens": 2}
            self._answer(200, {"type": "message", "model": asked["model"], "content": [], "usage": usage})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""


@dataclass
class StandInGateway:
    """Serves on the configured port in a thread. `fault` is raised by the next start; `log` lists what was asked."""

    broken: frozenset[str] = frozenset()
    fault: BaseException | None = None
    log: list[str] = field(default_factory=list)
    recorded: bool = True
    _server: ThreadingHTTPServer | None = None
    _running: Running | None = None

    def running(self) -> Running | None:
        return self._running if self.recorded else None

    def running_on(self, host: str, port: int, config_path: Path) -> Running | None:
        return self._running if self._running and self._running.port == port else None

    def start(self, config_path: Path) -> Running:
        self.log.append("start")
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        config = load(config_path, os.environ).config
        handler = type("Handler", (MessagesHandler,), {"key": config.api_key, "broken": self.broken})
        try:
            self._server = ThreadingHTTPServer((config.host, config.port), handler)
        except OSError as error:
            raise ServiceFault(f"port {config.port} cannot be had") from error
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self._running = Running(os.getpid(), config.host, config.port, config_path)
        return self._running

    def restart(self, config_path: Path) -> Running:
        self.log.append("restart")
        self.close()
        return self.start(config_path)

    def stop(self, config_path: Path) -> int | None:
        self.log.append("stop")
        pid = self._running.pid if self._running else None
        self.close()
        return pid

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._server = self._running = None


@dataclass
class World:
    """A home folder with the wizard's surroundings in it."""

    home: Path
    gateway: StandInGateway
    surroundings: Surroundings

    @property
    def config(self) -> Path:
        return self.surroundings.config_path

    @property
    def settings(self) -> Path:
        return self.home / ".claude" / "settings.json"

    @property
    def state(self) -> Path:
        return self.home / ".claude.json"

    def with_environment(self, **environ: str) -> World:
        """The same world with these variables set."""
        changed = {**self.surroundings.environ, **environ}
        return World(self.home, self.gateway, replace(self.surroundings, environ=changed))

    def write(self, path: Path, content: str | bytes, mode: int = 0o644) -> bytes:
        """Put a file there, and say which bytes it holds."""
        data = content.encode() if isinstance(content, str) else content
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
        return data

    def everything(self) -> dict[str, bytes | str]:
        """All files below the home by path: content, or the target of a link. The lock file does not count."""
        found: dict[str, bytes | str] = {}
        for path in sorted(self.home.rglob("*")):
            name = path.relative_to(self.home).as_posix()
            if path.is_symlink():
                found[name] = f"-> {os.readlink(path)}"
            elif path.is_file() and path.name != "lock":
                found[name] = path.read_bytes()
        return found


@pytest.fixture
def gateway() -> Iterator[StandInGateway]:
    stand_in = StandInGateway()
    yield stand_in
    stand_in.close()


@pytest.fixture
def world(tmp_path: Path, gateway: StandInGateway, monkeypatch: pytest.MonkeyPatch) -> World:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    surroundings = Surroundings(
        environ={"PATH": str(tmp_path / "no-programs")},
        home=home,
        config_path=home / ".claude-code-router" / "config.json",
        state=home / "zcf-state",
        gateway=gateway,
        local_servers=(),
        now=lambda: NOW,
        new_key=lambda: FRESH_KEY,
    )
    return World(home, gateway, surroundings)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serve_json() -> Iterator[Callable[[dict[str, Any]], str]]:
    """Start a server that answers GET by path with JSON (a str is sent as it is); returns its base URL."""
    servers: list[ThreadingHTTPServer] = []

    def start(answers: dict[str, Any]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path in answers
                answer = answers.get(self.path, "")
                data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                self.send_response(200 if known else 404)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

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


@pytest.fixture
def zcf_main(world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run one command line in the throw-away world; returns exit code, stdout, stderr."""
    monkeypatch.setattr("zcf.surroundings.real_surroundings", lambda: world.surroundings)
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
