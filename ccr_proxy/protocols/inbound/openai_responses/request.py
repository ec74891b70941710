"""A Responses request as an Anthropic request."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound import hub_request
from ccr_proxy.protocols.inbound.fields import an_object, not_carried, refuse_given
from ccr_proxy.protocols.inbound.openai_responses.input_items import add_input
from ccr_proxy.protocols.inbound.openai_responses.tools import add_tools

_STORED = "this gateway stores no answers; send the whole conversation in input"
_REFUSED = {
    "previous_response_id": _STORED,
    "conversation": _STORED,
    "prompt": "stored prompts are at OpenAI; send the text in instructions",
    "background": "this gateway answers while the client waits; leave it out",
}
# `store` asks for what this gateway never does, `include` for what it always sends.
_CARRIED = frozenset(
    "model input instructions stream max_output_tokens temperature top_p tools tool_choice parallel_tool_calls "
    "max_tool_calls reasoning text prompt_cache_key safety_identifier user service_tier store include "
    "previous_response_id conversation prompt background".split()
)


def decode(body: JsonObject) -> JsonObject:
    """The request in Anthropic's words. Raises ClientFault naming the field that cannot be expressed."""
    refuse_given(body, _REFUSED)
    request: JsonObject = {"model": body.get("model")}
    add_input(request, body.get("instructions"), body.get("input"))
    hub_request.add_limits(request, body, "max_output_tokens")
    add_tools(request, body)
    reasoning = an_object(body.get("reasoning") or {}, "reasoning")
    shown = reasoning.get("summary") or reasoning.get("generate_summary")
    hub_request.add_reasoning(request, reasoning.get("effort"), display="summarized" if shown else "omitted")
    text = an_object(body.get("text") or {}, "text")
    hub_request.add_answer_format(request, text.get("format") or {}, "text.format")
    hub_request.add_identity(request, body)
    hub_request.add_cache_marks(request)
    if body.get("stream") is True:
        request["stream"] = True
    return request


def left_out(body: JsonObject) -> list[str]:
    """The fields that only tune the answer and have no counterpart here, such as `truncation`."""
    return not_carried(body, _CARRIED)
