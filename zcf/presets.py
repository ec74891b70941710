"""The providers we know, one JSON file each: in the wheel under `zcf/_presets`, in a checkout under `presets/`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zcf.errors import wrong_use

# Without a priority a provider is never chosen by itself: local servers, the demo, custom endpoints.
NO_PRIORITY = 1_000_000


@dataclass(frozen=True, slots=True)
class PresetModel:
    """A model's id and its limits in tokens, None where they are not known."""

    id: str
    context_window: int | None
    max_output_tokens: int | None


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider; the fields are described in `presets/schema.json`."""

    id: str
    name: str
    aliases: tuple[str, ...]
    protocol: str
    api_base_url: str
    api_key_env: tuple[str, ...]
    placeholder_key: str | None
    models: tuple[PresetModel, ...]
    routes: Mapping[str, str]
    transformer: Mapping[str, Any] | None
    priority: int
    key_url: str
    notes: str


def presets_directory() -> Path:
    """The folder that holds the presets of this installation."""
    packaged = Path(__file__).with_name("_presets")
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "presets"


def load_presets(directory: Path | None = None) -> tuple[Preset, ...]:
    """All presets, those that are chosen first in front, then by id."""
    files = sorted((directory or presets_directory()).glob("*.json"))
    presets = [_preset(json.loads(file.read_bytes())) for file in files if file.name != "schema.json"]
    return tuple(sorted(presets, key=lambda preset: (preset.priority, preset.id)))


def _preset(data: dict[str, Any]) -> Preset:
    return Preset(
        id=data["id"],
        name=data["name"],
        aliases=tuple(data.get("aliases", ())),
        protocol=data["protocol"],
        api_base_url=data["api_base_url"],
        api_key_env=tuple(data["api_key_env"]),
        placeholder_key=data.get("placeholder_key"),
        models=tuple(_model(entry) for entry in data["models"]),
        routes=data["routes"],
        transformer=data.get("transformer"),
        priority=data.get("priority", NO_PRIORITY),
        key_url=data.get("key_url", ""),
        notes=data["notes"],
    )


def _model(entry: dict[str, Any]) -> PresetModel:
    return PresetModel(entry["id"], entry.get("context_window"), entry.get("max_output_tokens"))


def find_preset(presets: Iterable[Preset], name: str) -> Preset:
    """The preset of that id or alias, whatever its letter case. Raises Refusal listing the known ids."""
    known = tuple(presets)
    wanted = name.casefold()
    for preset in known:
        if wanted == preset.id or wanted in preset.aliases:
            return preset
    raise wrong_use("provider.unknown", name=name, known=", ".join(sorted(preset.id for preset in known)))
