"""`ccr serve`: the real gateway in the foreground."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from typing import Any


def test_it_answers_and_ends_with_zero(ccr: Any) -> None:
    ccr.write_config()
    gateway = subprocess.Popen(
        [sys.executable, "-m", "ccr_proxy", "serve", "--config", str(ccr.config_path)],
        env=ccr.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    with gateway:
        assert gateway.stderr is not None
        line = next(line for line in gateway.stderr if line.startswith("ccr_proxy "))
        assert f"listening on http://127.0.0.1:{ccr.port} (config {ccr.config_path})" in line
        with urllib.request.urlopen(f"http://127.0.0.1:{ccr.port}/health", timeout=5) as answer:
            health = json.load(answer)
        assert health["pid"] == gateway.pid
        assert ccr.json("status")["pid"] == gateway.pid
        gateway.send_signal(signal.SIGTERM)
        assert gateway.stderr.read() == "stopped\n"
    assert gateway.returncode == 0
