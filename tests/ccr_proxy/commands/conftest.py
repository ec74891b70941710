"""A home of its own, and the `ccr` command as people call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

SOURCE_ROOT = Path(__file__).parents[3]
DEMO = {"name": "demo", "protocol": "demo", "models": ["demo"]}


@dataclass
class Ccr:
    """Runs `ccr` in a home folder of its own."""

    home: Path
    port: int

    @property
    def config_path(self) -> Path:
        return self.home / ".claude-code-router" / "config.json"

    def write_config(self, **values: Any) -> None:
        """A configuration with the demo provider, changed by `values`; None leaves a key out."""
        content = {
            "PORT": self.port,
            "APIKEY": "sk-secret-key",
            "Providers": [DEMO],
            "Router": {"default": "demo,demo"},
            **values,
        }
        self.config_path.parent.mkdir(exist_ok=True)
        text = json.dumps({key: value for key, value in content.items() if value is not None})
        self.config_path.write_text(text, encoding="utf-8")

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ccr_proxy", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.home,
            env={**self.environment, **environment},
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the command runs."""
        own = {"HOME": str(self.home), "USERPROFILE": str(self.home), "PYTHONPATH": str(SOURCE_ROOT)}
        foreign = ("NO_PROXY", "CLAUDE_CONFIG_DIR", "XDG_CACHE_HOME", "COLUMNS")
        return {**{name: value for name, value in os.environ.items() if name not in foreign}, **own}

    def json(self, *arguments: str) -> Any:
        """The JSON that a verb prints."""
        return json.loads(self(*arguments, "--json").stdout)


@pytest.fixture
def ccr(tmp_path: Path) -> Iterator[Ccr]:
    command = Ccr(tmp_path, free_port())
    yield command
    if command.config_path.exists():
        command.write_config()
        stopped = command("stop", "--force")
        assert stopped.returncode == 0, stopped.stderr
