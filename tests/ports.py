"""Ports for servers that a test starts in another process, where port 0 does not do.

They lie below those that systems hand out by themselves (Linux from 32768, macOS and Windows from 49152), so no
connection gets one between its choice and its use, and every process of a test run has a stretch of its own.
"""

from __future__ import annotations

import itertools
import os
import socket

_LOWEST, _HIGHEST = 12_000, 32_000
_tries = itertools.count(os.getpid() * 97)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; never the same twice in a row. Raises OSError when all are taken."""
    for _ in range(_HIGHEST - _LOWEST):
        port = _LOWEST + next(_tries) % (_HIGHEST - _LOWEST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise OSError(f"no free port between {_LOWEST} and {_HIGHEST}")
