"""Runs the command that updates a program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

from zcf.errors import refused

# npm and pip answer nothing for minutes on a slow line, and are not stuck.
UPDATE_SECONDS = 600.0


def run_update(command: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run to its end, without input. Raises Refusal with what the program said last when it does not succeed."""
    try:
        done = subprocess.run(
            list(command),
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=UPDATE_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise refused("updates.no_program", program=command[0]) from None
    except subprocess.TimeoutExpired:
        raise refused("updates.too_long", seconds=f"{UPDATE_SECONDS:g}") from None
    except OSError as error:
        raise refused("updates.not_started", program=command[0], reason=os.strerror(error.errno or 0)) from error
    if done.returncode != 0:
        raise refused("updates.failed", code=done.returncode, said=_last_line(done.stdout))


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["-"])[-1]
