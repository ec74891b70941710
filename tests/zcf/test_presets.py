"""The presets as data: valid, consistent, findable, and understood by the gateway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema  # type: ignore[import-untyped]
import pytest

from ccr_proxy.config.document import parse_or_empty
from ccr_proxy.config.load import evaluate
from ccr_proxy.protocols.registry import PROTOCOLS
from ccr_proxy.transformers.registry import BUILT_IN
from tests.provider_table import PROVIDERS_PAGE, with_table
from zcf.errors import Refusal
from zcf.i18n import LANGUAGES
from zcf.plan.ccr_config import GatewaySettings, edited
from zcf.plan.choice import Offers, Wish, choose
from zcf.presets import Preset, all_names, find_preset, load_presets, presets_directory, with_variants

FILES = sorted(path for path in presets_directory().glob("*.json") if path.name != "schema.json")
SCHEMA = json.loads((presets_directory() / "schema.json").read_text())
PRESETS = load_presets()
ENTRIES = [entry for preset in PRESETS for entry in with_variants(preset)]
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.label)


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_preset_fits_the_schema_and_is_named_after_its_id(path: Path) -> None:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["id"] == path.stem


@pytest.mark.parametrize("part", [None, "variant", "model", "text"])
def test_the_schema_describes_every_field(part: str | None) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    fields: dict[str, Any] = (SCHEMA["$defs"][part] if part else SCHEMA)["properties"]
    for name, field in fields.items():
        referred = SCHEMA["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
        assert name == "$schema" or "description" in field or "description" in referred


@each_entry
def test_a_preset_makes_sense(entry: Preset) -> None:
    assert set(entry.routes.values()) <= {model.id for model in entry.models}
    assert entry.api_key_env or entry.placeholder_key or entry.vendor == "custom"
    assert bool(entry.api_key_env) == bool(entry.key_url)
    assert len({model.id for model in entry.models}) == len(entry.models)
    assert not any("," in model.id for model in entry.models)
    for text in (entry.notes, entry.variant_name):
        assert not text or set(text) == set(LANGUAGES)
    assert bool(entry.variant) == bool(entry.variant_name)


@each_entry
def test_the_list_of_models_is_asked_from_the_host_that_gets_the_key(entry: Preset) -> None:
    if entry.models_url is not None:
        assert urlsplit(entry.models_url).netloc == urlsplit(entry.api_base_url).netloc


@each_entry
def test_the_gateway_knows_the_protocol_and_asks_the_address_as_it_stands(entry: Preset) -> None:
    if entry.protocol == "demo" or not entry.api_base_url:
        return
    whole = f"{entry.api_base_url}m:generateContent" if entry.protocol == "gemini" else entry.api_base_url
    assert PROTOCOLS[entry.protocol].url(entry.api_base_url, "m", False) == whole


@each_entry
def test_an_address_without_its_last_part_is_completed(entry: Preset) -> None:
    endings = {"openai-chat": "/chat/completions", "openai-responses": "/responses", "anthropic": "/messages"}
    if entry.protocol in endings and entry.api_base_url:
        base = entry.api_base_url.removesuffix(endings[entry.protocol])
        assert base != entry.api_base_url
        # DeepSeek's endpoint stands below the host itself, as well as below /v1, which a bare host is completed with.
        completed = PROTOCOLS[entry.protocol].url(base, "m", False)
        assert completed.replace("deepseek.com/v1/chat", "deepseek.com/chat") == entry.api_base_url


@each_entry
def test_the_configuration_that_a_preset_makes_has_no_finding(entry: Preset) -> None:
    address = None if entry.api_base_url else "https://models.example/v1"
    wish = Wish(entry.label, api_key="k", model=None if entry.models else "m", api_url=address)
    choice = choose(wish, Offers(PRESETS, (), ()), usable=False, only_demo=False, force=False)
    document = edited(parse_or_empty("", "config.json"), choice, GatewaySettings(None, 3456, None, "fresh"), fresh=True)
    loaded = evaluate(document, Path("config.json"), {})
    assert loaded.problems == ()
    (provider,) = loaded.config.providers
    assert provider.name == entry.id
    assert {target.partition(",")[0] for target in (choice.routes or {}).values()} == {entry.id}
    assert {use.name.lower() for use in provider.transformer.use} <= set(BUILT_IN)


def test_names_lead_to_one_preset_each_and_a_variable_to_one_vendor() -> None:
    names = [name for preset in PRESETS for name in all_names(preset)]
    variables = [name for preset in PRESETS for name in {v for e in with_variants(preset) for v in e.api_key_env}]
    ids = [entry.id for entry in ENTRIES]
    assert len(names) == len(set(names))
    assert len(variables) == len(set(variables))
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(names)


@pytest.mark.parametrize(
    "name",
    # What was known before there were variants, and what ZCF calls its providers.
    "demo custom ollama lmstudio lm-studio llamacpp llama.cpp llama-cpp vllm anthropic claude openai openrouter "
    "deepseek gemini google moonshot kimi zai glm z.ai zhipu minimax dashscope qwen siliconflow groq mistral xai grok "
    "cerebras 302ai packycode glm-cn z-ai bailian-coding minimax-cn kimi-coding modelscope volcengine".split(),
)
def test_names_that_people_know_work(name: str) -> None:
    assert name in all_names(find_preset(PRESETS, find_preset(PRESETS, name).vendor))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Kimi", "moonshot"),
        (" zai/cn ", "zai/cn"),
        ("GLM/CN", "zai/cn"),
        ("zai-cn", "zai/cn"),
        ("glm-cn", "zai/cn"),
        ("bigmodel", "zai/cn"),
        ("bailian-coding", "dashscope/cn-coding"),
        ("custom-anthropic", "custom/anthropic"),
    ],
)
def test_a_preset_is_found_by_every_name_whatever_its_letter_case(name: str, label: str) -> None:
    assert find_preset(PRESETS, name).label == label


def test_a_variant_has_its_vendors_fields_where_it_says_nothing() -> None:
    vendor, variant = find_preset(PRESETS, "zai"), find_preset(PRESETS, "zai/cn")
    assert (variant.id, variant.vendor, variant.variant) == ("zai-cn", "zai", "cn")
    assert variant.models == vendor.models
    assert variant.api_base_url != vendor.api_base_url
    assert variant in vendor.variants
    assert variant.variants == ()


def test_null_in_a_variant_takes_away_what_the_vendor_has() -> None:
    assert find_preset(PRESETS, "minimax").transformer is not None
    assert find_preset(PRESETS, "minimax/openai").transformer is None


@pytest.mark.parametrize(
    ("name", "sentence", "told"),
    [
        ("nobody", "provider.unknown", "deepseek"),
        ("nobody/cn", "provider.unknown", "deepseek"),
        ("glm/mars", "provider.unknown_variant", "zai/cn"),
        ("groq/cn", "provider.unknown_variant", "-"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known(name: str, sentence: str, told: str) -> None:
    with pytest.raises(Refusal) as refusal:
        find_preset(PRESETS, name)
    assert refusal.value.sentence == sentence
    assert told in str(refusal.value.values["known"])


def test_the_table_in_the_documentation_is_that_of_the_presets() -> None:
    page = PROVIDERS_PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "run `python -m tests.provider_table`"
