"""The providers we know, one JSON file each: in the wheel under `zcf/_presets`, in a checkout under `presets/`.

A vendor may have variants: regions, subscriptions, formats. A variant is a preset of its own, with the vendor's fields
where it says nothing; people name it `zai/cn`, and in the configuration it is the provider `zai-cn`, so that it can
stand there beside the vendor's other ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zcf.errors import wrong_use

# Without a priority a provider is never chosen by itself: local servers, the demo, custom endpoints.
NO_PRIORITY = 1_000_000

# A text for users, by language (`zcf.i18n.LANGUAGES`).
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PresetModel:
    """A model's id, its limits in tokens, and what it can do (`tools`, `images`, `reasoning`); None where not known."""

    id: str
    context_window: int | None
    max_output_tokens: int | None
    capabilities: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider; the fields are described in `presets/schema.json`.

    `vendor` is the id of the file it comes from. `variant` and `variant_name` are empty but in `variants`, whose
    members have no variants of their own.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    protocol: str
    api_base_url: str
    models_url: str | None
    api_key_env: tuple[str, ...]
    placeholder_key: str | None
    models: tuple[PresetModel, ...]
    routes: Mapping[str, str]
    transformer: Mapping[str, Any] | None
    priority: int
    key_url: str
    notes: Text
    vendor: str
    variant: str
    variant_name: Text
    variants: tuple[Preset, ...]

    @property
    def label(self) -> str:
        """How people name it: `zai`, `zai/cn`."""
        return f"{self.vendor}/{self.variant}" if self.variant else self.id


def presets_directory() -> Path:
    """The folder that holds the presets of this installation."""
    packaged = Path(__file__).with_name("_presets")
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "presets"


def load_presets(directory: Path | None = None) -> tuple[Preset, ...]:
    """All vendors, those that are chosen first in front, then by id; their variants are inside them."""
    files = sorted((directory or presets_directory()).glob("*.json"))
    presets = [_vendor(json.loads(file.read_bytes())) for file in files if file.name != "schema.json"]
    return tuple(sorted(presets, key=lambda preset: (preset.priority, preset.id)))


def with_variants(preset: Preset) -> tuple[Preset, ...]:
    """A vendor's own preset, then its variants."""
    return (preset, *preset.variants)


def _vendor(data: dict[str, Any]) -> Preset:
    variants = tuple(_variant(data, entry) for entry in data.get("variants", ()))
    return _preset(data, vendor=data["id"], variant="", variant_name={}, variants=variants)


def _variant(data: dict[str, Any], entry: dict[str, Any]) -> Preset:
    own = {"id": f"{data['id']}-{entry['id']}", "name": data["name"], "aliases": entry.get("aliases", ())}
    return _preset(
        {**data, **entry, **own}, vendor=data["id"], variant=entry["id"], variant_name=entry["name"], variants=()
    )


def _preset(
    data: dict[str, Any], *, vendor: str, variant: str, variant_name: Text, variants: tuple[Preset, ...]
) -> Preset:
    return Preset(
        id=data["id"],
        name=data["name"],
        aliases=tuple(data.get("aliases", ())),
        protocol=data["protocol"],
        api_base_url=data["api_base_url"],
        models_url=data.get("models_url"),
        api_key_env=tuple(data["api_key_env"]),
        placeholder_key=data.get("placeholder_key"),
        models=tuple(_model(entry) for entry in data["models"]),
        routes=data["routes"],
        transformer=data.get("transformer"),
        priority=data.get("priority", NO_PRIORITY),
        key_url=data.get("key_url", ""),
        notes=data["notes"],
        vendor=vendor,
        variant=variant,
        variant_name=variant_name,
        variants=variants,
    )


def _model(entry: dict[str, Any]) -> PresetModel:
    capabilities = entry.get("capabilities")
    return PresetModel(
        entry["id"],
        entry.get("context_window"),
        entry.get("max_output_tokens"),
        None if capabilities is None else tuple(capabilities),
    )


def find_preset(presets: Iterable[Preset], name: str) -> Preset:
    """The preset or variant of that name, whatever its letter case: `glm`, `glm/cn`, `glm-cn`.

    Raises Refusal listing the known ids, or the variants if only the variant is unknown.
    """
    known = tuple(presets)
    found = preset_named(known, name)
    if found is not None:
        return found
    vendor_name, slash, _ = name.partition("/")
    vendor = preset_named(known, vendor_name) if slash else None
    if vendor is not None:
        variants = ", ".join(variant.label for variant in vendor.variants) or "-"
        raise wrong_use("provider.unknown_variant", provider=vendor.id, name=name, known=variants)
    raise wrong_use("provider.unknown", name=name, known=", ".join(sorted(preset.id for preset in known)))


def preset_named(presets: Iterable[Preset], name: str) -> Preset | None:
    """The preset or variant of that name, None where there is none."""
    wanted = name.strip().casefold()
    entries = (entry for preset in presets for entry in _names(preset))
    return next((found for found, names in entries if wanted in names), None)


def _names(preset: Preset) -> Iterator[tuple[Preset, tuple[str, ...]]]:
    """A vendor and its variants, each with every name it has."""
    own = (preset.id, *preset.aliases)
    yield preset, own
    for variant in preset.variants:
        joined = (f"{name}{sign}{variant.variant}" for name in own for sign in "/-")
        yield variant, (*joined, *variant.aliases)


def all_names(preset: Preset) -> tuple[str, ...]:
    """Every name under which `find_preset` finds a vendor or one of its variants."""
    return tuple(name for _, names in _names(preset) for name in names)
