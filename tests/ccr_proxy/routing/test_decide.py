"""Which route decides, where the request goes, and what is said about it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from ccr_proxy.config.custom_contract import CustomChoice, choice_of
from ccr_proxy.config.schema import Config
from ccr_proxy.errors import ClientFault
from ccr_proxy.routing import decide as decide_module
from ccr_proxy.routing.background import Background
from ccr_proxy.routing.circumstances import NOTHING_KNOWN, Circumstances
from ccr_proxy.routing.decide import ORDER, Decision, decide
from ccr_proxy.routing.facts import Facts, facts_of
from ccr_proxy.routing.targets import Target
from ccr_proxy.routing.thinking import Thinking
from ccr_proxy.routing.token_estimate import TokenCounter, Tokens


def provider(name: str, *models: str, **more: Any) -> dict[str, Any]:
    url = f"https://{name.lower()}.example/v1/chat/completions"
    return {"name": name, "api_base_url": url, "api_key": "k", "models": list(models), **more}


PROVIDERS = [
    provider(
        "DeepSeek", "deepseek-chat", "deepseek-reasoner", model_settings={"deepseek-chat": {"context_window": 50_000}}
    ),
    provider("openrouter", "google/gemini-3-pro", "anthropic/claude-sonnet-4.6", "GLM-4.6"),
    provider("ollama", "qwen3:4b", "GLM-4.6"),
    provider("anthropic", "claude-opus-4-8", "claude-haiku-4-5"),
]
ROUTER = {
    "default": "deepseek,deepseek-chat",
    "background": "ollama,qwen3:4b",
    "think": "deepseek,deepseek-reasoner",
    "longContext": "openrouter,google/gemini-3-pro",
    "longContextThreshold": 60_000,
    "webSearch": "openrouter,anthropic/claude-sonnet-4.6",
    "image": "openrouter,GLM-4.6",
}


def config(router: dict[str, Any] | None = None, **more: Any) -> Config:
    return Config.model_validate({"Providers": PROVIDERS, "Router": ROUTER if router is None else router, **more})


PLAIN = facts_of({"model": "claude-opus-4-8", "messages": []}, {}, TokenCounter())


def request(tokens: float = 1_000, **changes: Any) -> Facts:
    return replace(PLAIN, token_counts=Tokens(tokens, tokens * 1.2, tokens * 1.5), **changes)


def names(decision: Decision) -> list[str]:
    return [str(target) for target in decision.targets]


ASKED: dict[str, Any] = {"thinking": Thinking.ASKED, "thinking_cue": "plan mode"}
TITLE: dict[str, Any] = {"background": Background.TITLE}
TAG: dict[str, Any] = {"subagent_model": "Ollama,QWEN3:4b"}


@pytest.mark.parametrize(
    ("name", "facts", "route", "target"),
    [
        ("nothing special", request(), "default", "DeepSeek,deepseek-chat"),
        ("no model at all", request(model=""), "default", "DeepSeek,deepseek-chat"),
        ("explicit", request(model="ollama,qwen3:4b"), "explicit", "ollama,qwen3:4b"),
        ("explicit, letter case aside", request(model="DEEPSEEK,Deepseek-Chat"), "explicit", "DeepSeek,deepseek-chat"),
        ("explicit with blanks", request(model="ollama, qwen3:4b "), "explicit", "ollama,qwen3:4b"),
        ("explicit, a model that is not listed", request(model="ollama,new:1b"), "explicit", "ollama,new:1b"),
        (
            "explicit over everything",
            request(900_000, model="ollama,a", **ASKED, **TITLE, **TAG),
            "explicit",
            "ollama,a",
        ),
        ("tag", request(**TAG), "subagent", "ollama,qwen3:4b"),
        ("tag over length", request(900_000, **TAG), "subagent", "ollama,qwen3:4b"),
        ("tag with a bare model", request(subagent_model="glm-4.6"), "subagent", "openrouter,GLM-4.6"),
        ("tag over a bare model", request(model="GLM-4.6", **TAG), "subagent", "ollama,qwen3:4b"),
        ("bare model", request(model="deepseek-reasoner"), "model", "DeepSeek,deepseek-reasoner"),
        ("bare model of two providers", request(model="GLM-4.6"), "model", "openrouter,GLM-4.6"),
        ("bare model over length", request(900_000, model="qwen3:4b"), "model", "ollama,qwen3:4b"),
        ("an unknown bare model", request(model="gpt-5"), "default", "DeepSeek,deepseek-chat"),
        ("the client's own name is no choice", request(model="claude-opus-4-8"), "default", "DeepSeek,deepseek-chat"),
        ("image", request(image_in_last_turn=True), "image", "openrouter,GLM-4.6"),
        ("image over length", request(900_000, image_in_last_turn=True), "image", "openrouter,GLM-4.6"),
        ("an older image", request(has_image=True), "default", "DeepSeek,deepseek-chat"),
        ("web search", request(has_web_search=True, **TITLE), "webSearch", "openrouter,anthropic/claude-sonnet-4.6"),
        ("long web search", request(70_000, has_web_search=True), "longContext", "openrouter,google/gemini-3-pro"),
        ("title", request(**TITLE), "background", "ollama,qwen3:4b"),
        ("haiku", request(model="claude-haiku-4-5-20251001"), "background", "ollama,qwen3:4b"),
        ("another haiku", request(model="haiku-poet"), "default", "DeepSeek,deepseek-chat"),
        ("haiku asked to think", request(model="claude-haiku-4-5", **ASKED), "background", "ollama,qwen3:4b"),
        ("long background", request(70_000, **TITLE), "longContext", "openrouter,google/gemini-3-pro"),
        ("think", request(**ASKED), "think", "DeepSeek,deepseek-reasoner"),
        ("only offered", request(thinking=Thinking.OFFERED), "default", "DeepSeek,deepseek-chat"),
        ("long thinking", request(60_001, **ASKED), "longContext", "openrouter,google/gemini-3-pro"),
        ("at the threshold", request(60_000, **ASKED), "think", "DeepSeek,deepseek-reasoner"),
        ("over the model's window", request(50_001), "longContext", "openrouter,google/gemini-3-pro"),
        ("in the model's window", request(50_000), "default", "DeepSeek,deepseek-chat"),
        (
            "counted by the tokenizer of the model in question",
            request(50_001, has_web_search=True),
            "longContext",
            "openrouter,google/gemini-3-pro",
        ),
    ],
)
def test_the_first_rule_that_applies_decides(name: str, facts: Facts, route: str, target: str) -> None:
    decision = decide(facts, config())
    assert (decision.route, names(decision)) == (route, [target]), name
    assert decision.reason.startswith(f"{route}: "), name
    assert "\n" not in decision.reason


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (request(81_204), "longContext: 81,204 tokens > longContextThreshold 60,000"),
        (request(55_000), "longContext: 55,000 tokens > context window 50,000 of DeepSeek,deepseek-chat"),
        (request(**ASKED), "think: plan mode"),
        (request(**TITLE), "background: session title"),
        (request(), "default: no other route applies"),
    ],
)
def test_reasons_say_the_numbers(facts: Facts, words: str) -> None:
    assert decide(facts, config()).reason == words


@pytest.mark.parametrize(
    "facts",
    [
        request(900_000),
        request(**ASKED),
        request(**TITLE),
        request(has_web_search=True),
        request(image_in_last_turn=True),
    ],
)
def test_routes_that_are_not_set_lead_to_default(facts: Facts) -> None:
    assert decide(facts, config({"default": "DeepSeek,deepseek-chat"})).route == "default"


def test_a_name_in_the_router_may_be_a_model_alone() -> None:
    assert names(decide(request(), config({"default": "glm-4.6"}))) == ["openrouter,GLM-4.6"]


@pytest.mark.parametrize(
    ("name", "providers", "model", "target"),
    [
        ("the only provider's first model", [provider("one", "a", "b")], "claude-opus-4-8", "one,a"),
        (
            "a listed model before that",
            [provider("one", "a", "claude-opus-4-8")],
            "claude-opus-4-8",
            "one,claude-opus-4-8",
        ),
        ("a listed model among several providers", PROVIDERS, "claude-opus-4-8", "anthropic,claude-opus-4-8"),
    ],
)
def test_without_a_default(name: str, providers: list[Any], model: str, target: str) -> None:
    found = decide(request(model=model), Config.model_validate({"Providers": providers}))
    assert (found.route, names(found)) == ("default", [target]), name


@pytest.mark.parametrize(
    ("name", "facts", "settings", "status", "words"),
    [
        ("typing error", request(model="depseek,x"), {}, 404, "Did you mean “DeepSeek”?"),
        ("nothing like it", request(model="zzz,x"), {}, 404, "DeepSeek, openrouter, ollama, anthropic"),
        ("explicit without a model", request(model="ollama,"), {}, 404, "“ollama,”"),
        ("wrong tag", request(subagent_model="olama,x"), {}, 400, "Did you mean “ollama”?"),
        ("wrong route", request(**ASKED), {"Router": {**ROUTER, "think": "gone,x"}}, 400, "Router.think “gone,x”"),
        ("several providers, no default", request(), {"Router": {}, "Providers": PROVIDERS[:2]}, 400, "Router.default"),
        ("no provider", request(), {"Router": {}, "Providers": []}, 400, "No provider with models"),
        ("a provider without models", request(), {"Router": {}, "Providers": [provider("a")]}, 400, "Router.default"),
    ],
)
def test_a_name_that_stands_for_nothing_is_told(
    name: str, facts: Facts, settings: dict[str, Any], status: int, words: str
) -> None:
    with pytest.raises(ClientFault) as caught:
        decide(facts, Config.model_validate({"Providers": PROVIDERS, "Router": ROUTER, **settings}))
    assert caught.value.status == status, name
    assert words in caught.value.message, name
    assert "\n" not in caught.value.message


FALLBACK = {
    "default": ["openrouter,GLM-4.6", "nobody,x", "ollama,qwen3:4b", "deepseek,deepseek-chat", "openrouter,glm-4.6"],
    "think": ["openrouter,google/gemini-3-pro"],
    "image": [],
}


@pytest.mark.parametrize(
    ("name", "facts", "targets"),
    [
        ("default", request(), ["DeepSeek,deepseek-chat", "openrouter,GLM-4.6", "ollama,qwen3:4b"]),
        ("think has its own", request(**ASKED), ["DeepSeek,deepseek-reasoner", "openrouter,google/gemini-3-pro"]),
        ("background has none", request(**TITLE), ["ollama,qwen3:4b"]),
        (
            "explicit uses default's",
            request(model="anthropic,claude-opus-4-8"),
            ["anthropic,claude-opus-4-8", "openrouter,GLM-4.6", "ollama,qwen3:4b", "DeepSeek,deepseek-chat"],
        ),
        (
            "so does image",
            request(image_in_last_turn=True),
            ["openrouter,GLM-4.6", "ollama,qwen3:4b", "DeepSeek,deepseek-chat"],
        ),
    ],
)
def test_fallbacks_follow_each_once(name: str, facts: Facts, targets: list[str]) -> None:
    assert names(decide(facts, config(fallback=FALLBACK))) == targets, name


RULES = [
    {"name": "off", "when": {"model": "claude-*"}, "use": "ollama,unlisted"},
    {
        "name": "reviews",
        "when": {"header": {"x-task": "review"}},
        "use": ["anthropic,claude-opus-4-8", "ollama,qwen3:4b"],
    },
    {"name": "dear", "when": {"spend": {"gt": 5}}, "use": "ollama,qwen3:4b", "set": {"max_tokens": 4000}},
    {"name": "cheap titles", "when": {"background": True}, "use": {"targets": ["glm-4.6"], "strategy": "cheapest"}},
]


@pytest.mark.parametrize(
    ("name", "facts", "circumstances", "rule", "targets"),
    [
        ("none holds", request(), NOTHING_KNOWN, None, ["DeepSeek,deepseek-chat"]),
        (
            "the first that holds",
            request(**TITLE),
            Circumstances(headers={"x-task": "review"}),
            "reviews",
            ["anthropic,claude-opus-4-8", "ollama,qwen3:4b"],
        ),
        ("spending is handed in", request(), Circumstances(spent={"day": 6}), "dear", ["ollama,qwen3:4b"]),
        ("before background", request(**TITLE), NOTHING_KNOWN, "cheap titles", ["openrouter,GLM-4.6"]),
        ("after explicit names", request(model="anthropic,x"), Circumstances(spent={"day": 6}), None, ["anthropic,x"]),
        ("after tags", request(**TAG), Circumstances(spent={"day": 6}), None, ["ollama,qwen3:4b"]),
        ("before length", request(900_000), Circumstances(spent={"day": 6}), "dear", ["ollama,qwen3:4b"]),
        (
            "before images",
            request(image_in_last_turn=True, **TITLE),
            NOTHING_KNOWN,
            "cheap titles",
            ["openrouter,GLM-4.6"],
        ),
    ],
)
def test_rules_come_after_names_and_before_all_else(
    name: str, facts: Facts, circumstances: Circumstances, rule: str | None, targets: list[str]
) -> None:
    decision = decide(facts, config({**ROUTER, "rules": RULES}), circumstances)
    assert (decision.rule, names(decision)) == (rule, targets), name
    assert (decision.route == "rule") == (rule is not None)


def test_what_a_rule_sets_comes_along() -> None:
    decision = decide(request(), config({**ROUTER, "rules": RULES}), Circumstances(spent={"day": 6}))
    assert decision.rewrites.max_tokens == 4000
    assert not decide(request(), config()).rewrites


def test_a_rule_that_names_an_unlisted_model_is_inactive_and_the_others_stay() -> None:
    decision = decide(request(), config({**ROUTER, "rules": RULES}))
    inactive = [step for step in decision.explanation if step.outcome == "inactive"]
    assert [str(step) for step in inactive] == [
        "rule “off”: inactive: “ollama,unlisted” is no model of a configured provider"
    ]


WEIGHTED = [{"use": "ollama,qwen3:4b", "weight": 3}, "openrouter,GLM-4.6", {"use": "nobody,x", "weight": 9}]


def test_a_route_of_several_targets_says_how_to_choose_and_what_comes_last() -> None:
    decision = decide(request(), config({"default": WEIGHTED}, fallback={"default": ["deepseek,deepseek-chat"]}))
    assert [str(target) for target in decision.own_targets] == ["ollama,qwen3:4b", "openrouter,GLM-4.6"]
    assert [str(target) for target in decision.reserves] == ["DeepSeek,deepseek-chat"]
    assert (decision.strategy, decision.weights) == ("weighted", (3, 1))


def test_a_reserve_that_the_route_has_already_is_not_tried_twice() -> None:
    decision = decide(request(), config({"default": WEIGHTED}, fallback={"default": ["ollama,qwen3:4b"]}))
    assert decision.reserves == ()


@pytest.mark.parametrize(
    ("name", "custom", "facts", "route", "targets", "noted"),
    [
        (
            "over explicit names",
            choice_of("ollama,qwen3:4b"),
            request(model="anthropic,x"),
            "custom",
            "ollama,qwen3:4b",
            "",
        ),
        ("a model alone", choice_of("glm-4.6"), request(), "custom", "openrouter,GLM-4.6", ""),
        ("no choice", choice_of(None), request(), "default", "DeepSeek,deepseek-chat", "made no choice"),
        ("an error", CustomChoice(note="r.py:3: boom"), request(), "default", "DeepSeek,deepseek-chat", "r.py:3: boom"),
        ("a name that is none", choice_of("nobody,x"), request(), "default", "DeepSeek,deepseek-chat", "“nobody,x”"),
        ("a model without a comma", choice_of("gpt-9"), request(), "default", "DeepSeek,deepseek-chat", "“gpt-9”"),
    ],
)
def test_the_custom_router_comes_first_and_routing_goes_on_without_it(
    name: str, custom: CustomChoice, facts: Facts, route: str, targets: str, noted: str
) -> None:
    decision = decide(facts, config(), Circumstances(custom=custom))
    assert (decision.route, names(decision)) == (route, [targets]), name
    assert decision.explanation[0].step == "custom"
    assert noted in decision.explanation[0].why


def test_the_order_in_the_documentation_of_the_module_is_the_order() -> None:
    assert decide_module.__doc__ is not None
    table = decide_module.__doc__.split("against CCR 2")[1].split("\n\n")[0]
    assert tuple(line.split()[0] for line in table.splitlines() if line.strip()) == ORDER


def test_a_model_name_may_hold_commas() -> None:
    providers = [provider("one", "mix,of,names", "b"), provider("two", "c")]
    settings = Config.model_validate({"Providers": providers})
    assert decide(request(model="mix,of,names"), settings).targets == (Target("one", "mix,of,names"),)
    assert decide(request(model="one,mix,of,names"), settings).targets == (Target("one", "mix,of,names"),)


def test_what_cannot_be_counted_does_not_change_a_choice() -> None:
    """CCR sends a request to the default model when counting fails, even one that names its model."""
    for content in ("<|endoftext|>", [{"type": "tool_result", "tool_use_id": "t"}], None, 7, [[["x"]]]):
        body = {"model": "ollama,qwen3:4b", "messages": [{"role": "user", "content": content}]}
        assert names(decide(facts_of(body, {}, TokenCounter()), config())) == ["ollama,qwen3:4b"]


def test_a_long_conversation_that_was_seen_before_is_decided_in_no_time() -> None:
    """1 MB in 650 messages takes about 0.4 ms; the limit leaves room for a slow machine, not for a second count."""
    tool_use = {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "ls"}}
    answer = {"role": "assistant", "content": [{"type": "text", "text": "word " * 300}, tool_use]}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "line " * 340}]}
    messages = [{**message} for _ in range(325) for message in (result, answer)]
    body = {"model": "claude-opus-4-8", "messages": messages, "thinking": {"type": "adaptive"}}
    settings = config({**ROUTER, "rules": RULES * 5})
    counter, known = TokenCounter(), dict[int, Tokens]()

    def seconds() -> float:
        start = time.perf_counter()
        decide(facts_of(body, {}, counter, known=known), settings)
        return time.perf_counter() - start

    seconds()
    assert min(seconds() for _ in range(20)) < 0.003
