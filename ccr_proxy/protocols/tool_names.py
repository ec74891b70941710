"""Tool names that only Anthropic takes, said in a form that every target takes.

Anthropic allows 128 characters, and MCP servers use them (`mcp__server__tool`). OpenAI allows 64 of `[a-zA-Z0-9_-]`
(https://platform.openai.com/docs/api-reference/chat/create), Gemini 64 and no digit or hyphen in front
(https://ai.google.dev/api/caching#FunctionDeclaration). A name that does not fit goes out as its beginning and a
digest, the same for the same name, so that history and prompt cache hold, and comes back as the client knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from ccr_proxy.json_codec import JsonObject

_FITS = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]{0,63}")
_ODD = re.compile(r"[^a-zA-Z0-9_-]")
_DIGEST_LENGTH = 12
_KEPT = 64 - 2 - _DIGEST_LENGTH


def fitting(name: str) -> str:
    """The name itself if every target takes it, else the one that stands for it."""
    if _FITS.fullmatch(name):
        return name
    kept = _ODD.sub("_", name)[:_KEPT]
    front = kept if _FITS.fullmatch(kept) else f"_{kept}"
    return f"{front}_{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGEST_LENGTH]}"


def originals(body: JsonObject) -> dict[str, str]:
    """What goes out instead of a tool's name, to that name; empty for nearly every request."""
    odd = [tool["name"] for tool in _list(body.get("tools")) if isinstance(tool, dict) and _is_odd(tool)]
    return {fitting(name): name for name in odd}


def with_fitting_names(body: JsonObject) -> JsonObject:
    """A request in Anthropic's words in which every tool's name fits: where it is offered, chosen, called and found.

    The same object when all of them do.
    """
    if not any(_is_odd(owner) for owner in _owners(body)):
        return body
    changed = {**body, "messages": [_message(message) for message in _list(body.get("messages"))]}
    if "tools" in body:
        changed["tools"] = [_renamed(tool) for tool in _list(body["tools"])]
    if "tool_choice" in body:
        changed["tool_choice"] = _renamed(body["tool_choice"])
    return changed


def _owners(body: JsonObject) -> Iterator[object]:
    """Everything that names a tool. Tools that were called need not be offered any more."""
    yield from _list(body.get("tools"))
    yield body.get("tool_choice")
    for message in _list(body.get("messages")):
        if isinstance(message, dict) and message.get("role") == "assistant":
            yield from _list(message.get("content"))


def _is_odd(owner: object) -> bool:
    name = owner.get("name") if isinstance(owner, dict) else None
    return isinstance(name, str) and bool(name) and not _FITS.fullmatch(name)


def _message(message: object) -> object:
    return _with_content(message, _block) if isinstance(message, dict) else message


def _block(block: object) -> object:
    if isinstance(block, dict) and block.get("type") == "tool_result":
        return _with_content(block, _reference)
    return _renamed(block)


def _reference(block: object) -> object:
    """A result that makes a tool known must name it as it is offered."""
    name = block.get("tool_name") if isinstance(block, dict) else None
    return {**block, "tool_name": fitting(name)} if isinstance(block, dict) and isinstance(name, str) else block


def _with_content(owner: JsonObject, change: Callable[[object], object]) -> JsonObject:
    """The owner with every block of its content changed; the same object when none of them was."""
    blocks = _list(owner.get("content"))
    changed = [change(block) for block in blocks]
    is_same = all(after is before for after, before in zip(changed, blocks, strict=True))
    return owner if is_same else {**owner, "content": changed}


def _renamed(owner: object) -> object:
    return {**owner, "name": fitting(owner["name"])} if isinstance(owner, dict) and _is_odd(owner) else owner


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
