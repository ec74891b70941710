"""Where Claude Code's transcripts are, and whose they are.

    <folder>/projects/<project>/<session>.jsonl
    <folder>/projects/<project>/<session>/subagents/agent-<id>.jsonl

The folders are those of `CLAUDE_CONFIG_DIR` (several with commas, as ccusage takes them), else `~/.config/claude` and
`~/.claude`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript file. `project` is its folder's name, which is the working directory with hyphens for slashes."""

    path: Path
    project: str
    session: str


def project_folders(environ: Mapping[str, str], home: Path) -> list[Path]:
    """The folders that may hold projects."""
    named = [part.strip() for part in environ.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()]
    folders = [Path(part).expanduser() for part in named] or [home / ".config" / "claude", home / ".claude"]
    return [folder / "projects" for folder in folders]


def transcripts(folders: list[Path]) -> Iterator[Transcript]:
    """All transcripts, in the order of their paths."""
    for folder in folders:
        for directory, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.endswith(".jsonl"):
                    yield _transcript(Path(directory) / name, folder)


def _transcript(path: Path, folder: Path) -> Transcript:
    parts = path.relative_to(folder).parts
    project = parts[0] if len(parts) > 1 else "unknown"
    session = parts[parts.index("subagents") - 1] if "subagents" in parts[2:] else path.stem
    return Transcript(path, project, session)
