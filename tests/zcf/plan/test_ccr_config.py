"""The gateway's configuration, edited in place."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.document import parse, parse_or_empty
from zcf.errors import Refusal
from zcf.plan.ccr_config import GatewaySettings, edited
from zcf.plan.choice import Offers, Wish, choose
from zcf.presets import load_presets

PRESETS = load_presets()
KEEP = GatewaySettings(None, None, None, "fresh")


def edit(text: str, *, settings: GatewaySettings = KEEP, **wish: Any) -> str:
    """The text after setting up the wished provider."""
    choice = choose(Wish(**wish), Offers(PRESETS, (), ()), usable=False, only_demo=False, force=False)
    return edited(parse(text, "config.json"), choice, settings, fresh=False).text


PRESENT = """{
  "APIKEY": "a",
  // providers
  "providers": [
    { // mine
      "name": "DeepSeek", "api_base_url": "https://d/chat/completions", "api_key": "old", "models": ["deepseek-chat"],
      "transformer": {"use": ["deepseek"]} },
  ],
  "Router": { "default": "DeepSeek,deepseek-chat", "image": "x,y" } // end
}
"""

CASES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "a new key only": ({"provider": "deepseek", "api_key": "new"}, [('"api_key": "old"', '"api_key": "new"')]),
    "the same key changes nothing": ({"provider": "deepseek", "api_key": "old"}, []),
    "a new address": (
        {"provider": "deepseek", "api_key": "old", "api_url": "https://e/v1"},
        [("https://d/chat/completions", "https://e/v1/chat/completions")],
    ),
}


@pytest.mark.parametrize(("wish", "replacements"), CASES.values(), ids=CASES.keys())
def test_a_provider_that_is_there_is_updated_in_place(
    wish: dict[str, Any], replacements: list[tuple[str, str]]
) -> None:
    expected = PRESENT
    for old, new in replacements:
        expected = expected.replace(old, new)
    assert edit(PRESENT, **wish) == expected


def test_a_model_that_was_asked_for_is_added_and_routed_to() -> None:
    after = parse(edit(PRESENT, provider="deepseek", api_key="old", model="deepseek-v4-pro"), "x").value
    assert after["providers"][0]["models"] == ["deepseek-chat", "deepseek-v4-pro"]
    assert after["Router"]["default"] == after["Router"]["think"] == "deepseek,deepseek-v4-pro"
    assert after["Router"]["image"] == "x,y"


def test_another_provider_is_appended_under_the_spelling_in_use() -> None:
    text = edit(PRESENT, provider="groq", api_key="k")
    after = parse(text, "x").value
    assert [provider["name"] for provider in after["providers"]] == ["DeepSeek", "groq"]
    assert "Providers" not in after
    assert after["Router"]["default"] == "groq,openai/gpt-oss-120b"
    assert "// mine" in text
    assert "// end" in text


def test_limits_of_models_are_written_so_that_the_gateway_keeps_them() -> None:
    provider = parse(edit("{}", provider="groq", api_key="k"), "x").value["Providers"][0]
    assert provider["model_settings"]["openai/gpt-oss-20b"] == {"context_window": 131072, "max_tokens": 65536}


@pytest.mark.parametrize(
    ("text", "settings", "expected"),
    [
        ('{"PORT": "3456", "APIKEY": "a"}', GatewaySettings(None, 3456, None, ""), {"PORT": "3456", "APIKEY": "a"}),
        (
            '{"PORT": 3456, "APIKEY": "a"}',
            GatewaySettings("::1", 1, "b", ""),
            {"PORT": 1, "APIKEY": "b", "HOST": "::1"},
        ),
        ("{}", KEEP, {"APIKEY": "sk-zcf-x-ccr"}),
        ('{"APIKEY": ""}', KEEP, {"APIKEY": "sk-zcf-x-ccr"}),
    ],
)
def test_host_port_and_key(text: str, settings: GatewaySettings, expected: dict[str, Any]) -> None:
    after = parse(edit(text, settings=settings, provider="demo"), "x").value
    assert {name: after.get(name) for name in expected} == expected


def test_a_fresh_configuration_has_its_basics_first() -> None:
    choice = choose(Wish(), Offers(PRESETS, (), ()), usable=False, only_demo=False, force=False)
    document = edited(parse_or_empty("", "x"), choice, GatewaySettings(None, 3456, None, "random"), fresh=True)
    assert list(document.value)[:5] == ["LOG", "LOG_LEVEL", "HOST", "PORT", "APIKEY"]
    assert document.value["APIKEY"] == "random"
    assert document.text.endswith("}\n")


@pytest.mark.parametrize(
    "text", ['{"Providers": 1}', '{"Router": []}', '{"Providers": [{"name": "demo", "models": {}}]}']
)
def test_wrong_types_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        edit(text, provider="demo")
    assert refusal.value.sentence in ("file.no_list", "file.no_object")
