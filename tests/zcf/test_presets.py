"""The presets as data: valid, consistent, and findable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from zcf.errors import Refusal
from zcf.plan.choice import checked_url
from zcf.presets import find_preset, load_presets, presets_directory

FILES = sorted(path for path in presets_directory().glob("*.json") if path.name != "schema.json")
SCHEMA = json.loads((presets_directory() / "schema.json").read_text())
PRESETS = load_presets()


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_preset_fits_the_schema_and_is_named_after_its_id(path: Path) -> None:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["id"] == path.stem


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_makes_sense(preset: Any) -> None:
    assert set(preset.routes.values()) <= {model.id for model in preset.models}
    assert preset.api_key_env or preset.placeholder_key or preset.id == "custom"
    assert not any("," in model.id for model in preset.models)
    if preset.protocol == "openai-chat" and preset.api_base_url:
        assert checked_url(preset.api_base_url).endswith("/chat/completions")
    if preset.protocol == "anthropic":
        assert preset.api_base_url.endswith("/v1/messages")


def test_ids_aliases_and_variables_are_used_once() -> None:
    names = [name for preset in PRESETS for name in (preset.id, *preset.aliases)]
    variables = [variable for preset in PRESETS for variable in preset.api_key_env]
    assert len(names) == len(set(names))
    assert len(variables) == len(set(variables))
    assert {"demo", "custom", "ollama", "lmstudio", "llamacpp"} <= set(names)


def test_a_preset_is_found_by_id_and_alias_and_an_unknown_one_is_refused_with_the_known() -> None:
    assert find_preset(PRESETS, "Kimi").id == "moonshot"
    with pytest.raises(Refusal) as refusal:
        find_preset(PRESETS, "nobody")
    assert "deepseek" in str(refusal.value.values["known"])
