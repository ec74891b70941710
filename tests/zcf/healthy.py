"""A machine on which `zcf doctor` finds nothing, to be broken in one place by each test.

The gateway is a small server in this process that answers what the doctor asks: its health, its models, its providers.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ccr_proxy.errors import ServiceFault
from ccr_proxy.version import __version__
from tests.zcf.conftest import World
from zcf.commands.doctor import Checkup, check
from zcf.gateway import Running

KEY = "sk-zcf-the-key-of-this-gateway-0123456789"
API_KEY = "sk-ant-api-key-that-somebody-has-0123456789"


@dataclass
class LittleGateway:
    """Answers on `port`; `version` is what it says of itself, `checks` what its providers say,
    None for a gateway that fails at asking them."""

    port: int
    version: str = __version__
    checks: list[dict[str, Any]] | None = field(default_factory=list)
    key: str = KEY
    fault: ServiceFault | None = None
    log: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def running(self) -> Running | None:
        return Running(os.getpid(), "127.0.0.1", self.port, Path()) if self._server else None

    def running_on(self, host: str, port: int, config_path: Path) -> Running | None:
        return Running(os.getpid(), host, port, config_path) if self._server and port == self.port else None

    def start(self, config_path: Path) -> Running:
        self.log.append("start")
        if self.fault is not None:
            raise self.fault
        handler = type("Handler", (_Handler,), {"gateway": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return Running(os.getpid(), "127.0.0.1", self.port, config_path)

    def restart(self, config_path: Path) -> Running:
        self.log.append("restart")
        self.version = __version__
        return Running(os.getpid(), "127.0.0.1", self.port, config_path)

    def stop(self, config_path: Path) -> int | None:
        self.log.append("stop")
        self.close()
        return os.getpid()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Handler(BaseHTTPRequestHandler):
    gateway: LittleGateway

    def do_GET(self) -> None:
        if self.path == "/health":
            health = {"instance": "i", "version": self.gateway.version, "pid": os.getpid(), "uptime": 1.0}
            self._answer(200, health)
        elif self.headers["authorization"] == f"Bearer {self.gateway.key}":
            self._answer(200, {"data": []})
        else:
            self._answer(401, {"error": {"type": "authentication_error", "message": "wrong key"}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        if self.gateway.checks is None:
            self._answer(500, {"error": {"type": "api_error", "message": "a defect"}})
        else:
            self._answer(200, {"checks": self.gateway.checks})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""


@dataclass
class Room:
    """The machine: a configured gateway that answers, and Claude Code pointed to it."""

    world: World
    port: int
    gateway: LittleGateway

    @property
    def programs(self) -> Path:
        return Path(self.world.surroundings.environ["PATH"].split(os.pathsep)[0])

    def set_config(self, **more: Any) -> None:
        provider = {"name": "demo", "protocol": "demo", "models": ["demo"]}
        config = {"PORT": self.port, "APIKEY": KEY, "Providers": [provider], "Router": {"default": "demo,demo"}, **more}
        self.world.write(self.world.config, json.dumps(config), 0o600)

    def set_env(self, **env: str | None) -> None:
        """The healthy connection with changes; None leaves a variable out."""
        usual = {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{self.port}", "ANTHROPIC_AUTH_TOKEN": KEY}
        self.set_settings(env={name: value for name, value in (usual | env).items() if value is not None})

    def set_settings(self, **settings: Any) -> None:
        self.world.write(self.world.settings, json.dumps(settings), 0o600)

    def set_state(self, **state: Any) -> None:
        self.world.write(self.world.state, json.dumps({"hasCompletedOnboarding": True, **state}), 0o600)

    def set_shell(self, **environ: str) -> None:
        self.world = self.world.with_environment(**environ)

    def set_program(self, name: str, text: str) -> None:
        self.world.write(self.programs / name, f"#!{sys.executable}\n{text}\n", 0o755)

    def set_npm_package(self, name: str, version: str) -> None:
        """A package where npm with this prefix puts it: beside the folder of programs."""
        package = self.programs.parent / "lib" / "node_modules" / name
        self.world.write(package / "package.json", json.dumps({"version": version}))
        self.world.write(package / "cli.js", "#!/usr/bin/env node\n", 0o755)

    def look(self, *, offline: bool = True) -> Checkup:
        return check(self.world.surroundings, offline=offline)

    def codes(self, *, offline: bool = True) -> list[str]:
        return [finding.code for finding in self.look(offline=offline).diagnosis.findings]


def healthy_room(world: World, port: int) -> Room:
    """Everything as it should be, the gateway running."""
    gateway = LittleGateway(port)
    world.surroundings = replace(world.surroundings, gateway=gateway)
    room = Room(world, port, gateway)
    room.set_config()
    room.set_env()
    room.set_state()
    room.set_program("claude", "print('2.1.197 (Claude Code)')")
    room.set_program("ccr", "from ccr_proxy.__main__ import main")
    gateway.start(world.config)
    gateway.log.clear()
    return room
