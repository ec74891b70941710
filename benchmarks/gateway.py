"""What a request costs the gateway: CPU milliseconds of its own process, per request.

    python benchmarks/gateway.py                         all workloads, 6 s each
    python benchmarks/gateway.py --seconds 20 cc_stream  one of them, longer

This process plays Claude Code and the provider; the gateway (`python -m ccr_proxy serve`, or --command) runs in its own
process with a throw-away home, and only that one is measured. CPU time per request hardly depends on what else the
machine does, requests per second do: compare the former, and only with runs on the same machine.

| workload     | request | answer                                | way                         |
|--------------|---------|---------------------------------------|-----------------------------|
| small_stream | 1 KB    | 50 chunks                             | translated, chat completions |
| cc_stream    | 120 KB  | 200 chunks, as Claude Code's requests | translated, chat completions |
| cc_pass      | 120 KB  | 200 chunks                            | passed through, Anthropic    |

The first second of every workload warms up and is not counted. Exit code 1 when an answer was not whole.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web
from traffic import Result, Workload, load, provider

ROOT = Path(__file__).parent.parent
KEY = "benchmark-key-0123456789"
START_SECONDS = 20.0
WARM_UP_SECONDS = 1.0

WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("small_stream", "chat", chunks=50, body_bytes=1_000, connections=16),
        Workload("cc_stream", "chat", chunks=200, body_bytes=120_000, connections=8),
        Workload("cc_pass", "anthropic", chunks=200, body_bytes=120_000, connections=8),
    )
}
COLUMNS = ("workload", "answered", "broken", "CPU ms/request", "requests/s", "first byte ms", "memory MB")


def configuration(port: int, provider_url: str) -> str:
    """A CCR config with one provider per way; the models are named after the length of their answer."""
    models = sorted({f"chunks-{workload.chunks}" for workload in WORKLOADS.values()})
    chat = {"name": "chat", "api_base_url": f"{provider_url}/v1/chat/completions", "api_key": "x", "models": models}
    anthropic = {
        "name": "anthropic",
        "api_base_url": f"{provider_url}/v1/messages",
        "api_key": "x",
        "models": models,
        "transformer": {"use": ["Anthropic"]},
    }
    router = {"default": f"chat,{models[0]}"}
    return json.dumps(
        {
            "HOST": "127.0.0.1",
            "PORT": port,
            "APIKEY": KEY,
            "LOG": False,
            "Providers": [chat, anthropic],
            "Router": router,
        }
    )


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running_gateway(command: list[str], port: int, provider_url: str) -> Iterator[psutil.Process]:
    """Start the gateway in a new home; it is ended on the way out."""
    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / ".claude-code-router" / "config.json"
        config.parent.mkdir()
        config.write_text(configuration(port, provider_url), encoding="utf-8")
        environment = {**os.environ, "HOME": home, "USERPROFILE": home, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


async def wait_until_ready(url: str, gateway: psutil.Process) -> None:
    """Ask /health until it answers; raises RuntimeError when the process ended or the time is up."""
    deadline = time.monotonic() + START_SECONDS
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            if gateway.status() == psutil.STATUS_ZOMBIE:
                break
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{url}/health") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise RuntimeError(f"the gateway did not answer on {url} within {START_SECONDS:.0f} s")


def cpu_seconds(gateway: psutil.Process) -> float:
    """User and system time that the gateway and its children have used so far."""
    times = [process.cpu_times() for process in (gateway, *gateway.children(recursive=True))]
    return float(sum(used.user + used.system for used in times))


def row(workload: Workload, result: Result, cpu: float, gateway: psutil.Process) -> tuple[str, ...]:
    """One line of the table."""
    requests = max(1, result.answered + result.broken)
    first_byte = statistics.median(result.first_byte) * 1000 if result.first_byte else float("nan")
    return (
        workload.name,
        str(result.answered),
        str(result.broken),
        f"{cpu / requests * 1000:.3f}",
        f"{result.answered / result.elapsed:.0f}",
        f"{first_byte:.1f}",
        f"{gateway.memory_info().rss / 1e6:.0f}",
    )


def table(rows: list[tuple[str, ...]]) -> str:
    """The rows below the column names, as Markdown."""
    widths = [max(len(line[index]) for line in (COLUMNS, *rows)) for index in range(len(COLUMNS))]
    lines = [COLUMNS, tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


async def measure(names: list[str], command: list[str], seconds: float) -> tuple[list[tuple[str, ...]], int]:
    """Run the workloads one after another; returns the rows of the table and how many answers were not whole."""
    runner = web.AppRunner(provider(), access_log=None)
    await runner.setup()
    provider_port, port = free_port(), free_port()
    await web.TCPSite(runner, "127.0.0.1", provider_port).start()
    url = f"http://127.0.0.1:{port}"
    rows, broken = [], 0
    with running_gateway(command, port, f"http://127.0.0.1:{provider_port}") as gateway:
        await wait_until_ready(url, gateway)
        for name in names:
            workload = WORKLOADS[name]
            await load(url, KEY, workload, WARM_UP_SECONDS)
            before = cpu_seconds(gateway)
            result = await load(url, KEY, workload, seconds)
            rows.append(row(workload, result, cpu_seconds(gateway) - before, gateway))
            broken += result.broken
    await runner.cleanup()
    return rows, broken


def main() -> int:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(description="CPU time per request of the gateway")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS) + " (default: all)")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each workload (default: 6)")
    parser.add_argument("--command", help="how to start the gateway (default: this project's)")
    options = parser.parse_args()
    names = options.workloads or list(WORKLOADS)
    if unknown := [name for name in names if name not in WORKLOADS]:
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    command = shlex.split(options.command) if options.command else [sys.executable, "-m", "ccr_proxy", "serve"]
    rows, broken = asyncio.run(measure(names, command, options.seconds))
    print(table(rows))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
