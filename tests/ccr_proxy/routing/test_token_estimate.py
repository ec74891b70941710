"""Estimates against counts by the real vocabularies, the memory of counts, and parts of every kind."""

from __future__ import annotations

import base64
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy import json_codec
from ccr_proxy.protocols.signatures import wrap
from ccr_proxy.protocols.tool_ids import signed
from ccr_proxy.routing import token_estimate
from ccr_proxy.routing.byte_classes import ByteClasses, byte_classes
from ccr_proxy.routing.content_key import message_key
from ccr_proxy.routing.content_pieces import MESSAGE_OVERHEAD, TOOL_CALL_OVERHEAD
from ccr_proxy.routing.token_estimate import Family, TokenCounter, estimate, family_of

ENGLISH = (
    "The parser reads one line at a time and keeps the last incomplete one until more bytes arrive. "
    "When the connection ends in the middle of an event, nothing is reported, because a half event is none."
)


def tokens(content: Any, family: Family = Family.O200K) -> int:
    return estimate({"messages": [{"role": "user", "content": content}]}, family)


PYTHON = '''def merge(left: list[int], right: list[int]) -> list[int]:
    """Merge two sorted lists into one."""
    merged: list[int] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]
'''
CHINESE = (
    "网关在收到请求之后，先判断它属于哪一种任务，再按照配置把它交给合适的模型。"
    "如果某个供应商暂时不可用，请求会自动转到下一个候选模型，用户不会察觉。"
)
SCHEMA = json_codec.dumps(
    {
        "name": "read_file",
        "input_schema": {
            "type": "object",
            "properties": {"path": {"type": "string", "description": "Path of the file"}, "limit": {"type": "integer"}},
            "required": ["path"],
        },
    }
).decode()
LOG = (
    "2026-11-25 08:40:12,345 INFO gateway.request id=7f3a status=200 model=deepseek-chat tokens=1532 latency_ms=842\n"
    "2026-11-25 08:40:13,001 WARN gateway.retry id=7f3b attempt=2 status=529\n"
)


@pytest.mark.parametrize(
    ("name", "sample", "counted"),
    [
        ("Python", PYTHON, (101, 128, 144)),
        ("English", ENGLISH, (41, 41, 58)),
        ("Chinese", CHINESE, (52, 76, 75)),
        ("JSON schema", SCHEMA, (41, 49, 68)),
        ("log lines", LOG, (70, 82, 96)),
    ],
)
def test_estimates_are_near_the_counts_of_the_vocabularies(name: str, sample: str, counted: tuple[int, ...]) -> None:
    """Short and unmixed texts, the hardest to estimate: each within a quarter."""
    for family, count in zip(Family, counted, strict=True):
        assert abs(tokens(sample, family) - MESSAGE_OVERHEAD - count) <= count / 4, (name, family)


def test_errors_of_estimates_cancel_out() -> None:
    samples, counted = [PYTHON, ENGLISH, CHINESE, SCHEMA, LOG], (305, 376, 441)
    for family, count in zip(Family, counted, strict=True):
        total = sum(tokens(sample, family) - MESSAGE_OVERHEAD for sample in samples)
        assert abs(total - count) <= count / 10, family


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-5", Family.O200K),
        ("deepseek,deepseek-chat", Family.O200K),
        ("", Family.O200K),
        ("claude-3-5-haiku-20241022", Family.CLAUDE),
        ("claude-3-opus", Family.CLAUDE),
        ("claude-sonnet-4-20250514", Family.CLAUDE),
        ("claude-haiku-4-5-20251001", Family.CLAUDE),
        ("anthropic/claude-sonnet-4.6", Family.CLAUDE),
        ("claude-opus-4-7", Family.CLAUDE_4_7),
        ("openrouter,anthropic/claude-opus-4.8", Family.CLAUDE_4_7),
        ("Claude-Sonnet-5", Family.CLAUDE_4_7),
        ("claude-fable-5", Family.CLAUDE_4_7),
        ("claude-latest", Family.CLAUDE_4_7),
    ],
)
def test_family_of_a_model(model: str, family: Family) -> None:
    assert family_of(model) is family


def test_every_content_type_counts() -> None:
    schema = {"type": "object", "properties": {"command": {"type": "string", "description": ENGLISH}}}
    source = {"type": "text", "media_type": "text/plain", "data": ENGLISH}
    plain = tokens(ENGLISH)
    for name, block in {
        "text": {"type": "text", "text": ENGLISH},
        "thinking": {"type": "thinking", "thinking": ENGLISH, "signature": "s" * 900},
        "tool_use": {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": ENGLISH}},
        "tool_result": {"type": "tool_result", "tool_use_id": "t", "content": ENGLISH},
        "tool_result blocks": {
            "type": "tool_result",
            "tool_use_id": "t",
            "content": [{"type": "text", "text": ENGLISH}],
        },
        "document": {"type": "document", "source": source},
        "search_result": {"type": "search_result", "source": "u", "content": [{"type": "text", "text": ENGLISH}]},
        "unknown": {"type": "from_the_future", "something": ENGLISH},
    }.items():
        assert plain <= tokens([block]) <= plain + 25, name
    assert tokens([{"type": "text", "text": ENGLISH, "cache_control": {"type": "ephemeral"}}]) == plain
    tool = {"name": "Bash", "description": ENGLISH, "input_schema": schema}
    assert 2 * plain <= estimate({"tools": [tool]}, Family.O200K) <= 2 * plain + 40
    assert estimate({"system": ENGLISH}, Family.O200K) == estimate(
        {"system": [{"type": "text", "text": ENGLISH}]}, Family.O200K
    )
    assert plain < tokens(ENGLISH, Family.CLAUDE) < tokens(ENGLISH, Family.CLAUDE_4_7)
    assert estimate({"messages": [{"role": "system", "content": ENGLISH}]}, Family.O200K) == plain


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty string", "", MESSAGE_OVERHEAD),
        ("no blocks", [], MESSAGE_OVERHEAD),
        ("null", None, MESSAGE_OVERHEAD),
        ("empty text", [{"type": "text", "text": ""}], MESSAGE_OVERHEAD),
        ("text missing", [{"type": "text"}], MESSAGE_OVERHEAD),
        (
            "result without content",
            [{"type": "tool_result", "tool_use_id": "t"}],
            MESSAGE_OVERHEAD + TOOL_CALL_OVERHEAD,
        ),
        ("image by address", [{"type": "image", "source": {"type": "url", "url": "https://x/y.png"}}], 1604),
        ("image without source", [{"type": "image"}], 1604),
        ("PDF by address", [{"type": "document", "source": {"type": "url", "url": "https://x/y.pdf"}}], 2504),
    ],
)
def test_odd_content(name: str, content: Any, expected: int) -> None:
    assert tokens(content) == expected, name


def test_special_tokens_are_text() -> None:
    assert MESSAGE_OVERHEAD < tokens("<|endoftext|>") < 15
    assert MESSAGE_OVERHEAD < tokens("half an emoji \ud83d") < 20


def png(width: int, height: int) -> str:
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return base64.b64encode(header + b"\x08\x06" + b"\x00" * 5000).decode()


def jpeg(width: int, height: int) -> str:
    thumbnail = b"\xff\xe1" + (40_002).to_bytes(2, "big") + b"\x00" * 40_000
    frame = b"\xff\xc2\x00\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x03" + b"\x00" * 20
    return base64.b64encode(b"\xff\xd8" + thumbnail + frame + b"\x00" * 90_000).decode()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("PNG: 200 * 200 / 750", png(200, 200), 54),
        ("PNG: 1000 * 750 / 750", png(1000, 750), 1000),
        ("JPEG behind a thumbnail: 1500 * 500 / 750", jpeg(1500, 500), 1000),
        ("scaled to 1568 on the long edge", png(3136, 1000), 1046),
        ("no more than 1,600", png(1568, 1568), 1600),
        ("GIF: unknown", base64.b64encode(b"GIF89a" + b"\x00" * 90).decode(), 1600),
        ("no pixels", png(0, 0), 1600),
        ("cut header", png(10, 10)[:16], 1600),
        ("not base64", "é\ud800" * 10, 1600),
        ("empty", "", 1600),
    ],
)
def test_image_tokens_follow_the_size(name: str, data: str, expected: int) -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
    assert tokens([image]) == expected + MESSAGE_OVERHEAD, name
    in_result = {"type": "tool_result", "tool_use_id": "t", "content": [image]}
    assert tokens([in_result]) == expected + MESSAGE_OVERHEAD + TOOL_CALL_OVERHEAD, name


def test_a_pdf_counts_by_its_bytes() -> None:
    def pdf(size: int) -> dict[str, Any]:
        data = base64.b64encode(b"%PDF" + bytes(size)).decode()
        return {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}}

    assert tokens([pdf(1_000)]) == 2504
    assert tokens([pdf(120_000)]) == 7504
    assert tokens([pdf(20_000_000)]) == 250_004


def conversation(turns: int) -> dict[str, Any]:
    messages: list[Any] = [{"role": "user", "content": "Begin"}]
    for turn in range(turns):
        call = {
            "type": "tool_use",
            "id": f"t{turn}",
            "name": "Edit",
            "input": {"edits": [{"old": "a", "new": str(turn)}]},
        }
        result = {"type": "tool_result", "tool_use_id": f"t{turn}", "content": f"{ENGLISH} {turn}"}
        messages += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    return {"system": [{"type": "text", "text": ENGLISH}], "tools": [{"name": "Edit"}], "messages": messages}


def test_only_what_is_new_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[bytes] = []

    def watched(data: bytes) -> ByteClasses:
        measured.append(data)
        return byte_classes(data)

    monkeypatch.setattr(token_estimate, "byte_classes", watched)
    counter = TokenCounter()
    counter.estimate(conversation(30), Family.O200K)
    assert len(measured) == 63
    for turns, new in ((30, 0), (31, 2), (31, 0), (33, 4)):
        measured.clear()
        body = json_codec.loads(json_codec.dumps(conversation(turns)))
        counter.estimate(body, Family.CLAUDE)
        assert len(measured) == new, turns


def test_moving_cache_control_is_not_new() -> None:
    before = conversation(3)["messages"][-1]
    after = copy.deepcopy(before)
    after["content"][-1]["cache_control"] = {"type": "ephemeral"}
    assert message_key(before) == message_key(after)


def test_a_signature_in_an_id_is_no_prompt_text() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "a.txt"}
    long = signed("toolu_1", wrap("gemini:google", "s" * 5000))
    assert tokens([{**call, "id": long}, {**result, "tool_use_id": long}]) == tokens([call, result])


def test_the_memory_is_bounded() -> None:
    counter = TokenCounter(entries=5)
    body = conversation(40)
    assert counter.estimate(body, Family.O200K) == counter.estimate(body, Family.O200K)
    assert len(counter._counts) == 5


def test_depth_does_not_exhaust_the_stack() -> None:
    deep: Any = "bottom"
    for _ in range(5000):
        deep = {"type": "tool_result", "content": [deep]}
    assert tokens([deep]) > 5000
    assert tokens([{"type": "tool_use", "name": "x", "input": deep}]) > 5000
    assert estimate({"tools": [{"name": "x", "input_schema": deep}]}, Family.O200K) > 5000


words = st.sampled_from(["a", "b", ENGLISH, "", "日本語", "naïve café — ✓"])
blocks = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "thinking", "tool_result", "image", "new"])},
    optional={"text": words, "thinking": words, "content": words | st.lists(words, max_size=2), "x": st.integers()},
)


@given(st.lists(st.lists(blocks, max_size=3) | words, max_size=6))
def test_remembered_counts_are_the_counts(contents: list[Any]) -> None:
    body = {"messages": [{"role": "user", "content": content} for content in contents]}
    counter = TokenCounter()
    for family in Family:
        assert counter.estimate(body, family) == counter.estimate(body, family) == estimate(body, family)
