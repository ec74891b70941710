"""An Anthropic conversation in the strict form that other wire formats demand.

Claude Code's history is looser than theirs: system messages stand in the middle, results of parallel calls may be
spread over several user messages, an interrupt leaves calls without results and results without calls. Here every
turn alternates, each call is answered right after its turn, and nothing that the model could read is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject

INTERRUPTED = "[This tool call was interrupted and has no result.]"
# The client's attribution line, `x-anthropic-billing-header: cc_version=2.1.197.a3f; ...`. Its last three digits differ
# from conversation to conversation, which would defeat prefix caches shared between them; only Anthropic reads them.
_FINGERPRINT = re.compile(r"^(x-anthropic-billing-header: *cc_version=\d+\.\d+\.\d+)\.[0-9a-f]+")


@dataclass(slots=True)
class Turn:
    """One side's turn. `results` (user turns only) answer the calls of the turn before, in the order of the calls."""

    role: Literal["user", "assistant"]
    blocks: list[JsonObject] = field(default_factory=list)
    results: list[JsonObject] = field(default_factory=list)


def refuse_what_runs_at_anthropic(body: JsonObject) -> None:
    """Raise ClientFault for what only Anthropic's own API does: without it the answer would be another one."""
    for field_name in ("mcp_servers", "container"):
        if body.get(field_name):
            raise ClientFault(400, f"{field_name}: runs at Anthropic only; leave it out for this model")


def system_texts(body: JsonObject) -> list[str]:
    """The non-empty texts of the system prompt, without the conversation's fingerprint in the client's first line."""
    blocks = _blocks(body.get("system"))
    texts = (block.get("text") for block in blocks)
    return [_FINGERPRINT.sub(r"\1", text) for text in texts if isinstance(text, str) and text]


def turns_of(body: JsonObject) -> list[Turn]:
    """The messages of a request as strict turns. Raises ClientFault when they say nothing at all."""
    turns = _merged(body)
    if not turns:
        raise ClientFault(400, "messages: every message is empty")
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        if turn.role == "assistant":
            _order_results(turn, following)
    for before, turn in zip([None, *turns[:-1]], turns, strict=True):
        if turn.role == "user":
            _demote_orphans(before, turn)
    return _with_answers(turns)


def text_of_content(content: object) -> str:
    """All text of a `tool_result`'s or message's content, non-text blocks left out."""
    if isinstance(content, str):
        return content
    return "\n".join(text for block in _blocks(content) if (text := block_text(block)))


def block_text(block: JsonObject) -> str:
    """What a block says in words; "" for those that are not text."""
    kind = block.get("type")
    if kind == "text":
        text = block.get("text")
        return text if isinstance(text, str) else ""
    if kind == "tool_reference":
        return f"[Tool {block.get('tool_name')} is now available.]"
    if kind == "search_result":
        head = f"{block.get('title', '')}\n{block.get('source', '')}".strip()
        return f"{head}\n{text_of_content(block.get('content'))}".strip()
    if kind == "document":
        return _document_text(block)
    return ""


def content_blocks(content: object) -> list[JsonObject]:
    """The blocks of a message's or `tool_result`'s content, given as a string or a list."""
    return _blocks(content)


def _document_text(block: JsonObject) -> str:
    source = block.get("source")
    if not isinstance(source, dict):
        return ""
    if source.get("type") == "text" and isinstance(source.get("data"), str):
        body = source["data"]
    elif source.get("type") == "content":
        body = text_of_content(source.get("content"))
    else:
        return ""
    head = "\n".join(str(block[key]) for key in ("title", "context") if block.get(key))
    return f"{head}\n{body}".strip()


def _blocks(content: object) -> list[JsonObject]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    if not isinstance(content, list):
        return []
    return [block for block in _as_blocks(content) if block.get("type") != "text" or _is_text(block.get("text"))]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _as_blocks(content: list[object]) -> Iterator[JsonObject]:
    for item in content:
        if isinstance(item, dict):
            yield item
        elif isinstance(item, str):
            yield {"type": "text", "text": item}


def _merged(body: JsonObject) -> list[Turn]:
    turns: list[Turn] = []
    for message in body.get("messages") or []:
        if not isinstance(message, dict):
            continue
        role: Literal["user", "assistant"] = "assistant" if message.get("role") == "assistant" else "user"
        blocks = _blocks(message.get("content"))
        if message.get("role") == "system":
            # A system message may stand only at the start elsewhere (many chat templates refuse it later), so it goes
            # the way Claude Code itself takes for models without such messages.
            text = text_of_content(message.get("content"))
            blocks = [{"type": "text", "text": f"<system-reminder>\n{text}\n</system-reminder>"}] if text else []
        if not blocks:
            continue
        if not turns or turns[-1].role != role:
            turns.append(Turn(role))
        is_result = [block.get("type") == "tool_result" and role == "user" for block in blocks]
        turns[-1].results += [block for block, result in zip(blocks, is_result, strict=True) if result]
        turns[-1].blocks += [block for block, result in zip(blocks, is_result, strict=True) if not result]
    return turns


def _order_results(turn: Turn, following: Turn | None) -> None:
    """Sort the results into the order of the calls; the first result of a call counts."""
    order = {call_id: position for position, call_id in enumerate(_call_ids(turn))}
    if following is not None:
        following.results.sort(key=lambda result: order.get(result.get("tool_use_id"), len(order)))


def _demote_orphans(before: Turn | None, turn: Turn) -> None:
    """Results that no call asked for stay readable, as text at the head of the turn."""
    asked = set(_call_ids(before)) if before is not None and before.role == "assistant" else set()
    kept: list[JsonObject] = []
    demoted: list[JsonObject] = []
    for result in turn.results:
        call_id = result.get("tool_use_id")
        if call_id in asked:
            asked.discard(call_id)
            kept.append(result)
        else:
            demoted += _blocks(result.get("content"))
    turn.results, turn.blocks = kept, demoted + turn.blocks


def _with_answers(turns: list[Turn]) -> list[Turn]:
    """Give every unanswered call a result that says so."""
    answered: list[Turn] = []
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        answered.append(turn)
        if turn.role != "assistant":
            continue
        calls = _call_ids(turn)
        if not calls:
            continue
        if following is None:
            following = Turn("user")
            answered.append(following)
        by_call = {result.get("tool_use_id"): result for result in following.results}
        following.results = [
            by_call.get(call) or {"type": "tool_result", "tool_use_id": call, "content": INTERRUPTED, "is_error": True}
            for call in calls
        ]
    return answered


def _call_ids(turn: Turn) -> list[object]:
    return [block.get("id") for block in turn.blocks if block.get("type") == "tool_use"]
