"""Which Claude Code session a request belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ccr_proxy.json_codec import JsonObject

SESSION_HEADER = "x-claude-code-session-id"
AGENT_HEADER = "x-claude-code-agent-id"

_USER_ID_MARK = "_session_"


def session_id_of(body: JsonObject, headers: Mapping[str, str]) -> str | None:
    """The session's id from the header, else from `metadata.user_id`, which clients wrote in two forms; else None."""
    from_header = headers.get(SESSION_HEADER, "").strip()
    if from_header:
        return from_header
    metadata = body.get("metadata")
    return _from_user_id(metadata.get("user_id")) if isinstance(metadata, dict) else None


def _from_user_id(user_id: Any) -> str | None:
    """Older clients: `user_…_account_…_session_ID`. Newer ones: a JSON object, as a string, with `session_id`; some
    programs in between send the object itself."""
    if isinstance(user_id, dict):
        return _from_object(user_id)
    if not isinstance(user_id, str):
        return None
    if user_id.lstrip().startswith("{"):
        return _from_json(user_id)
    _, mark, session = user_id.partition(_USER_ID_MARK)
    return session.strip() or None if mark else None


def _from_json(text: str) -> str | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _from_object(value) if isinstance(value, dict) else None


def _from_object(value: JsonObject) -> str | None:
    session = value.get("session_id")
    return session.strip() or None if isinstance(session, str) else None
