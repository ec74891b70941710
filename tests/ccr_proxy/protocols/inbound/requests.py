"""Anthropic requests of the kind that both OpenAI formats can express, for round trips."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
_NAME = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,10}", fullmatch=True)
_IMAGE = st.builds(
    lambda data: {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
    st.from_regex(r"[A-Za-z0-9+/]{4,12}", fullmatch=True),
)
_ARGUMENTS = st.dictionaries(_NAME, st.one_of(_TEXT, st.integers(-(2**40), 2**40), st.booleans()), max_size=3)


def _text(text: str) -> Json:
    return {"type": "text", "text": text}


@st.composite
def conversations(draw: st.DrawFn, *, thinking: bool) -> Json:
    """A request that ends in a user turn. `thinking` adds unsigned reasoning to turns of the model."""
    messages: list[Json] = []
    pending: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        results = [{"type": "tool_result", "tool_use_id": key, "content": [_text(draw(_TEXT))]} for key in pending]
        # A lone text, or one beside a picture: neighbouring texts become one on the way.
        blocks = draw(st.one_of(_TEXT.map(lambda text: [_text(text)]), st.tuples(_TEXT.map(_text), _IMAGE).map(list)))
        messages.append({"role": "user", "content": [*results, *([] if results and draw(st.booleans()) else blocks)]})
        pending = [f"call_{number}_{position}" for position in range(draw(st.integers(0, 2)))]
        calls = [{"type": "tool_use", "id": key, "name": draw(_NAME), "input": draw(_ARGUMENTS)} for key in pending]
        thoughts = [{"type": "thinking", "thinking": draw(_TEXT), "signature": ""}] if thinking else []
        messages.append({"role": "assistant", "content": [*thoughts, _text(draw(_TEXT)), *calls]})
    if pending:
        results = [{"type": "tool_result", "tool_use_id": key, "content": [_text(draw(_TEXT))]} for key in pending]
        messages.append({"role": "user", "content": results})
    else:
        messages.pop()
    return {"model": "m", "messages": messages, **draw(_settings())}


@st.composite
def _settings(draw: st.DrawFn) -> Json:
    fields: Json = {"max_tokens": draw(st.integers(16, 10**6))}
    if draw(st.booleans()):
        fields["system"] = [_text(draw(_TEXT))]
    if draw(st.booleans()):
        fields["stream"] = True
    names = draw(st.lists(_NAME, max_size=3, unique=True))
    if names:
        schema = {"type": "object", "properties": {"a": {"type": "string"}}}
        fields["tools"] = [{"name": name, "description": draw(_TEXT), "input_schema": schema} for name in names]
        single = draw(st.sampled_from([{}, {"disable_parallel_tool_use": True}]))
        kinds = [{"type": "auto"}, {"type": "any"}, {"type": "tool", "name": names[0]}]
        fields["tool_choice"] = {**draw(st.sampled_from(kinds)), **single}
    forced = fields.get("tool_choice", {}).get("type") in ("any", "tool")
    if draw(st.booleans()) and not forced:
        fields["thinking"] = {"type": "adaptive"}
        fields["output_config"] = {"effort": draw(st.sampled_from(["low", "medium", "high"]))}
    elif draw(st.booleans()):
        fields["temperature"] = draw(st.floats(0, 1))
    return fields


def unmarked(body: Any) -> Any:
    """Without cache marks and `display`, which OpenAI's formats do not carry, and with a result's text as a block."""
    if isinstance(body, list):
        return [unmarked(item) for item in body]
    if not isinstance(body, dict):
        return body
    if body.get("type") == "tool_result" and isinstance(body["content"], str):
        body = {**body, "content": [_text(body["content"])]}
    return {key: unmarked(value) for key, value in body.items() if key not in ("cache_control", "display")}
