"""What of a message, system block or tool definition costs tokens.

`pieces_of_*` walk parsed JSON of any shape and gather the texts that a model reads; what is known without counting
(images, overheads) is added up on the way. Fields that only steer (cache_control, ids, signatures) are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccr_proxy import json_codec
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.routing.image_size import FLAT_IMAGE_TOKENS, image_tokens

# Tokens that every vendor spends around a part, in its own chat template. Measured differences are a few tokens each;
# OpenAI's cookbook gives 3 to 4 per message.
MESSAGE_OVERHEAD = 4
TOOL_OVERHEAD = 10
TOOL_CALL_OVERHEAD = 8

# Anthropic's PDF guide: 1,500 to 3,000 text tokens per page plus the page as an image. A page of a usual PDF takes
# about 50 kB of file, and 100 pages are the most that is accepted.
_TOKENS_PER_PAGE = 2500
_BYTES_PER_PAGE = 50_000
_MOST_PAGES = 100


@dataclass(slots=True)
class Pieces:
    """What counts of one part: texts (and serialised JSON), and tokens that are known without counting."""

    texts: list[str | bytes] = field(default_factory=list)
    fixed_tokens: int = 0


_Adder = Callable[[Pieces, JsonObject], None]


def pieces_of_message(message: Any) -> Pieces:
    """Pieces of one entry of `messages`; an entry of the wrong type counts as its JSON text."""
    pieces = Pieces(fixed_tokens=MESSAGE_OVERHEAD)
    _add_content(pieces, message.get("content") if isinstance(message, dict) else message)
    return pieces


def pieces_of_system_block(block: Any) -> Pieces:
    """Pieces of one system block, or of the whole system prompt when it is a string."""
    pieces = Pieces()
    _add_content(pieces, [block])
    return pieces


def pieces_of_tool(tool: Any) -> Pieces:
    """Pieces of one tool definition: name, description and input schema."""
    pieces = Pieces(fixed_tokens=TOOL_OVERHEAD)
    if not isinstance(tool, dict):
        _add_json(pieces, tool)
        return pieces
    for key in ("name", "description"):
        _add_text(pieces, tool.get(key))
    _add_json(pieces, tool.get("input_schema"))
    return pieces


def pieces_of_json(value: Any) -> Pieces:
    """Pieces of any JSON value that reaches the model as text, such as the schema of a structured answer."""
    pieces = Pieces()
    _add_json(pieces, value)
    return pieces


def _add_content(pieces: Pieces, content: Any, adders: Mapping[str, _Adder] | None = None) -> None:
    """Add text or blocks. `adders` are the block types to expect here, `_BLOCKS` by default."""
    if isinstance(content, str):
        pieces.texts.append(content)
    elif isinstance(content, list):
        for block in content:
            _add_block(pieces, block, _BLOCKS if adders is None else adders)
    else:
        _add_json(pieces, content)


def _add_block(pieces: Pieces, block: Any, adders: Mapping[str, _Adder]) -> None:
    if not isinstance(block, dict):
        _add_text(pieces, block)
        return
    kind = block.get("type")
    adder = adders.get(kind) if isinstance(kind, str) else None
    (adder or _add_unknown_block)(pieces, block)


def _add_text_block(pieces: Pieces, block: JsonObject) -> None:
    _add_text(pieces, block.get("text"))


def _add_thinking(pieces: Pieces, block: JsonObject) -> None:
    _add_text(pieces, block.get("thinking"))


def _add_tool_use(pieces: Pieces, block: JsonObject) -> None:
    pieces.fixed_tokens += TOOL_CALL_OVERHEAD
    _add_text(pieces, block.get("name"))
    _add_json(pieces, block.get("input"))


def _add_tool_result(pieces: Pieces, block: JsonObject) -> None:
    pieces.fixed_tokens += TOOL_CALL_OVERHEAD
    _add_content(pieces, block.get("content"), _BLOCKS_IN_RESULTS)


def _add_image(pieces: Pieces, block: JsonObject) -> None:
    data = _base64_of(block)
    pieces.fixed_tokens += FLAT_IMAGE_TOKENS if data is None else image_tokens(data)


def _add_document(pieces: Pieces, block: JsonObject) -> None:
    for key in ("title", "context"):
        _add_text(pieces, block.get(key))
    data = _base64_of(block)
    source = block.get("source")
    if data is not None:
        pieces.fixed_tokens += _pdf_tokens(data)
    elif isinstance(source, dict) and source.get("type") == "text":
        _add_text(pieces, source.get("data"))
    elif isinstance(source, dict) and source.get("type") == "content":
        _add_content(pieces, source.get("content"), _BLOCKS_IN_DOCUMENTS)
    else:
        pieces.fixed_tokens += _TOKENS_PER_PAGE


def _add_search_result(pieces: Pieces, block: JsonObject) -> None:
    for key in ("title", "source", "url", "page_age"):
        _add_text(pieces, block.get(key))
    _add_content(pieces, block.get("content"), _BLOCKS_IN_DOCUMENTS)


def _add_tool_reference(pieces: Pieces, block: JsonObject) -> None:
    _add_text(pieces, block.get("tool_name"))


def _add_unknown_block(pieces: Pieces, block: JsonObject) -> None:
    _add_json(pieces, {key: value for key, value in block.items() if key not in ("type", "cache_control")})


# What may stand inside what. Nothing else nests in valid requests, and in invalid ones no depth may exhaust the stack.
_BLOCKS_IN_DOCUMENTS: Mapping[str, _Adder] = {"text": _add_text_block, "image": _add_image}
_BLOCKS_IN_RESULTS: Mapping[str, _Adder] = {
    **_BLOCKS_IN_DOCUMENTS,
    "document": _add_document,
    "search_result": _add_search_result,
    "web_search_result": _add_search_result,
    "tool_reference": _add_tool_reference,
}
_BLOCKS: Mapping[str, _Adder] = {
    **_BLOCKS_IN_RESULTS,
    "thinking": _add_thinking,
    "tool_use": _add_tool_use,
    "server_tool_use": _add_tool_use,
    "mcp_tool_use": _add_tool_use,
    "tool_result": _add_tool_result,
    "mcp_tool_result": _add_tool_result,
    "web_search_tool_result": _add_tool_result,
}


def _base64_of(block: JsonObject) -> str | None:
    source = block.get("source")
    if isinstance(source, dict) and source.get("type") == "base64" and isinstance(source.get("data"), str):
        return str(source["data"])
    return None


def _pdf_tokens(base64_data: str) -> int:
    size = len(base64_data) * 3 // 4
    return _TOKENS_PER_PAGE * min(_MOST_PAGES, 1 + size // _BYTES_PER_PAGE)


def _add_text(pieces: Pieces, value: Any) -> None:
    if isinstance(value, str):
        pieces.texts.append(value)
    else:
        _add_json(pieces, value)


def _add_json(pieces: Pieces, value: Any) -> None:
    """Small structures (tool inputs, schemas) are serialised: in C that is quicker than walking them here."""
    if value is None:
        return
    try:
        pieces.texts.append(json_codec.dumps(value))
    except (RecursionError, ValueError):
        pieces.texts.extend(_strings_within(value))


def _strings_within(value: Any) -> list[str | bytes]:
    """All strings of a structure that is nested too deeply to be serialised."""
    found: list[str | bytes] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
    return found
