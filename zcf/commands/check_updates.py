"""`zcf check-updates`: what is installed, what is newest, and the update of one program with a look at its result."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from zcf.apply.update import run_update
from zcf.errors import Refusal, refused
from zcf.look.installed import Installed, Tool, installed_tools
from zcf.look.newest import Registries, newest_version, registries
from zcf.net import NoAnswer
from zcf.plan.updates import Standing, is_major_step, standing


@dataclass(frozen=True, slots=True)
class Finding:
    """A program and its newest version; `reason` says in one line why that is not known."""

    installed: Installed
    newest: str | None
    reason: str | None

    @property
    def standing(self) -> Standing:
        """How it stands to its newest version."""
        return standing(self.installed.version, self.newest)

    @property
    def needs_consent(self) -> bool:
        """Whether it is updated only when somebody says so for this very program: version 3 of Claude Code Router is
        another program that does not read a configuration of version 2."""
        return self.installed.tool is Tool.CCR and is_major_step(self.installed.version, self.newest)


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of an update: the version that is installed now, or why it did not succeed."""

    finding: Finding
    version: str | None
    fault: Refusal | None


def check(environ: Mapping[str, str], home: Path) -> Iterator[Finding]:
    """Look at every program, asking all registries at once."""
    where = registries(environ, home)
    found = list(installed_tools(environ, home))
    with ThreadPoolExecutor(max_workers=len(found)) as pool:
        yield from pool.map(lambda installed: _finding(installed, where), found)


def _finding(installed: Installed, where: Registries) -> Finding:
    try:
        newest = newest_version(installed.tool, where)
    except NoAnswer as fault:
        return Finding(installed, None, fault.reason)
    if standing(installed.version, newest) is Standing.UNKNOWN:
        return Finding(installed, newest, f"the installed version is {installed.version or 'not known'}")
    return Finding(installed, newest, None)


def update(finding: Finding, environ: Mapping[str, str], home: Path) -> Updated:
    """Update one program and look at what is installed afterwards, whatever the updater said."""
    command = finding.installed.update
    if command is None:
        raise ValueError("there is no command that updates this program")
    try:
        run_update(command, environ)
    except Refusal as fault:
        return Updated(finding, _version_now(finding.installed, environ, home), fault)
    version = _version_now(finding.installed, environ, home)
    if standing(version, finding.newest) is not Standing.CURRENT:
        return Updated(finding, version, refused("updates.not_new", version=version or "?"))
    return Updated(finding, version, None)


def _version_now(installed: Installed, environ: Mapping[str, str], home: Path) -> str | None:
    if installed.tool is Tool.ZCF:
        return _version_on_disk(environ)
    found = (now for now in installed_tools(environ, home) if now.tool is installed.tool)
    return next((now.version for now in found), None)


def _version_on_disk(environ: Mapping[str, str]) -> str | None:
    """zcf's version for a new process: this one still runs the code it was started with."""
    program = "import importlib.metadata as m; print(m.version('zcf'))"
    try:
        said = subprocess.run(
            [sys.executable, "-I", "-c", program], env=dict(environ), capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.decode().strip() or None
