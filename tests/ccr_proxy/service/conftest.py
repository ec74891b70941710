"""A home of its own for every test, and real gateway processes in it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest

from ccr_proxy.config import paths
from tests.ports import free_port

STAND_IN = Path(__file__).with_name("stand_in_gateway.py")
SOURCE_ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 20.0


def wait_for(what: str, condition: Callable[[], Any]) -> Any:
    """The first true value of `condition`; fails the test when there is none in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return pytest.fail(f"waited {PATIENCE_SECONDS:g} s in vain for: {what}")


class Waiter(Protocol):
    """The type of the fixture `wait`."""

    def __call__(self, what: str, condition: Callable[[], Any]) -> Any: ...


@pytest.fixture
def wait() -> Waiter:
    return wait_for


@dataclass
class Home:
    """A home folder with a configuration, and the processes started in it."""

    folder: Path
    port: int
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    connections: list[http.client.HTTPConnection] = field(default_factory=list)

    @property
    def config_path(self) -> Path:
        return paths.config_path()

    def write_config(self, **values: Any) -> Path:
        """Write config.json with a key and this home's port, changed by `values`; None leaves a key out."""
        content = {"HOST": "127.0.0.1", "PORT": self.port, "APIKEY": "sk-secret-key", "Providers": [], **values}
        self.config_path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({key: value for key, value in content.items() if value is not None})
        self.config_path.write_text(text, encoding="utf-8")
        return self.config_path

    def serve(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """A stand-in gateway in the foreground; its output is read from `.stderr`."""
        process = subprocess.Popen(
            [*stand_in_command(self.config_path, None, None), *arguments],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self.started.append(process)
        return process

    def serve_until_listening(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """As `serve`, returning once it has said that it listens."""
        process = self.serve(*arguments, **environment)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("ccr_proxy ") and " listening on " in line:
                return process
        return pytest.fail("the stand-in gateway ended before it listened")

    def slow_answer(self, release: Path) -> http.client.HTTPResponse:
        """An answer that has begun and ends when `release` exists."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        self.connections.append(connection)
        connection.request("GET", f"/slow?release={release}", headers={"Connection": "keep-alive"})
        response = connection.getresponse()
        assert response.readline() == b"begun\n"
        return response

    def end_everything(self) -> None:
        """Close and kill what the test left."""
        for connection in self.connections:
            connection.close()
        for process in self.started:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
        for left_behind in psutil.process_iter(["cmdline"]):
            if str(self.folder) in " ".join(left_behind.info["cmdline"] or ()):
                left_behind.kill()


def stand_in_command(config_path: Path, host: str | None, port: int | None) -> list[str]:
    """The command line of a stand-in gateway, in place of `ccr serve`."""
    command = [sys.executable, str(STAND_IN), "--config", str(config_path)]
    if host is not None:
        command += ["--host", host]
    return command if port is None else [*command, "--port", str(port)]


@pytest.fixture
def stand_in() -> Callable[[Path, str | None, int | None], list[str]]:
    return stand_in_command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(SOURCE_ROOT))
    place = Home(tmp_path, free_port())
    yield place
    place.end_everything()


@pytest.fixture
def other_program() -> Iterator[subprocess.Popen[bytes]]:
    """A program that has nothing to do with the gateway and must survive whatever is done to it."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()
