"""Answers that end as answers end and have nothing in them.

With most providers that is a defect, and another target may do better. Anthropic's models do it on purpose too: after a
tool result they may have nothing to add (https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons,
"Empty responses with end_turn"). A refusal, a pause, a full output or a stop sequence explains an empty answer by
itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.usage import Usage

_UNEXPLAINED = (None, "end_turn", "tool_use")


@dataclass
class EmptyAnswer(UpstreamFault):
    """A 200 that ended without any content. `usage` is what it took."""

    usage: Usage = field(default_factory=Usage)


def empty_answer(usage: Usage) -> EmptyAnswer:
    """The failure of an answer with nothing in it."""
    return EmptyAnswer(502, "the provider's answer has nothing in it", cause="empty", usage=usage)


def needs_content(stop_reason: object) -> bool:
    """Whether an answer that ended for this reason should have had content."""
    return stop_reason in _UNEXPLAINED


def says_nothing(block: JsonObject) -> bool:
    """Whether an Anthropic content block, or its start, is text or thinking without a word (or signature)."""
    kind = block.get("type")
    return kind in ("text", "thinking") and not (block.get(kind) or block.get("signature"))
