"""`tooluse`: the forced call, and the way out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import BASH, HELLO, answered, chain, sent

FORCED = chain("tooluse")
ASKED = {**HELLO, "tools": [BASH]}


def names(body: dict[str, Any]) -> list[str]:
    return [tool["function"]["name"] for tool in body["tools"]]


def test_a_tool_must_be_called_and_one_ends_the_turn() -> None:
    body = sent(FORCED, ASKED)
    assert names(body) == ["Bash", "ExitTool"]
    assert body["tool_choice"] == "required"
    assert "ExitTool" in body["messages"][-1]["content"]


@pytest.mark.parametrize("choice", [{"type": "none"}, {"type": "any"}, {"type": "tool", "name": "Bash"}])
def test_a_clients_own_choice_stays(choice: dict[str, Any]) -> None:
    assert names(sent(FORCED, {**ASKED, "tool_choice": choice})) == ["Bash"]


def test_without_tools_nothing_happens() -> None:
    assert sent(FORCED) == sent(chain())
    assert sent(FORCED, {**HELLO, "tools": []}) == sent(chain(), {**HELLO, "tools": []})


def test_twice_is_once() -> None:
    body = sent(chain("tooluse", model=["tooluse"]), ASKED)
    assert names(body) == ["Bash", "ExitTool"]
    call = Chat.call(0, '{"response":"Hi"}', id="a", name="ExitTool")
    twice = answered(chain("tooluse", model=["tooluse"]), call, Chat.finish("tool_calls"), asked=ASKED)
    assert twice == ["text: Hi", "stop: end_turn"]


def test_the_parallel_switch_survives() -> None:
    body = sent(FORCED, {**ASKED, "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}})
    assert (body["tool_choice"], body["parallel_tool_calls"]) == ("required", False)


@pytest.mark.parametrize(("thinking", "choice"), [("enabled", None), ("disabled", {"type": "any"})])
def test_anthropic_is_not_forced_while_it_thinks(thinking: str, choice: Any) -> None:
    asked = {**ASKED, "thinking": {"type": thinking, "budget_tokens": 1024}}
    assert sent(FORCED, asked, protocol="anthropic").get("tool_choice") == choice


def test_a_clients_own_exit_tool_is_its_own() -> None:
    asked = {**HELLO, "tools": [{"name": "ExitTool", "input_schema": {"type": "object"}}]}
    call = Chat.call(0, '{"response":"Hi"}', id="a", name="ExitTool")
    assert answered(FORCED, call, Chat.finish("tool_calls"), asked=asked)[0].startswith("call ExitTool#a")
