"""Signatures of tool calls in `extra_content`, where Gemini has them at its OpenAI-compatible address.

    "tool_calls": [{"id": ..., "function": {...}, "extra_content": {"google": {"thought_signature": "..."}}}]

Gemini 3 answers 400 when the first call of a step comes back without one
(https://ai.google.dev/gemini-api/docs/thought-signatures). Whatever a provider puts into `extra_content` goes back to
it.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, as_object, dumps, loads
from ccr_proxy.protocols.gemini.contents import FOREIGN_CALL_SIGNATURE
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import signature_for


def signature_of(call: JsonObject, origin: str) -> str:
    """What has to come back with a call, wrapped so that only `origin` gets it; "" when there is nothing."""
    extra = call.get("extra_content")
    return wrap(origin, dumps(extra).decode()) if isinstance(extra, dict) and extra else ""


def extra_content(tool_id: object, origin: str) -> JsonObject:
    """What `origin` sent with the call of this id, as a field of the call; {} when there is none."""
    payload = signature_for(origin, tool_id)
    extra = loads(payload) if payload else None
    return {"extra_content": extra} if isinstance(extra, dict) else {}


def with_stand_ins(message: JsonObject) -> JsonObject:
    """An assistant's message with Google's stand-in on its first call, if that has no signature."""
    calls = message.get("tool_calls")
    if not calls or _is_signed(calls[0]):
        return message
    extra = as_object(calls[0].get("extra_content"))
    google = {**as_object(extra.get("google")), "thought_signature": FOREIGN_CALL_SIGNATURE}
    first = {**calls[0], "extra_content": {**extra, "google": google}}
    return {**message, "tool_calls": [first, *calls[1:]]}


def without_signatures(message: JsonObject) -> JsonObject:
    """An assistant's message whose calls were signed, with the stand-in instead."""
    calls = message.get("tool_calls")
    if not calls or not any(_is_signed(call) for call in calls):
        return message
    plain = [{key: value for key, value in call.items() if key != "extra_content"} for call in calls]
    return with_stand_ins({**message, "tool_calls": plain})


def _is_signed(call: JsonObject) -> bool:
    return bool(as_object(as_object(call.get("extra_content")).get("google")).get("thought_signature"))
