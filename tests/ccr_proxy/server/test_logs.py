"""The log holds readable lines of the levels that the configuration asks for, complete when it ends."""

from __future__ import annotations

import logging
import re

import pytest

from ccr_proxy.config.schema import Config
from ccr_proxy.server.logs import start_logging


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, ["info", "warning"]),
        ({"LOG_LEVEL": "debug"}, ["debug", "info", "warning"]),
        ({"LOG_LEVEL": "error"}, []),
        ({"LOG": False, "LOG_LEVEL": "debug"}, ["warning"]),
        ({"LOG_LEVEL": "nonsense"}, ["info", "warning"]),
    ],
)
def test_levels(settings: dict[str, object], kept: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    stop = start_logging(Config.model_validate(settings))
    logger = logging.getLogger("ccr_proxy.requests")
    logger.debug("debug")
    logger.info("info")
    logger.warning("warning")
    stop()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[-1] for line in lines] == kept
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ +\w+$", line) for line in lines)
