"""A Chat Completions request as an Anthropic request."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound import hub_request
from ccr_proxy.protocols.inbound.fields import a_list, an_object, not_carried, refuse, refuse_given
from ccr_proxy.protocols.inbound.openai_chat.messages import add_messages
from ccr_proxy.protocols.inbound.openai_chat.tools import add_tools

_CARRIED = frozenset(
    "model messages stream stream_options max_tokens max_completion_tokens temperature top_p stop tools tool_choice "
    "functions function_call parallel_tool_calls reasoning_effort reasoning response_format web_search_options "
    "prompt_cache_key safety_identifier user service_tier n modalities store".split()
)
_REFUSED = {"audio": "this gateway answers in text only"}


def decode(body: JsonObject) -> JsonObject:
    """The request in Anthropic's words. Raises ClientFault naming the field that cannot be expressed."""
    refuse_given(body, _REFUSED)
    if body.get("n") not in (None, 1):
        refuse("n", "this gateway gives one answer per request")
    if "audio" in a_list(body.get("modalities"), "modalities"):
        refuse("modalities", "this gateway answers in text only")
    request: JsonObject = {"model": body.get("model")}
    add_messages(request, body.get("messages"))
    hub_request.add_limits(request, body, "max_completion_tokens", "max_tokens")
    _add_stop(request, body.get("stop"))
    add_tools(request, body)
    hub_request.add_reasoning(request, _effort(body), display=None)
    if body.get("response_format"):
        _add_format(request, an_object(body["response_format"], "response_format"))
    hub_request.add_identity(request, body)
    hub_request.add_cache_marks(request)
    if body.get("stream") is True:
        request["stream"] = True
    return request


def left_out(body: JsonObject) -> list[str]:
    """The fields that only tune the answer and have no counterpart here, such as `seed` and `logprobs`."""
    return not_carried(body, _CARRIED)


def _add_stop(request: JsonObject, stop: object) -> None:
    stops = [stop] if isinstance(stop, str) else stop
    if not stops:
        return
    if not isinstance(stops, list) or not all(isinstance(text, str) for text in stops):
        refuse("stop", "must be a string or an array of strings")
    request["stop_sequences"] = stops


def _effort(body: JsonObject) -> object:
    """`reasoning_effort`, or OpenRouter's `reasoning.effort`."""
    reasoning = body.get("reasoning")
    return body.get("reasoning_effort") or (reasoning.get("effort") if isinstance(reasoning, dict) else None)


def _add_format(request: JsonObject, form: JsonObject) -> None:
    """Chat wraps the schema once more than Responses does."""
    if form.get("type") != "json_schema":
        hub_request.add_answer_format(request, form, "response_format")
        return
    wrapped = an_object(form.get("json_schema"), "response_format.json_schema")
    inner = {"type": "json_schema", "schema": wrapped.get("schema")}
    hub_request.add_answer_format(request, inner, "response_format.json_schema")
