"""Settings of the project in the working directory, which win over the user's own.

Tried with client 2.1.197: `.claude/settings.local.json` wins over `.claude/settings.json`, and both over the file in
the user's folder; only the directory in which the client is started counts, none above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zcf.errors import Refusal
from zcf.look.files import content_of
from zcf.plan.claude_settings import MODEL_VARIABLES
from zcf.plan.connection import CONNECTION_VARIABLES
from zcf.plan.documents import document_of


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """A file of the project, and which variables of the connection it sets."""

    path: Path
    names: tuple[str, ...]


def project_settings(directory: Path, own: Path) -> tuple[ProjectSettings, ...]:
    """The project's files that set something of the connection; `own` is the user's file, which is none of them."""
    files = [directory / ".claude" / name for name in ("settings.json", "settings.local.json")]
    found = (ProjectSettings(path, _names_in(path)) for path in files if path != own)
    return tuple(settings for settings in found if settings.names)


def _names_in(path: Path) -> tuple[str, ...]:
    try:
        document = document_of(path, content_of(path))
    except Refusal:
        # Not ours to change, and the client says itself what is wrong with it.
        return ()
    return tuple(name for name in (*CONNECTION_VARIABLES, *MODEL_VARIABLES) if document.has(("env", name)))
