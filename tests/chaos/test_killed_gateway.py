"""A gateway that is killed while it answers: its ledger stays whole, and lacks at most the last second."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from aiohttp import ClientError, ClientSession

from ccr_proxy.usage.database import reading
from ccr_proxy.usage.ledger import USUAL_PACE
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
KEY = "sk-secret-key"
BODY = {"model": "claude-opus-4-8", "max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}]}


def home_with_demo(home: Path, port: int) -> None:
    folder = home / ".claude-code-router"
    folder.mkdir()
    providers = [{"name": "demo", "protocol": "demo", "models": ["demo"]}]
    config = {"PORT": port, "APIKEY": KEY, "Providers": providers, "Router": {"default": "demo,demo"}, "LOG": False}
    (folder / "config.json").write_text(json.dumps(config))


async def answered_until_killed(port: int, gateway: subprocess.Popen[str], seconds: float) -> dict[str, float]:
    """Ask eight at a time and kill the gateway meanwhile; request ids with the time at which each was answered."""
    answered: dict[str, float] = {}

    async def ask(session: ClientSession) -> None:
        while True:
            try:
                async with session.post(f"http://127.0.0.1:{port}/v1/messages", json=BODY) as response:
                    await response.read()
                    answered[response.headers["request-id"]] = time.time()
            except (ClientError, OSError):
                return

    async def kill() -> None:
        await asyncio.sleep(seconds)
        gateway.kill()

    async with ClientSession(headers={"x-api-key": KEY}) as session:
        await asyncio.gather(kill(), *(ask(session) for _ in range(8)))
    return answered


async def test_a_killed_gateway_loses_at_most_its_last_second(tmp_path: Path) -> None:
    assert USUAL_PACE.gather < 1
    port = free_port()
    home_with_demo(tmp_path, port)
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "ccr_proxy", "serve"]
    gateway = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: ASYNC220
    with gateway:
        assert gateway.stderr is not None
        next(line for line in gateway.stderr if "listening" in line)
        answered = await answered_until_killed(port, gateway, 2.5)
        killed_at = time.time()
    assert gateway.returncode == (1 if sys.platform == "win32" else -signal.SIGKILL)
    with reading(tmp_path / ".claude-code-router" / "usage.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ids = {row[0] for row in connection.execute("SELECT request_id FROM requests")}
        counted, summed = (
            connection.execute("SELECT count(*), total(input) FROM requests").fetchone(),
            connection.execute("SELECT total(requests), total(input) FROM quarters").fetchone(),
        )
    missing = {identity: at for identity, at in answered.items() if identity not in ids}
    assert len(ids) > 50
    assert counted == summed
    assert all(killed_at - at < 1.5 for at in missing.values()), f"{len(missing)} of {len(answered)} are missing"
