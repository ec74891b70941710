"""Who has a port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from zcf.look.port import Holder, PortState, look_at_port, next_free_port

LISTEN = """
import socket, sys, time
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def npm_ccr_port(tmp_path: Path) -> Iterator[int]:
    """A port held by a program that stands where npm puts Claude Code Router."""
    script = tmp_path / "node_modules" / "@musistudio" / "claude-code-router" / "cli.py"
    script.parent.mkdir(parents=True)
    script.write_text(LISTEN)
    with subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        yield int(process.stdout.readline())
        process.stdin.close()


def test_a_free_port(port: int) -> None:
    assert look_at_port("127.0.0.1", port) == PortState(port, Holder.NOBODY)


def test_a_port_of_somebody_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        state = look_at_port("127.0.0.1", port)
        assert state.holder is Holder.SOMEBODY
        assert f"pid {os.getpid()}" in state.name
        free = next_free_port("127.0.0.1", port - 1)
        assert free is not None
        assert free > port


def test_a_port_of_npms_ccr_is_recognised(npm_ccr_port: int) -> None:
    assert look_at_port("127.0.0.1", npm_ccr_port).holder is Holder.NPM_CCR
