"""Naming the program that holds a port."""

from __future__ import annotations

import os
import socket
from typing import Any

import psutil
import pytest

from ccr_proxy.service.port_owner import PortOwner, port_owner


@pytest.mark.parametrize(
    ("listening", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "localhost")]
)
def test_the_owner_is_named_with_its_command_line(listening: str, asked: str) -> None:
    with socket.create_server((listening, 0)) as listener:
        owner = port_owner(asked, listener.getsockname()[1])
    assert owner is not None
    assert owner.pid == os.getpid()
    assert owner.name == psutil.Process().name()
    assert owner.command_line == " ".join(psutil.Process().cmdline())
    assert str(owner) == f"{owner.name} (pid {os.getpid()})"


def test_a_free_port_has_no_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert port_owner("127.0.0.1", port) is None


def denied(*_: Any, **__: Any) -> Any:
    raise psutil.AccessDenied(1)


def test_where_the_whole_table_is_secret_ones_own_processes_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "net_connections", denied)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        owner = port_owner("127.0.0.1", listener.getsockname()[1])
    assert owner is not None
    assert owner.pid == os.getpid()


def test_a_listener_of_another_user_is_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        nameless = [entry._replace(pid=None) for entry in psutil.net_connections(kind="tcp")]
        monkeypatch.setattr(psutil, "net_connections", lambda kind: nameless)
        assert port_owner("127.0.0.1", port) == PortOwner(None, "another program", "")


def test_a_process_that_may_not_be_looked_at_is_another_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "name", denied)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        owner = port_owner("127.0.0.1", listener.getsockname()[1])
    assert owner == PortOwner(os.getpid(), "another program", "")


NODE_ROUTER = "the Node version of Claude Code Router"


@pytest.mark.parametrize(
    ("name", "command_line", "shown"),
    [
        ("node", "node /usr/lib/node_modules/@musistudio/claude-code-router/dist/cli.js start", NODE_ROUTER),
        ("node", "node /usr/local/bin/ccr start", NODE_ROUTER),
        ("MainThread", "/opt/node/bin/node /usr/local/bin/ccr start", NODE_ROUTER),
        ("node", "node server.js", "node"),
        ("python", "python -P -m ccr_proxy serve --config /home/u/.claude-code-router/config.json", "ccr_proxy"),
        ("ccr", "/venv/bin/python /venv/bin/ccr serve --config /home/u/.claude-code-router/config.json", "ccr"),
    ],
)
def test_a_program_in_an_interpreter_is_called_by_its_own_name(name: str, command_line: str, shown: str) -> None:
    owner = PortOwner(7, name, command_line)
    assert str(owner) == f"{shown} (pid 7)"
    assert owner.is_node_router is (shown == NODE_ROUTER)
