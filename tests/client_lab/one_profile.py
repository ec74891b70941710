"""Run the scenarios against one upstream, in this process: the lab keeps its state in modules.

python -m tests.client_lab.one_profile LAB PROFILE [arguments of run_scenarios.py]
"""

from __future__ import annotations

import importlib
import json
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.client_lab.lab import extended

PROFILES = Path(__file__).parent / "profiles"


def run(lab: str, profile: str, arguments: list[str]) -> int:
    """Run the scenarios of a profile; the exit code is theirs."""
    sys.path.insert(0, lab)
    mockllm: Any = importlib.import_module("mockllm")
    run_scenarios: Any = importlib.import_module("run_scenarios")
    with tempfile.TemporaryDirectory() as folder:
        rendered = Path(folder) / "profile.json"
        settings = _with_port(json.loads(_file_of(profile).read_text(encoding="utf-8")))
        rendered.write_text(json.dumps(settings), encoding="utf-8")
        mockllm.Lab = extended(mockllm)
        sys.argv = ["run_scenarios.py", "--profile", str(rendered), *arguments]
        return int(run_scenarios.main() or 0)


def _file_of(profile: str) -> Path:
    own = PROFILES / f"{profile}.json"
    return own if own.exists() else Path(profile)


def _with_port(settings: dict[str, Any]) -> dict[str, Any]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return {"port": listener.getsockname()[1], **settings}


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2], sys.argv[3:]))
