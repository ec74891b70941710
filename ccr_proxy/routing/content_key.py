"""Cheap keys under which counts of messages, system blocks and tools are remembered.

A key is a 64-bit hash of what counts, made from the parsed JSON without serialising a conversation again: strings are
hashed in C, and most blocks are a handful of strings. `cache_control` is left out, because Claude Code moves it to the
newest message on each turn: with it, every turn would count its predecessor again. Keys hold for one process.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy import json_codec

# In nested content a longer string (an image, a large file) is told by its length and ends: where only the middle
# differs, the count hardly does.
_HASHED_WHOLE = 16_384
_HASHED_END = 256


def message_key(message: Any) -> int:
    """Key of one entry of `messages`."""
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(content, str):
        return hash(content)
    return _blocks_key(content) if isinstance(content, list) else _nested_key(content)


def system_key(block: Any) -> int:
    """Key of one system block, or of a system prompt that is a string."""
    return hash(("system", _blocks_key([block])))


def tool_key(tool: Any) -> int:
    """Key of one tool definition. Schemas are deep and small: serialising them is quicker than walking them."""
    try:
        return hash(("tool", json_codec.dumps(tool)))
    except (RecursionError, ValueError):
        return hash(("tool", _nested_key(tool)))


def json_key(value: Any) -> int:
    """Key of any other JSON value that reaches the model."""
    return hash(("json", _nested_key(value)))


def _blocks_key(blocks: list[Any]) -> int:
    try:
        return _flat_key(blocks)
    except (TypeError, AttributeError, KeyError):
        pass  # a block holds lists or objects, or is none
    plain = [_without_cache_control(block) for block in blocks]
    try:
        return _flat_key(plain)
    except (TypeError, AttributeError, KeyError):
        return _nested_key(plain)


def _flat_key(blocks: list[Any]) -> int:
    """Key of blocks whose values are strings and numbers, as most are. Raises when one is of another shape."""
    values: list[Any] = []
    for block in blocks:
        if block["type"] == "tool_use":
            arguments = block["input"]
            values.append(block["name"])
            values += arguments
            values += arguments.values()
        else:
            values += block.values()
    return hash(tuple(values))


def _without_cache_control(block: Any) -> Any:
    if not isinstance(block, dict) or "cache_control" not in block:
        return block
    return {key: value for key, value in block.items() if key != "cache_control"}


def _nested_key(value: Any) -> int:
    """Hash of all keys and scalars within, without recursion: a body may be nested more deeply than Python's stack."""
    scalars: list[Any] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            scalars.append(len(item))
            waiting += item
            waiting += item.values()
        elif isinstance(item, list):
            scalars.append(len(item))
            waiting += item
        elif isinstance(item, str) and len(item) > _HASHED_WHOLE:
            scalars += (len(item), item[:_HASHED_END], item[-_HASHED_END:])
        else:
            scalars.append(item)
    return hash(tuple(scalars))
