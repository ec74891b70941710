"""`forcereasoning`: a model without reasoning of its own is asked to reason in its text, between tags.

Its earlier reasoning goes back to it in the same form, the latest turns only: older reasoning costs more than it helps.
A client that turned thinking off, or that wants an answer in a JSON schema, is not disturbed.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.conversation_edits import with_reminder
from ccr_proxy.transformers.reasoning import wants_thinking
from ccr_proxy.transformers.tagged_reasoning import TaggedReasoningSink
from ccr_proxy.transformers.transformer import Context, Transformer

TAG = "reasoning_content"
# Claude Code Router keeps as many.
REMEMBERED_TURNS = 10
_PROMPT = (
    f"<system-reminder>\nBegin your reply with your reasoning, step by step, between <{TAG}> and </{TAG}>. Close the "
    "tag before you answer or call a tool. What stands after it is the reply; do not speak of these tags there.\n"
    "</system-reminder>"
)


def _ask(body: JsonObject, _context: Context, _options: JsonObject) -> JsonObject:
    wants_json = as_object(body.get("output_config")).get("format") or body.get("output_format")
    if wants_thinking(body) is False or wants_json:
        return body
    return with_reminder({**body, "messages": _with_reasoning_as_text(body.get("messages") or [])}, _PROMPT)


def _with_reasoning_as_text(messages: list[Any]) -> list[Any]:
    thoughtful = [index for index, message in enumerate(messages) if _has_thinking(message)]
    recent = set(thoughtful[-REMEMBERED_TURNS:])
    return [_as_text(message) if index in recent else message for index, message in enumerate(messages)]


def _has_thinking(message: object) -> bool:
    content = message.get("content") if isinstance(message, dict) and message.get("role") == "assistant" else None
    return isinstance(content, list) and any(_thought(block) for block in content)


def _as_text(message: JsonObject) -> JsonObject:
    content = [
        {"type": "text", "text": f"<{TAG}>\n{thought}\n</{TAG}>"} if (thought := _thought(block)) else block
        for block in message["content"]
    ]
    return {**message, "content": content}


def _thought(block: object) -> str:
    if not isinstance(block, dict) or block.get("type") != "thinking":
        return ""
    return str(block.get("thinking") or "")


def _split(sink: AnswerSink, _context: Context, _options: JsonObject) -> AnswerSink:
    return TaggedReasoningSink(sink, TAG)


FORCEREASONING = Transformer("forcereasoning", conversation=_ask, answer=_split)
