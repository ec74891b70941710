"""`zcf providers`: what is known of each provider, and how one is found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zcf.commands.providers import tokens_text
from zcf.presets import load_presets, with_variants


def listed(zcf_main: Any, *words: str) -> list[str]:
    """The ids that the JSON lists."""
    code, out, err = zcf_main("providers", *words, "--json")
    assert (code, err) == (0, "")
    return [entry["id"] for entry in json.loads(out)["providers"]]


def test_the_overview_has_a_line_for_every_vendor(zcf_main: Any) -> None:
    code, out, err = zcf_main("providers")
    assert (code, err) == (0, "")
    head, *rows, hint = out.splitlines()
    assert head.split() == ["provider", "name", "key", "default", "model", "variants"]
    assert [row.split()[0] for row in rows] == [preset.id for preset in load_presets()]
    assert "zai/cn" in hint
    assert "AI302_API_KEY" in out
    assert next(row for row in rows if row.startswith("ollama")).endswith("those it serves")


def test_json_without_a_word_has_every_vendor_and_variant(zcf_main: Any) -> None:
    assert listed(zcf_main) == [entry.label for preset in load_presets() for entry in with_variants(preset)]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("GLM", ["zai", "zai/coding", "zai/coding-openai", "zai/cn", "zai/cn-coding", "zai/cn-coding-openai"]),
        ("glm/cn", ["zai/cn"]),
        ("minimax-cn", ["minimax/cn"]),
        ("glm-5.4", ["zai/coding", "zai/coding-openai"]),
        ("virginia", ["dashscope/us"]),
        ("127.0.0.1:8000", ["vllm"]),
    ],
)
def test_a_name_finds_one_vendor_and_any_other_word_what_contains_it(
    zcf_main: Any, word: str, found: list[str]
) -> None:
    assert listed(zcf_main, word) == found


def test_everything_about_one(zcf_main: Any) -> None:
    assert zcf_main("providers", "zai/coding")[1].splitlines() == [
        "zai/coding: Z.AI (GLM), Coding plan (z.ai)",
        "  address: https://api.z.ai/api/anthropic/v1/messages",
        "  protocol: anthropic",
        "  key in the environment: ZAI_API_KEY, Z_AI_API_KEY, ZHIPU_API_KEY",
        "  get a key: https://z.ai/manage-apikey/apikey-list",
        "  note: Keys of z.ai and of bigmodel.cn differ. A coding plan is only used up at its own address; elsewhere"
        " the same key is billed by the token.",
        "  model: glm-5.4 (reads 1M, writes 128k; tools, images, reasoning)",
        "  model: glm-5.3 (reads 1M, writes 131k; tools, reasoning)",
        "  model: glm-5.3-flash (reads 1M, writes 131k; tools, images, reasoning)",
    ]


def test_in_chinese(zcf_main: Any) -> None:
    out = zcf_main("--lang", "zh-CN", "providers", "zai/cn")[1]
    assert out.startswith("zai/cn: Z.AI (GLM), 中国版（bigmodel.cn）\n  地址：https://open.bigmodel.cn/")
    assert "z.ai 与 bigmodel.cn 的密钥不通用" in out


def test_what_is_not_known_is_null_for_programs_and_left_out_for_people(zcf_main: Any) -> None:
    (entry,) = json.loads(zcf_main("providers", "modelscope/anthropic", "--json")[1])["providers"]
    assert entry["models"][0] == {
        "id": "ZhipuAI/GLM-5.1",
        "context_window": None,
        "max_output_tokens": None,
        "capabilities": None,
    }
    assert "  model: ZhipuAI/GLM-5.1\n" in zcf_main("providers", "modelscope/anthropic")[1]


def test_a_word_that_fits_nothing_is_refused(zcf_main: Any) -> None:
    code, out, err = zcf_main("providers", "nope")
    assert (code, out) == (1, "")
    assert err == 'Error: no provider fits "nope": `zcf providers` lists all\n'
    assert json.loads(zcf_main("providers", "nope", "--json")[1])["error"]["code"] == "providers.none"


@pytest.mark.parametrize(("tokens", "text"), [(65_536, "65k"), (1_000_000, "1M"), (1_048_576, "1.05M")])
def test_tokens_are_written_as_vendors_write_them(tokens: int, text: str) -> None:
    assert tokens_text(tokens) == text
