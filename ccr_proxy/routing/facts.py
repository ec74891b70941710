"""What a request is: everything that routing decides by, gathered once.

The body is read as it is, of any shape; nothing here raises. On a conversation of 1 MB (650 messages) whose earlier
turns were counted before, this takes about a millisecond; new text adds about 15 ms per megabyte.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.router import ThinkWhen
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.routing.background import Background, background_of
from ccr_proxy.routing.conversation import read_conversation
from ccr_proxy.routing.session import AGENT_HEADER, session_id_of
from ccr_proxy.routing.subagent_tag import subagent_model_of
from ccr_proxy.routing.thinking import DEFAULT_CUES, Thinking, effort_of, thinking_of
from ccr_proxy.routing.token_estimate import Family, TokenCounter, Tokens, family_of

_SUBAGENT_MARK = "cc_is_subagent=true"
_ATTRIBUTION = "x-anthropic-billing-header"


@dataclass(frozen=True, slots=True)
class Facts:
    """One request, as routing sees it.

    `model` is the name as asked for, "" when there is none. `thinking_cue` says in words why thinking is ASKED.
    `image_in_last_turn`: the coming answer is about an image. `subagent_model` is the content of the CCR tag.
    `tools` are the names of the tools that are offered.
    """

    model: str
    stream: bool
    token_counts: Tokens
    thinking: Thinking
    thinking_cue: str
    effort: str | None
    plan_mode: bool
    has_web_search: bool
    has_image: bool
    image_in_last_turn: bool
    background: Background | None
    is_subagent: bool
    subagent_model: str | None
    session_id: str | None
    tools: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """Estimated input tokens, counted for the model that was asked for."""
        return self.tokens_for(self.model)

    def tokens_for(self, model: str) -> int:
        """Estimated input tokens when `model` gets the request; tokenizers differ by half."""
        return self.tokens_in(family_of(model))

    def tokens_in(self, family: Family) -> int:
        """Estimated input tokens of one tokenizer family."""
        return math.ceil(self.token_counts[family.value])


# Of a request that cannot be read.
NO_FACTS = Facts(
    model="",
    stream=False,
    token_counts=Tokens(*(0 for _ in Tokens._fields)),
    thinking=Thinking.NONE,
    thinking_cue="",
    effort=None,
    plan_mode=False,
    has_web_search=False,
    has_image=False,
    image_in_last_turn=False,
    background=None,
    is_subagent=False,
    subagent_model=None,
    session_id=None,
)


def facts_of(
    body: JsonObject,
    headers: Mapping[str, str],
    counter: TokenCounter,
    cues: ThinkWhen = DEFAULT_CUES,
    known: dict[int, Tokens] | None = None,
) -> Facts:
    """Gather the facts of an Anthropic Messages request.

    `headers` is looked up by lower-case names: a case-insensitive mapping, or one with such keys. `known` are token
    counts by `id()` of parts of the body that were counted before. `cues` say what asks for thinking:
    `config.router.think_when`.
    """
    conversation = read_conversation(body.get("messages"))
    background = background_of(body)
    thinking, cue = (Thinking.NONE, "") if background else thinking_of(body, conversation, cues)
    model = body.get("model")
    return Facts(
        model=model.strip() if isinstance(model, str) else "",
        stream=body.get("stream") is True,
        token_counts=counter.estimate_all(body, known),
        thinking=thinking,
        thinking_cue=cue,
        effort=effort_of(body),
        plan_mode=conversation.plan_mode,
        has_web_search=_has_web_search(body.get("tools")),
        has_image=conversation.has_image,
        image_in_last_turn=conversation.image_in_last_turn,
        background=background,
        is_subagent=_is_subagent(body.get("system"), headers),
        subagent_model=subagent_model_of(body),
        session_id=session_id_of(body, headers),
        tools=_tool_names(body.get("tools")),
    )


def _has_web_search(tools: Any) -> bool:
    """Anthropic's server tool has a dated type, `web_search_20250305` and later ones."""
    typed = [tool for tool in tools if isinstance(tool, dict) and "type" in tool] if isinstance(tools, list) else []
    return any(str(tool["type"]).startswith("web_search") for tool in typed)


def _tool_names(tools: Any) -> tuple[str, ...]:
    """Names of the tools that are offered; Anthropic's own server tools have names too."""
    listed = tools if isinstance(tools, list) else []
    return tuple(str(tool["name"]) for tool in listed if isinstance(tool, dict) and tool.get("name"))


def _is_subagent(system: Any, headers: Mapping[str, str]) -> bool:
    if headers.get(AGENT_HEADER):
        return True
    first = system[0] if isinstance(system, list) and system else system
    text = first.get("text") if isinstance(first, dict) else first
    return isinstance(text, str) and text.startswith(_ATTRIBUTION) and _SUBAGENT_MARK in text
