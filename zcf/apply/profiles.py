"""Saved connections on the disk: `profiles.json` in zcf's state directory, readable by its owner only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zcf.apply.state import locked
from zcf.apply.transaction import replace_own_files
from zcf.errors import refused
from zcf.plan.changes import FileChange
from zcf.plan.connection import Kind
from zcf.plan.profile import Access, Profile

FORMAT_VERSION = 1


def profiles_path(directory: Path) -> Path:
    """Where the profiles live below the state directory."""
    return directory / "profiles.json"


def read_profiles(directory: Path) -> tuple[Profile, ...]:
    """All profiles in the order in which they were saved. Raises Refusal if the file cannot be read."""
    path = profiles_path(directory)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise refused("file.unreadable", path=path, reason=error.strerror or error) from error
    try:
        data = json.loads(content)
        if data["version"] != FORMAT_VERSION:
            raise refused("receipt.newer", path=path, version=data["version"])
        return tuple(_profile_from(entry) for entry in data["profiles"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise refused("profiles.unreadable", path=path, reason=error) from error


def replace_profiles(directory: Path, before: Sequence[Profile], after: Sequence[Profile]) -> None:
    """Write the profiles, if they are still those `before`. Raises Refusal; the old ones then stay."""
    path = profiles_path(directory)
    with locked(directory):
        if read_profiles(directory) != tuple(before):
            raise refused("apply.changed_meanwhile", path=path)
        present = path.read_bytes() if path.exists() else None
        replace_own_files([FileChange(path, present, _encoded(after), (), private=True)])


def _encoded(profiles: Sequence[Profile]) -> bytes:
    data = {"version": FORMAT_VERSION, "profiles": [_profile_to(profile) for profile in profiles]}
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def _profile_to(profile: Profile) -> dict[str, Any]:
    access = profile.access
    return {
        "name": profile.name,
        "type": access.kind.value,
        "key": access.secret,
        "url": access.base_url,
        "models": dict(access.models),
    }


def _profile_from(entry: dict[str, Any]) -> Profile:
    models = {str(name): str(model) for name, model in entry["models"].items()}
    url = None if entry["url"] is None else str(entry["url"])
    return Profile(str(entry["name"]), Access(Kind(entry["type"]), str(entry["key"]), url, models))
