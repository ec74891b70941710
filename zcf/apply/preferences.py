"""What the user prefers, in `preferences.json` of zcf's own folder: the language, so far."""

from __future__ import annotations

import json
from pathlib import Path

from ccr_proxy.service.private_file import write_private


def preferences_path(state: Path) -> Path:
    """The file; it need not exist."""
    return state / "preferences.json"


def preferred_language(state: Path) -> str | None:
    """The language that was chosen once; None when none was, or the file does not tell."""
    try:
        language = json.loads(preferences_path(state).read_bytes()).get("language")
    except (OSError, ValueError, AttributeError):
        return None
    return language if isinstance(language, str) else None


def prefer_language(state: Path, language: str) -> None:
    """Remember the language for later runs. Raises OSError."""
    write_private(preferences_path(state), json.dumps({"language": language}) + "\n")
