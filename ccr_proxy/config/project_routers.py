"""CCR's project and session routers: `Router` objects in files of their own.

    ~/.claude-code-router/<project>/<session id>.json     for one session
    ~/.claude-code-router/<project>/config.json           for all sessions of a project

<project> is the folder below `~/.claude/projects` in which Claude Code keeps `<session id>.jsonl`.

Requests are answered from memory. A session that was not seen for a while is looked up once, in a thread; sessions in
use are looked up again in the background, so that a changed file counts within seconds. All methods are for one event
loop.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ccr_proxy.config.document import parse
from ccr_proxy.config.fingerprint import Fingerprint, fingerprint_of
from ccr_proxy.config.interpolate import interpolate
from ccr_proxy.config.problems import located
from ccr_proxy.config.router import Router
from ccr_proxy.config.source import read_text
from ccr_proxy.config.validation import fit
from ccr_proxy.errors import ConfigFault

# As many sessions as CCR remembers; a project has one file, a session at most one more.
_SESSIONS = 1000
_FILES = 2000
# How long what was found counts without a further look, for a session that was not in use meanwhile.
_FRESH_SECONDS = 30.0
# Claude Code may write a session's first line after its first request.
_FRESH_SECONDS_WITHOUT_PROJECT = 2.0
# A session's id becomes part of a path, and comes from outside.
_SESSION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


@dataclass(frozen=True, slots=True)
class Found:
    """What belongs to a session. `problems` are lines about files that cannot be used, each with its place."""

    project: str | None = None
    project_router: Router | None = None
    session_router: Router | None = None
    problems: tuple[str, ...] = ()


NOTHING_FOUND = Found()


@dataclass(frozen=True, slots=True)
class _File:
    fingerprint: Fingerprint | None = None
    router: Router | None = None
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Session:
    found: Found
    looked_up_at: float
    in_use: bool = False


@dataclass(slots=True)
class ProjectRouters:
    """The routers of all projects and sessions.

    ccr_home   ~/.claude-code-router;  projects   ~/.claude/projects
    environ    for $NAME in the files;  clock     seconds, only ever growing
    read, stat how a file is read (raises ConfigFault) and looked at
    """

    ccr_home: Path
    projects: Path
    environ: Mapping[str, str]
    clock: Callable[[], float]
    read: Callable[[Path], str] = read_text
    stat: Callable[[Path], Fingerprint | None] = fingerprint_of
    _sessions: OrderedDict[str, _Session] = field(default_factory=OrderedDict)
    _files: OrderedDict[Path, _File] = field(default_factory=OrderedDict)

    def known(self, session_id: str | None) -> Found | None:
        """What is in memory about a session; None when it must be looked up first. Never touches the disk."""
        if session_id is None or not _SESSION_ID.fullmatch(session_id):
            return NOTHING_FOUND
        session = self._sessions.get(session_id)
        if session is None:
            return None
        fresh = _FRESH_SECONDS if session.found.project else _FRESH_SECONDS_WITHOUT_PROJECT
        if self.clock() - session.looked_up_at > fresh:
            return None
        session.in_use = True
        self._sessions.move_to_end(session_id)
        return session.found

    def project_of(self, session_id: str | None) -> str | None:
        """The project of a session as last seen, however long ago. Never touches the disk."""
        session = self._sessions.get(session_id) if session_id else None
        return session.found.project if session else None

    async def find(self, session_id: str | None) -> Found:
        """As `known`, with a look at the disk, in a thread, where that is needed."""
        found = self.known(session_id)
        if found is not None or session_id is None:
            return found or NOTHING_FOUND
        return await self._look_up(session_id)

    async def refresh(self) -> None:
        """Look up again the sessions that were in use since the last time. Call it every few seconds."""
        for session_id in [name for name, session in self._sessions.items() if session.in_use]:
            await self._look_up(session_id)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with files of the remembered sessions, each line once."""
        lines = (line for session in self._sessions.values() for line in session.found.problems)
        return tuple(dict.fromkeys(lines))

    async def _look_up(self, session_id: str) -> Found:
        found, files = await asyncio.to_thread(self._search, session_id, self._files.copy())
        _remember(self._files, files, _FILES)
        _remember(self._sessions, {session_id: _Session(found, self.clock())}, _SESSIONS)
        return found

    def _search(self, session_id: str, known: Mapping[Path, _File]) -> tuple[Found, dict[Path, _File]]:
        """What the disk says; changes nothing here, because it runs in a thread."""
        project = self._project_of(session_id)
        if project is None:
            return NOTHING_FOUND, {}
        folder = self.ccr_home / project
        paths = (folder / "config.json", folder / f"{session_id}.json")
        files = {path: self._file(path, known.get(path, _File())) for path in paths}
        of_project, of_session = files.values()
        problems = of_project.problems + of_session.problems
        return Found(project, of_project.router, of_session.router, problems), files

    def _project_of(self, session_id: str) -> str | None:
        try:
            folders = sorted(self.projects.iterdir())
        except OSError:
            return None
        return next((folder.name for folder in folders if self.stat(folder / f"{session_id}.jsonl")), None)

    def _file(self, path: Path, known: _File) -> _File:
        fingerprint = self.stat(path)
        if fingerprint == known.fingerprint:
            return known
        if fingerprint is None:
            return _File()
        try:
            router, problems = _router_in(self.read(path), path, self.environ)
        except ConfigFault as fault:
            # The last good one stays, as with the configuration itself.
            return _File(fingerprint, known.router, (fault.message,))
        return _File(fingerprint, router, problems)


def _router_in(text: str, path: Path, environ: Mapping[str, str]) -> tuple[Router | None, tuple[str, ...]]:
    document = parse(text, str(path))
    data = interpolate(document.value, environ).value
    if not isinstance(data, dict) or data.get("Router") is None:
        return None, ()
    router, findings = fit(Router, data["Router"], ("Router",))
    findings += [fault for rule in router.rules for fault in rule.faults] if router else []
    return router, tuple(problem.text(str(path)) for problem in located(findings, document))


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def _remember(memory: OrderedDict[_Key, _Value], entries: Mapping[_Key, _Value], most: int) -> None:
    """Add entries as the latest, and forget the oldest beyond `most`."""
    for key, value in entries.items():
        memory[key] = value
        memory.move_to_end(key)
    while len(memory) > most:
        memory.popitem(last=False)
