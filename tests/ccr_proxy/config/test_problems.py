from __future__ import annotations

import pytest

from ccr_proxy.config.document import parse
from ccr_proxy.config.problems import Finding, did_you_mean, located, nearest


@pytest.mark.parametrize(
    ("name", "known", "match"),
    [
        ("provider", ["Providers", "Router"], "Providers"),
        ("longcontext", ["longContext", "think"], "longContext"),
        ("api_key", ["APIKEY"], "APIKEY"),
        ("openai_chat", ["openai-chat", "gemini"], "openai-chat"),
        ("my_notes", ["Providers", "Router"], None),
        ("x", [], None),
    ],
)
def test_the_nearest_known_name(name: str, known: list[str], match: str | None) -> None:
    assert nearest(name, known) == match


def test_hints_name_the_nearest_or_list_a_few() -> None:
    assert did_you_mean("deepseak", ["deepseek", "qwen"]) == 'did you mean "deepseek"?'
    assert did_you_mean("zzz", ["a", "b", "a"]) == "known: a, b"
    assert did_you_mean("zzz", [f"n{index}" for index in range(20)]) == ""
    assert did_you_mean("zzz", []) == ""


def test_problems_have_a_place_come_in_the_files_order_and_once() -> None:
    document = parse('{\n  "a": 1,\n  "b": 2\n}', "c.json")
    findings = [Finding("error", ("b",), "b is wrong"), Finding("warning", ("a",), "a too", "drop it")]
    assert [problem.text("c.json") for problem in located([*findings, findings[0]], document)] == [
        "c.json:2:3: warning: a too (drop it)",
        "c.json:3:3: error: b is wrong",
    ]
