"""What the lab's scripted answers look like on the wire of each dialect: pure, one function a dialect.

A rendering is a list of `(event name, data)` and the marks: names of places (`before_content`, `mid_text`, ...) with
the index of the event before which an answer is cut there.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Events = list[tuple[str | None, Json]]
Marks = dict[str, int]

CHUNK = 24  # characters of a text delta where the script does not say
# Gemini models that name their calls, and sign the first one of a step whether they show thoughts or not.
SIGNED_GENERATIONS = re.compile(r"^gemini-[3-9]")


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]


def usage_of(act: Json) -> tuple[int, int, int]:
    """Prompt tokens (cached ones included), cached tokens and output tokens of a scripted answer."""
    given = act.get("usage") or {}
    cached = given.get("cache_read_input_tokens", 0)
    prompt = given.get("input_tokens", 100) + cached + given.get("cache_creation_input_tokens", 0)
    return prompt, cached, given.get("output_tokens", 20)


def responses_items(body: Json, blocks: list[Json], number: int) -> list[Json]:
    """The output items of a Responses answer."""
    return [
        item for position, block in enumerate(blocks) for item in _responses_item(body, block, f"{number}_{position}")
    ]


def _responses_item(body: Json, block: Json, suffix: str) -> Iterator[Json]:
    kind = block.get("type")
    if kind == "text":
        content = [{"type": "output_text", "text": block["text"], "annotations": []}]
        yield {"type": "message", "id": f"msg_{suffix}", "role": "assistant", "status": "completed", "content": content}
    elif kind == "thinking":
        # A summary, and the encrypted reasoning, come to those who ask for them.
        asked = (body.get("reasoning") or {}).get("summary") and block.get("thinking")
        encrypted = "reasoning.encrypted_content" in (body.get("include") or [])
        yield {
            "type": "reasoning",
            "id": f"rs_{suffix}",
            "summary": [{"type": "summary_text", "text": block["thinking"]}] if asked else [],
            "encrypted_content": block.get("signature") if encrypted else None,
        }
    elif kind == "tool_use":
        arguments = block["raw_json"] if "raw_json" in block else json.dumps(block.get("input", {}), ensure_ascii=False)
        call_id = block["id"].replace("toolu_", "call_")
        yield {
            "type": "function_call", "id": f"fc_{suffix}", "call_id": call_id, "name": block["name"],
            "arguments": arguments, "status": "completed",
        }  # fmt: skip


def responses_final(act: Json, body: Json, blocks: list[Json], number: int) -> Json:
    """The whole answer of the Responses API."""
    prompt, cached, output = usage_of(act)
    cut = act.get("stop_reason") == "max_tokens"
    usage = {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + output,
    }
    final: Json = {
        "id": f"resp_mock{number:06d}",
        "object": "response",
        "created_at": 1700000000,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "model": act.get("model") or body.get("model"),
        "output": responses_items(body, blocks, number),
        "error": None,
    }
    omitted = (act.get("stream") or {}).get("omit") or []
    return final if "usage" in omitted else {**final, "usage": usage}


def responses_events(final: Json, act: Json) -> tuple[Events, Marks]:
    """The same as a stream."""
    stream = act.get("stream") or {}
    size = stream.get("chunk", CHUNK)
    events: Events = []
    marks: Marks = {}

    def event(kind: str, **data: Any) -> tuple[str | None, Json]:
        return kind, {"type": kind, "sequence_number": len(events), **data}

    begun = {**final, "status": "in_progress", "output": [], "usage": None}
    events.append(event("response.created", response=begun))
    events.append(event("response.in_progress", response=begun))
    marks["before_content"] = len(events)
    for index, item in enumerate(final["output"]):
        place = {"item_id": item["id"], "output_index": index}
        empty: dict[str, Json] = {
            "message": {"content": []},
            "function_call": {"arguments": ""},
            "reasoning": {"summary": []},
        }
        started = {**item, **empty[item["type"]], "status": "in_progress"}
        events.append(event("response.output_item.added", output_index=index, item=started))
        if item["type"] == "message":
            text = item["content"][0]["text"]
            for number, part in enumerate(pieces(text, size)):
                if number:
                    marks.setdefault("mid_text", len(events))
                events.append(event("response.output_text.delta", **place, content_index=0, delta=part))
            events.append(event("response.output_text.done", **place, content_index=0, text=text))
            marks.setdefault("text_end", len(events) + 1)
        elif item["type"] == "function_call":
            parts = [item["arguments"]] if stream.get("whole_tool_call") else pieces(item["arguments"], size)
            for number, part in enumerate(parts):
                if number >= len(parts) // 2:
                    marks.setdefault("mid_tool", len(events))
                events.append(event("response.function_call_arguments.delta", **place, delta=part))
            events.append(event("response.function_call_arguments.done", **place, arguments=item["arguments"]))
            marks.setdefault("tool_end", len(events) + 1)
        else:
            for part in (part for summary in item["summary"] for part in pieces(summary["text"], size)):
                events.append(event("response.reasoning_summary_text.delta", **place, summary_index=0, delta=part))
        events.append(event("response.output_item.done", output_index=index, item=item))
    marks["before_finish"] = len(events)
    omitted = stream.get("omit") or []
    if not {"finish", "message_delta"} & set(omitted):
        kind = "response.incomplete" if final["status"] == "incomplete" else "response.completed"
        events.append(event(kind, response=final))
    return events, marks


def gemini_signature(call_id: str) -> str:
    """The signature on the call of that id."""
    return b64encode(f"signature of {call_id}".encode()).decode()


def gemini_parts(block: Json, size: int, model: str, *, signed: bool) -> list[Json]:
    """The parts that a block becomes. Gemini sends a call whole; `signed` says whether this one is signed."""
    kind = block.get("type")
    if kind == "text":
        return [{"text": part} for part in pieces(block["text"], size)]
    if kind == "thinking":
        return [{"text": part, "thought": True} for part in pieces(block.get("thinking", ""), size)]
    if kind == "tool_use":
        call_id = block["id"].removeprefix("toolu_")
        named = {"id": call_id} if SIGNED_GENERATIONS.search(model) else {}
        signature = {"thoughtSignature": gemini_signature(call_id)} if signed else {}
        return [{"functionCall": {**named, "name": block["name"], "args": block.get("input", {})}, **signature}]
    return []


def gemini_answers(act: Json, blocks: list[Json], body: Json) -> tuple[list[Json], Marks]:
    """The answer objects of a stream, a part each, and one that finishes. `body` is the request as the lab reads it."""
    stream = act.get("stream") or {}
    omitted = stream.get("omit") or []
    model = str(body.get("model"))
    answers: list[Json] = []
    marks: Marks = {"before_content": 0}
    signs = bool(SIGNED_GENERATIONS.search(model)) or any(block.get("type") == "thinking" for block in blocks)
    first_call = next((block for block in blocks if block.get("type") == "tool_use"), None)
    for block in blocks:
        if block.get("type") == "thinking" and not body.get("thinking"):
            continue  # thoughts are shown to those who ask for them
        parts = gemini_parts(block, stream.get("chunk", CHUNK), model, signed=signs and block is first_call)
        label = {"text": "mid_text", "tool_use": "mid_tool"}.get(str(block.get("type")))
        if label:
            marks.setdefault(label, len(answers) + (max(1, len(parts) // 2) if label == "mid_text" else 0))
        answers += [_candidate([part]) for part in parts]
        if block.get("type") == "text":
            marks.setdefault("text_end", len(answers))
        if block.get("type") == "tool_use":
            marks.setdefault("tool_end", len(answers))
    marks["before_finish"] = len(answers)
    if "finish" not in omitted:
        # An answer without a call is signed too, on an empty part at its end.
        closing = {"text": "", "thoughtSignature": gemini_signature("text")}
        answers.append(_finish(act, [closing] if signs and blocks and first_call is None else []))
    return answers, marks


def _candidate(parts: list[Json]) -> Json:
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0}]}


def _finish(act: Json, parts: list[Json]) -> Json:
    reason = "MAX_TOKENS" if act.get("stop_reason") == "max_tokens" else "STOP"
    last = {"candidates": [{**_candidate(parts)["candidates"][0], "finishReason": reason}]}
    if "usage" in ((act.get("stream") or {}).get("omit") or []):
        return last
    prompt, cached, output = usage_of(act)
    counted = {"promptTokenCount": prompt, "cachedContentTokenCount": cached, "candidatesTokenCount": output}
    return {**last, "usageMetadata": {**counted, "totalTokenCount": prompt + output}}


def gemini_whole(act: Json, blocks: list[Json], body: Json) -> Json:
    """The same as one object."""
    answers, _ = gemini_answers(act, blocks, body)
    parts = [part for answer in answers for part in answer["candidates"][0]["content"]["parts"]]
    return {
        **answers[-1],
        "candidates": [{**answers[-1]["candidates"][0], "content": {"role": "model", "parts": parts}}],
    }
