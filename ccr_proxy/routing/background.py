"""Requests that Claude Code makes for itself, recognised by their shape.

Behind a gateway they carry the main model's name, unless the user has set a small one, so the name "haiku" alone finds
few of them. All of them come without tools and with a single exchange.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from ccr_proxy.json_codec import JsonObject


class Background(Enum):
    """Which errand of the client a request is."""

    TITLE = "session title"
    PAGE_SUMMARY = "summary of a fetched page"
    TOPIC_CHECK = "topic check"


_SESSION_WRAPPER = "<session>"
# What a request for a title may ask for; an application that asks for a title among other things is not this client.
_TITLE_FIELDS = {"title", "branch"}

# The two layouts of WebFetch: the page after this heading, or, when it is not trusted, inside a fence of this name.
_PAGE_HEADING = "Web page content:"
_PAGE_FENCE = "<untrusted-content-"
_PAGE_SEARCHED_CHARACTERS = 2_000

# The field that clients before 2.1 asked for on each prompt.
_TOPIC_FIELD = "isNewTopic"

# `/model X` and token counting by a server without count_tokens send real requests with this limit: they must reach
# the model that they are about.
_PROBE_MAX_TOKENS = 1


def background_of(body: JsonObject) -> Background | None:
    """Which background request this is; None for work that the user waits for."""
    if body.get("tools") or body.get("max_tokens") == _PROBE_MAX_TOKENS:
        return None
    messages = body.get("messages")
    prompts = _user_texts(messages) if isinstance(messages, list) and len(messages) <= 2 else []
    if not prompts:
        return None
    if _asks_for_title(body, prompts):
        return Background.TITLE
    if _asks_for_topic(body):
        return Background.TOPIC_CHECK
    return Background.PAGE_SUMMARY if any(map(_holds_page, prompts)) else None


def is_small_claude(model: str) -> bool:
    """Whether the client asks for its small model: CCR's rule, `claude` and `haiku` in the name, in any case."""
    name = model.lower()
    return "claude" in name and "haiku" in name


def _asks_for_title(body: JsonObject, prompts: list[str]) -> bool:
    fields = _answer_fields(body)
    if "title" not in fields:
        return False
    return fields <= _TITLE_FIELDS or any(text.lstrip().startswith(_SESSION_WRAPPER) for text in prompts)


def _answer_fields(body: JsonObject) -> set[str]:
    value: Any = body
    for key in ("output_config", "format", "schema", "properties"):
        value = value.get(key) if isinstance(value, dict) else None
    return set(value) if isinstance(value, dict) else set()


def _asks_for_topic(body: JsonObject) -> bool:
    system = body.get("system")
    return any(_TOPIC_FIELD in text for text in _texts(system))


def _holds_page(text: str) -> bool:
    return text.lstrip().startswith(_PAGE_HEADING) or _PAGE_FENCE in text[:_PAGE_SEARCHED_CHARACTERS]


def _user_texts(messages: list[Any]) -> list[str]:
    return [
        text
        for message in messages
        if isinstance(message, dict) and message.get("role") == "user"
        for text in _texts(message.get("content"))
    ]


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    blocks = content if isinstance(content, list) else []
    return [block["text"] for block in blocks if isinstance(block, dict) and isinstance(block.get("text"), str)]
