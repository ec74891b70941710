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


def test_the_node_router_is_called_by_its_name() -> None:
    owner = PortOwner(7, "node", "node /usr/lib/node_modules/@musistudio/claude-code-router/dist/cli.js start")
    assert str(owner) == "the Node version of Claude Code Router (pid 7)"
