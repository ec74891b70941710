"""Claude Code's `.claude.json`: the first-run questions answered, and the gateway's key approved where that is needed.

The client remembers a key by its last 20 characters, a shorter one whole. A key in `rejected` makes it say "Not logged
in" without asking, so that is where it must not be.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.config.document import Document
from zcf.plan.documents import require_list, require_object

REMEMBERED_CHARACTERS = 20


def edited(document: Document, key_to_approve: str | None) -> Document:
    """Mark the onboarding as done and approve the key, if one is given. Raises Refusal for wrong types on the way."""
    document = document.with_value(("hasCompletedOnboarding",), True)
    return document if key_to_approve is None else approved(document, key_to_approve)


def approved(document: Document, key: str) -> Document:
    """Approve a key that may be unknown or rejected. Raises Refusal for wrong types on the way."""
    remembered = key[-REMEMBERED_CHARACTERS:]
    answers = "customApiKeyResponses"
    require_object(document, (answers,))
    for verdict in ("approved", "rejected"):
        require_list(document, (answers, verdict))
    rejected: list[Any] = document.get((answers, "rejected"), [])
    for index in reversed(range(len(rejected))):
        if rejected[index] == remembered:
            document = document.without((answers, "rejected", index))
    approved: list[Any] = document.get((answers, "approved"), [])
    if remembered in approved:
        return document
    if not approved:
        return document.with_value((answers, "approved"), [remembered])
    return document.with_value((answers, "approved", len(approved)), remembered)
