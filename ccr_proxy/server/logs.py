"""The gateway's log: readable lines on standard error, written by a thread of its own.

A slow disk must not stall the answers that stream meanwhile, so requests only put their lines into a queue.
"""

from __future__ import annotations

import logging
import queue
import sys
import time
from collections.abc import Callable
from logging.handlers import QueueHandler, QueueListener

from ccr_proxy.config.paths import log_path
from ccr_proxy.config.schema import Config
from ccr_proxy.server.log_file import BoundedLog

# Claude Code Router's names (those of pino) and Python's.
_LEVELS = {
    "fatal": logging.CRITICAL,
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": logging.DEBUG,
}


def start_logging(config: Config) -> Callable[[], None]:
    """Begin to write what `ccr_proxy` logs; returns the function that writes out the rest and ends it.

    `LOG: false` leaves warnings and errors.
    """
    level = _LEVELS.get(config.log_level.lower(), logging.INFO)
    handler = logging.StreamHandler(BoundedLog(log_path(), sys.stderr))
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    sender = QueueHandler(lines)
    listener = QueueListener(lines, handler)
    logger = logging.getLogger("ccr_proxy")
    logger.setLevel(level if config.log else max(level, logging.WARNING))
    logger.addHandler(sender)
    logger.propagate = False
    listener.start()

    def stop() -> None:
        logger.removeHandler(sender)
        logger.propagate = True
        listener.stop()

    return stop
