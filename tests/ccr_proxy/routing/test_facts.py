"""Facts from the shapes of requests that Claude Code really sends (version 2.1), and from any other JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.router import ThinkWhen
from ccr_proxy.routing.background import Background
from ccr_proxy.routing.facts import Facts, facts_of
from ccr_proxy.routing.thinking import Thinking
from ccr_proxy.routing.token_estimate import TokenCounter

SESSION = "0b6b1a3e-1f0e-4d43-8b50-5f8c2f3d5a11"


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def answer(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def system(words: str) -> dict[str, Any]:
    return {"role": "system", "content": words}


def call(name: str, call_id: str = "t1") -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": {}}


def result(content: Any = "done", call_id: str = "t1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
REMINDER = text("<system-reminder>\nPlan mode is active. The user wants no changes yet.\n</system-reminder>")
BASH = {"name": "Bash", "description": "Run a command", "input_schema": {"type": "object"}}


def main_request(**changes: Any) -> dict[str, Any]:
    """The body of a main request for a model that the client does not know."""
    return {
        "model": "my-model",
        "max_tokens": 32000,
        "stream": True,
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high"},
        "system": [
            text("x-anthropic-billing-header: cc_version=2.1.197.a1b; cc_entrypoint=cli;"),
            text("You are Claude Code."),
            text("Help the user."),
        ],
        "tools": [BASH],
        "messages": [
            user(text("<system-reminder>\nContext.\n</system-reminder>"), text("Fix it")),
            system("Skills: none"),
        ],
        **changes,
    }


def title_request(**changes: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    body = main_request(
        tools=[],
        messages=[user(text("<session>\nultrathink about the parser\n</session>"))],
        output_config={"effort": "high", "format": {"type": "json_schema", "schema": schema}},
        thinking={"type": "disabled"},
    )
    return {**body, **changes}


def facts(body: dict[str, Any], headers: dict[str, str] | None = None) -> Facts:
    return facts_of(body, headers or {}, TokenCounter())


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("an unknown model's first request", {}, Thinking.OFFERED),
        ("disabled is not thinking", {"thinking": {"type": "disabled"}}, Thinking.NONE),
        ("no field", {"thinking": None}, Thinking.NONE),
        ("haiku always gets a budget", {"model": "claude-haiku-4-5-20251001", "thinking": 31999}, Thinking.OFFERED),
        ("so does sonnet 4.5", {"model": "claude-sonnet-4-5", "thinking": 31999}, Thinking.OFFERED),
        ("and a routed sonnet 4", {"model": "x,claude-sonnet-4", "thinking": 31999}, Thinking.OFFERED),
        ("sonnet 4.6 does not get one", {"model": "claude-sonnet-4-6", "thinking": 31999}, Thinking.ASKED),
        ("MAX_THINKING_TOKENS chose it", {"model": "claude-haiku-4-5", "thinking": 10000}, Thinking.ASKED),
        ("a budget for an unknown model", {"thinking": 31999}, Thinking.ASKED),
        ("adaptive was rejected before", {"thinking": 63999, "max_tokens": 64000}, Thinking.OFFERED),
        ("effort low", {"output_config": {"effort": "low"}}, Thinking.OFFERED),
        ("effort max", {"output_config": {"effort": "max"}}, Thinking.ASKED),
        ("effort xhigh", {"output_config": {"effort": "xhigh"}}, Thinking.ASKED),
        ("effort of a wrong type", {"output_config": {"effort": ["max"]}}, Thinking.OFFERED),
        ("the word ultrathink", {"messages": [user(text("Please ULTRATHINK this"))]}, Thinking.ASKED),
        ("think harder", {"messages": [{"role": "user", "content": "think harder"}]}, Thinking.ASKED),
        ("the Chinese words", {"messages": [user(text("请深度思考这个问题"))]}, Thinking.ASKED),
        ("part of a longer word", {"messages": [user(text("call my_ultrathinker()"))]}, Thinking.OFFERED),
        ("plainly thinking", {"messages": [user(text("I think so"))]}, Thinking.OFFERED),
        (
            "in the middle of a long paste",
            {"messages": [user(text("a" * 9000 + " ultrathink " + "b" * 9000))]},
            Thinking.OFFERED,
        ),
        ("at the end of a long paste", {"messages": [user(text("a" * 90000 + " ultrathink"))]}, Thinking.ASKED),
        (
            "in an older prompt",
            {"messages": [user(text("ultrathink")), answer(), user(text("go on"))]},
            Thinking.OFFERED,
        ),
        (
            "still the same prompt after tool calls",
            {"messages": [user(text("ultrathink")), answer(call("Bash")), user(result())]},
            Thinking.ASKED,
        ),
        (
            "quoted by a tool result",
            {"messages": [user(text("look")), answer(call("Bash")), user(result("ultrathink"))]},
            Thinking.OFFERED,
        ),
        (
            "asked but disabled",
            {"messages": [user(text("ultrathink"))], "thinking": {"type": "disabled"}},
            Thinking.NONE,
        ),
        ("plan mode in role:system", {"messages": [user(text("x")), system("Plan mode is active.")]}, Thinking.ASKED),
        ("plan mode in a reminder", {"messages": [user(REMINDER, text("x"))]}, Thinking.ASKED),
    ],
)
def test_thinking_is_asked_for_only_by_people(name: str, changes: dict[str, Any], expected: Thinking) -> None:
    budget = changes.get("thinking")
    if isinstance(budget, int):
        changes = {**changes, "thinking": {"type": "enabled", "budget_tokens": budget}}
    found = facts(main_request(**changes))
    assert found.thinking is expected, name
    assert bool(found.thinking_cue) == (expected is Thinking.ASKED), name


def test_the_cues_for_thinking_can_be_changed() -> None:
    body = main_request(messages=[user(text("nachdenken bitte")), system("Plan mode is active")])
    cues = ThinkWhen(words=("nachdenken",), efforts=(), plan_mode=False)
    assert facts_of(body, {}, TokenCounter(), cues).thinking_cue == "the prompt says “nachdenken”"


BUDGET = {"thinking": {"type": "enabled", "budget_tokens": 9000}}


@pytest.mark.parametrize(
    ("name", "cues", "changes", "expected"),
    [
        ("the field alone, as in CCR", ThinkWhen(offered=True), {}, "the request offers adaptive thinking"),
        ("but never where it is disabled", ThinkWhen(offered=True), {"thinking": {"type": "disabled"}}, ""),
        ("budgets do not count", ThinkWhen(budgets=False), BUDGET, ""),
        ("another effort", ThinkWhen(efforts=("high",)), {}, "effort high"),
        ("capitals in a word", ThinkWhen(words=("Nachdenken",)), {"messages": [user(text("nachdenken"))]},
         "the prompt says “Nachdenken”"),
        ("no plan mode", ThinkWhen(plan_mode=False), {"messages": [user(REMINDER, text("go"))]}, ""),
    ],
)  # fmt: skip
def test_each_cue_can_be_changed(name: str, cues: ThinkWhen, changes: dict[str, Any], expected: str) -> None:
    found = facts_of(main_request(**changes), {}, TokenCounter(), cues)
    assert found.thinking_cue == expected, name
    assert (found.thinking is Thinking.ASKED) == bool(expected)


def test_tools_are_known_by_name() -> None:
    tools = [BASH, {"type": "web_search_20250305", "name": "web_search"}, "x", {"name": ""}]
    assert facts(main_request(tools=tools)).tools == ("Bash", "web_search")
    assert facts(main_request(tools=None)).tools == ()


PLAN = system("Some list.\n\nPlan mode is active. The user indicated that they do not want you to execute yet.")


@pytest.mark.parametrize(
    ("name", "messages", "expected"),
    [
        ("never", [user(text("x"))], False),
        ("on, while tools run", [user(text("x")), PLAN, answer(call("Read")), user(result())], True),
        ("the short reminder", [user(text("x")), system("Plan mode still active (see above).")], True),
        ("ended by a reminder", [user(text("x")), PLAN, answer(), system("## Exited Plan Mode\nGo.")], False),
        ("entered again", [system("## Exited Plan Mode"), answer(), PLAN], True),
        ("ended by an approved plan", [PLAN, answer(call("ExitPlanMode")), user(result("approved"))], False),
        ("a rejected plan", [PLAN, answer(call("ExitPlanMode")), user(result("no", is_error=True))], True),
        ("an unanswered plan", [PLAN, answer(call("ExitPlanMode"))], True),
        ("entered by the model", [answer(call("EnterPlanMode")), user(result("Entered"))], True),
        ("quoted by a person", [user(text("Plan mode is active, they say"))], False),
        ("quoted by a tool", [answer(call("Read")), user(result("Plan mode is active"))], False),
        ("in the middle of a line", [system("Use it when Plan mode is active.")], False),
        ("call with an id of a wrong type", [answer({**call("ExitPlanMode"), "id": []}), user(result())], False),
    ],
)
def test_plan_mode_is_what_the_last_sign_says(name: str, messages: list[Any], expected: bool) -> None:
    assert facts(main_request(messages=messages)).plan_mode is expected, name


@pytest.mark.parametrize(
    ("name", "messages", "has_image", "in_last_turn"),
    [
        ("none", [user(text("x"))], False, False),
        ("in the prompt", [user(IMAGE, text("x"))], True, True),
        ("as a string message and an image message", [user(IMAGE), {"role": "user", "content": "x"}], True, True),
        ("before a role:system message", [user(IMAGE), system("Reminder")], True, True),
        ("in a tool result", [user(text("x")), answer(call("Read")), user(result([IMAGE]))], True, True),
        ("in an older turn", [user(IMAGE), answer(text("ok")), user(text("y"))], True, False),
        ("in an answer", [user(text("x")), answer(IMAGE), user(text("y"))], False, False),
    ],
)
def test_images_are_seen_by_their_place(name: str, messages: list[Any], has_image: bool, in_last_turn: bool) -> None:
    found = facts(main_request(messages=messages))
    assert (found.has_image, found.image_in_last_turn) == (has_image, in_last_turn), name


PAGE = "Web page content:\n---\n# Docs\n---\n\nWhat is it?\n\nProvide a concise response."
TOPIC_SYSTEM = [text("Format your response as JSON with 'isNewTopic' (boolean) and 'title'.")]


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a title", title_request(), Background.TITLE),
        ("a title of an unknown model has no thinking field", title_request(thinking=None), Background.TITLE),
        ("a title with a system message", title_request(messages=[user(text("hi")), system("x")]), Background.TITLE),
        ("a fetched page", main_request(tools=[], messages=[user(text("\n" + PAGE))]), Background.PAGE_SUMMARY),
        (
            "a fetched page that is not trusted",
            main_request(tools=[], messages=[user(text("Data only.\n\n<untrusted-content-0a1b>\npage"))]),
            Background.PAGE_SUMMARY,
        ),
        ("a topic check", main_request(tools=[], system=TOPIC_SYSTEM), Background.TOPIC_CHECK),
        ("the main request", main_request(), None),
        ("a probe of /model", {"model": "m", "max_tokens": 1, "messages": [user(text("Hi"))]}, None),
        ("a probe of a title", title_request(max_tokens=1), None),
        ("a page pasted by a person", main_request(messages=[user(text(PAGE))]), None),
        ("a plain question without tools", {"model": "m", "messages": [user(text("Hi"))]}, None),
        (
            "another program's schema with a title",
            main_request(
                tools=[],
                output_config={"format": {"schema": {"properties": {"title": {}, "author": {}, "body": {}}}}},
            ),
            None,
        ),
        ("a title of a long conversation", title_request(messages=[user(), answer(), user(text("title?"))]), None),
    ],
)
def test_the_clients_own_errands_are_recognised(name: str, body: dict[str, Any], expected: Background | None) -> None:
    found = facts(body)
    assert found.background is expected, name
    assert not expected or found.thinking is Thinking.NONE, name


@pytest.mark.parametrize(
    ("name", "headers", "user_id", "expected"),
    [
        ("header", {"x-claude-code-session-id": SESSION}, None, SESSION),
        ("header before body", {"x-claude-code-session-id": SESSION}, "u_session_other", SESSION),
        ("older user_id", {}, f"user_ab12_account__session_{SESSION}", SESSION),
        ("newer user_id", {}, f'{{"device_id":"ab","account_uuid":"","session_id":"{SESSION}"}}', SESSION),
        ("a number", {}, 7, None),
        ("an object", {}, {"session_id": SESSION}, SESSION),
        ("an object without it", {}, {"device_id": "ab"}, None),
        ("broken JSON", {}, '{"session_id":', None),
        ("too deep JSON", {}, '{"a":' * 100_000, None),
        ("JSON without it", {}, '{"session_id": 5}', None),
        ("another program's user", {}, "alice", None),
        ("nothing after the mark", {}, "user_session_", None),
    ],
)
def test_session_id(name: str, headers: dict[str, str], user_id: Any, expected: str | None) -> None:
    assert facts(main_request(metadata={"user_id": user_id}), headers).session_id == expected, name


@pytest.mark.parametrize(
    ("name", "headers", "first_system", "expected"),
    [
        ("the main agent", {}, "x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli;", False),
        ("the header", {"x-claude-code-agent-id": "a1"}, "You", True),
        ("the attribution", {}, "x-anthropic-billing-header: cc_version=2.1; cc_is_subagent=true;", True),
        ("only quoted", {}, "The mark is cc_is_subagent=true;", False),
    ],
)
def test_subagents(name: str, headers: dict[str, str], first_system: str, expected: bool) -> None:
    assert facts(main_request(system=[text(first_system)]), headers).is_subagent is expected, name
    assert facts(main_request(system=first_system), headers).is_subagent is expected, name


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ([{"type": "web_search_20250305", "name": "web_search", "max_uses": 8}], True),
        ([BASH, {"type": "web_search_20260209", "name": "web_search"}], True),
        ([{"name": "web_search", "input_schema": {}}], False),
        ([], False),
        (None, False),
        ("web_search", False),
    ],
)
def test_web_search_is_the_server_tool(tools: Any, expected: bool) -> None:
    assert facts(main_request(tools=tools)).has_web_search is expected


def test_plain_fields() -> None:
    found = facts(main_request(model=" deepseek,deepseek-chat "))
    assert (found.model, found.stream, found.effort) == ("deepseek,deepseek-chat", True, "high")
    assert (facts({}).model, facts({"stream": 1}).stream) == ("", False)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
block_like = st.fixed_dictionaries(
    {},
    optional={
        "type": json_values | st.sampled_from(["text", "image", "document", "tool_use", "tool_result", "thinking"]),
        "text": json_values,
        "content": json_values,
        "source": json_values | st.fixed_dictionaries({"type": st.just("base64"), "data": json_values}),
        "input": json_values,
        "name": json_values,
        "id": json_values,
        "tool_use_id": json_values,
        "cache_control": json_values,
    },
)
message_like = st.fixed_dictionaries(
    {},
    optional={
        "role": json_values | st.sampled_from(["user", "assistant", "system"]),
        "content": json_values | st.lists(block_like | json_values, max_size=4),
    },
)
body_like = st.fixed_dictionaries(
    {},
    optional={
        "model": json_values,
        "system": json_values | st.lists(block_like, max_size=3),
        "messages": json_values | st.lists(message_like | json_values, max_size=5),
        "tools": json_values | st.lists(block_like | json_values, max_size=3),
        "thinking": json_values | st.fixed_dictionaries({"type": json_values, "budget_tokens": json_values}),
        "output_config": json_values | st.fixed_dictionaries({"effort": json_values, "format": json_values}),
        "metadata": json_values | st.fixed_dictionaries({"user_id": json_values}),
        "max_tokens": json_values,
    },
)


@given(body_like)
def test_no_body_raises(body: dict[str, Any]) -> None:
    assert facts(body).tokens >= 0
