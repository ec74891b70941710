"""Which program listens on a port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil

from ccr_proxy.service.addresses import reachable_host

UNKNOWN_PROGRAM = "another program"


@dataclass(frozen=True, slots=True)
class PortOwner:
    """The listener on a port; `pid` is None and `name` "another program" where the system does not tell."""

    pid: int | None
    name: str
    command_line: str

    def __str__(self) -> str:
        return self._program() if self.pid is None else f"{self._program()} (pid {self.pid})"

    def _program(self) -> str:
        """Interpreters call themselves "node" and "python"; only what they run says what it is."""
        if " -m ccr_proxy " in self.command_line:
            return "ccr_proxy"
        return "the Node version of Claude Code Router" if self.is_node_router else self.name

    @property
    def is_node_router(self) -> bool:
        """Whether it is npm's Claude Code Router, started by its own path or by the link `ccr` that npm makes."""
        if "@musistudio/claude-code-router" in self.command_line:
            return True
        program, _, rest = self.command_line.partition(" ")
        return program.removesuffix(".exe").endswith("node") and "/ccr " in f"{rest} "


def port_owner(host: str, port: int) -> PortOwner | None:
    """Who listens on `host:port`; None when nobody is seen to. Never raises for lack of rights."""
    wanted = reachable_host(host)
    listeners = [entry for entry in _listeners() if entry[1] == port and _covers(entry[0], wanted)]
    if not listeners:
        return None
    pid = next((pid for _, _, pid in listeners if pid is not None), None)
    return PortOwner(None, UNKNOWN_PROGRAM, "") if pid is None else _describe(pid)


def _covers(listening: str, wanted: str) -> bool:
    if listening in ("0.0.0.0", "::", wanted):  # noqa: S104 - read, not bound
        return True
    return wanted == "localhost" and listening in ("127.0.0.1", "::1")


def _listeners() -> Iterator[tuple[str, int, int | None]]:
    try:
        yield from _listening_among(psutil.net_connections(kind="tcp"), None)
    except psutil.AccessDenied:
        # macOS shows the whole table to root only, but everybody may look at their own processes.
        yield from _listeners_of_own_processes()


def _listeners_of_own_processes() -> Iterator[tuple[str, int, int | None]]:
    for process in psutil.process_iter():
        try:
            connections = process.net_connections(kind="tcp")
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        yield from _listening_among(connections, process.pid)


def _listening_among(connections: list[Any], pid: int | None) -> Iterator[tuple[str, int, int | None]]:
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN:
            yield connection.laddr.ip, connection.laddr.port, pid or connection.pid


def _describe(pid: int) -> PortOwner:
    try:
        process = psutil.Process(pid)
        name = process.name()
    except psutil.Error:
        return PortOwner(pid, UNKNOWN_PROGRAM, "")
    try:
        command_line = " ".join(process.cmdline())
    except psutil.Error:
        command_line = ""
    return PortOwner(pid, name, command_line)
