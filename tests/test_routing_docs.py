"""Every example of docs/routing.md does what the text around it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.condition_parser import CONDITIONS
from ccr_proxy.config.custom_router import call_custom_router, load_custom_router
from ccr_proxy.config.document import parse
from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.config.rewrites import Rewrites
from ccr_proxy.config.schema import Config
from ccr_proxy.routing.circumstances import NOTHING_KNOWN, Circumstances
from ccr_proxy.routing.custom_request import custom_request
from ccr_proxy.routing.decide import ORDER, decide
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.effective import with_effective_router
from ccr_proxy.routing.facts import facts_of
from ccr_proxy.routing.subagent_tag import without_subagent_tag
from ccr_proxy.routing.token_estimate import TokenCounter

PAGE = (Path(__file__).parent.parent / "docs" / "routing.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```\w+ ([\w-]+)\n(.*?)```", PAGE, re.DOTALL))
ENVIRON = {"DEEPSEEK_KEY": "k", "OPENROUTER_KEY": "k"}
LONG = "word " * 70_000
MEDIUM = "word " * 30_000


def loaded(name: str) -> LoadedConfig:
    """The example with the page's providers added."""
    document = parse(EXAMPLES[name], name)
    for key, value in parse(EXAMPLES["providers"], "providers").value.items():
        document = document.with_value((key,), value)
    return evaluate(document, Path(name), ENVIRON)


def body(prompt: str = "Fix it", **changes: Any) -> dict[str, Any]:
    return {
        "model": "claude-opus-4-8",
        "max_tokens": 32000,
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high"},
        "messages": [{"role": "user", "content": prompt}],
        "tools": [{"name": "Bash"}],
        **changes,
    }


def decided(config: Config, request: dict[str, Any], circumstances: Circumstances = NOTHING_KNOWN) -> Decision:
    return decide(facts_of(request, {}, TokenCounter(), config.router.think_when), config, circumstances)


def outcome(decision: Decision) -> tuple[str, str]:
    return decision.route, str(decision.targets[0])


def summary_of_a_page(prompt: str = "") -> dict[str, Any]:
    return body(f"Web page content:\n---\n{prompt}", tools=[])


@pytest.mark.parametrize("name", ["routes", "targets", "rules", "thinking", "long-context", "project"])
def test_every_configuration_is_without_a_problem(name: str) -> None:
    assert [problem.text(name) for problem in loaded(name).problems] == []


def test_the_order_is_the_real_one() -> None:
    table = PAGE.split("## The order")[1].split("\n\n")[1]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == ORDER


def test_every_condition_is_in_the_table() -> None:
    table = PAGE.split("| Condition |")[1].split("\n\n")[0]
    first_cells = " ".join(line.split("|")[1] for line in table.splitlines()[1:] if "|" in line)
    assert set(re.findall(r"`(\w+)`", first_cells)) == set(CONDITIONS)


def test_every_change_is_named() -> None:
    text = PAGE.split("`set` changes the request:")[1].split("\n\n")[0]
    assert {name for name in Rewrites.__slots__ if f"`{name}`" not in text} == set()


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        (body(), ("default", "deepseek,deepseek-chat")),
        (body(model="ollama,qwen3:4b"), ("explicit", "ollama,qwen3:4b")),
        (body(model="z-ai/glm-4.6"), ("model", "openrouter,z-ai/glm-4.6")),
        (summary_of_a_page(), ("background", "ollama,qwen3:4b")),
        (body("ultrathink"), ("think", "deepseek,deepseek-reasoner")),
        (body(LONG), ("longContext", "openrouter,google/gemini-2.5-pro")),
        (body(tools=[SEARCH]), ("webSearch", "openrouter,anthropic/claude-sonnet-4.5")),
        (body(messages=[{"role": "user", "content": [IMAGE]}]), ("image", "openrouter,z-ai/glm-4.6")),
    ],
)
def test_routes(request_body: dict[str, Any], expected: tuple[str, str]) -> None:
    assert outcome(decided(loaded("routes").config, request_body)) == expected


def test_several_targets() -> None:
    config = loaded("targets").config
    plain, thinking, errand = (
        decided(config, request) for request in (body(), body("ultrathink"), summary_of_a_page())
    )
    assert [str(target) for target in plain.targets] == [
        "deepseek,deepseek-chat",
        "openrouter,z-ai/glm-4.6",
        "openrouter,anthropic/claude-sonnet-4.5",
    ]
    assert (plain.strategy, len(plain.reserves)) == ("ordered", 1)
    assert (thinking.strategy, thinking.weights, thinking.reserves) == ("weighted", (3, 1), ())
    assert (errand.strategy, [str(target) for target in errand.reserves]) == ("fastest", ["deepseek,deepseek-chat"])


MONDAY_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SATURDAY_NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
PRODUCTION = [{"name": "mcp__production__deploy"}]


@pytest.mark.parametrize(
    ("request_body", "circumstances", "rule"),
    [
        (body(), NOTHING_KNOWN, None),
        (body(), Circumstances(now=MONDAY_NOON, spent={"day": 3}), None),
        (body(), Circumstances(headers={"x-task": "review"}), "reviews"),
        (body(), Circumstances(spent={"day": 11}), "save money"),
        (body(), Circumstances(now=SATURDAY_NOON), "nights and weekends"),
        (body(), Circumstances(now=MONDAY_NOON.replace(hour=23)), "nights and weekends"),
        (body(tools=PRODUCTION), Circumstances(now=SATURDAY_NOON), None),
        (body(MEDIUM), Circumstances(project="-home-me-work-shop"), "the shop"),
        (body(), Circumstances(project="-home-me-work-shop"), None),
    ],
)
def test_rules(request_body: dict[str, Any], circumstances: Circumstances, rule: str | None) -> None:
    assert decided(loaded("rules").config, request_body, circumstances).rule == rule


@pytest.mark.parametrize(
    ("changes", "route"),
    [
        ({}, "think"),
        ({"output_config": {"effort": "medium"}}, "default"),
        ({"output_config": {"effort": "medium"}, "prompt": "Bitte denk nach"}, "think"),
        ({"output_config": {"effort": "medium"}, "prompt": "think hard"}, "default"),
        ({"thinking": {"type": "disabled"}}, "default"),
    ],
)
def test_thinking(changes: dict[str, Any], route: str) -> None:
    assert decided(loaded("thinking").config, body(**changes)).route == route


@pytest.mark.parametrize(
    ("request_body", "route"),
    [
        (body(MEDIUM), "default"),
        (body(LONG), "longContext"),
        (summary_of_a_page(MEDIUM), "longContext"),
        (summary_of_a_page(), "background"),
    ],
)
def test_long_context(request_body: dict[str, Any], route: str) -> None:
    assert decided(loaded("long-context").config, request_body).route == route


def test_a_subagent_chooses_its_model_and_the_tag_is_taken_out() -> None:
    request = body(system=[{"type": "text", "text": "x"}, {"type": "text", "text": EXAMPLES["subagent"]}])
    decision = decided(loaded("routes").config, request)
    assert outcome(decision) == ("subagent", "openrouter,anthropic/claude-sonnet-4.5")
    assert without_subagent_tag(request)["system"][1]["text"].startswith("Please help me")


def test_a_projects_router_replaces_the_global_one() -> None:
    config = with_effective_router(loaded("routes").config, loaded("project").config.router, None)
    assert outcome(decided(config, body())) == ("default", "openrouter,anthropic/claude-sonnet-4.5")
    assert outcome(decided(config, body("ultrathink"))) == ("think", "openrouter,google/gemini-2.5-pro")
    assert outcome(decided(config, summary_of_a_page())) == ("background", "ollama,qwen3:4b")
    assert decided(config, body(LONG)).route == "default"


@pytest.mark.parametrize(
    ("request_body", "headers", "targets"),
    [
        (body(), {}, "None"),
        (body("word " * 250_000), {}, "openrouter,google/gemini-2.5-pro"),
        (
            body(tools=[{"name": "mcp__database__query"}]),
            {},
            "deepseek,deepseek-reasoner → openrouter,z-ai/glm-4.6",
        ),
        (body(), {"X-Team": "research"}, "deepseek,deepseek-reasoner"),
    ],
)
async def test_the_custom_router(
    tmp_path: Path, request_body: dict[str, Any], headers: dict[str, str], targets: str
) -> None:
    (tmp_path / "route.py").write_text(EXAMPLES["custom-router"], encoding="utf-8")
    config = Config.model_validate({"CUSTOM_ROUTER_PATH": "route.py"})
    router, fault = load_custom_router(config, tmp_path / "config.json")
    assert fault is None
    assert router is not None
    request = custom_request(request_body, headers, facts_of(request_body, {}, TokenCounter()), None)
    choice = await call_custom_router(router, request, loaded("routes").document.value, seconds=5)
    assert str(choice.targets) == targets


def test_the_fields_of_a_custom_request_are_all_named() -> None:
    text = PAGE.split("`request` has ")[1].split("`config` is")[0]
    fields = custom_request(body(), {}, facts_of(body(), {}, TokenCounter()), None).__slots__
    assert set(fields) == set(re.findall(r"`(\w+)`", text)) - {"None"}
