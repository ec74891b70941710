"""What a decision may depend on besides the request itself. All of it is handed in; nothing here looks anything up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ccr_proxy.config.custom_contract import CustomChoice


def as_estimated(_target: str, tokens: int) -> int:
    """Nothing is known about how far off the estimate is."""
    return tokens


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Around a request.

    headers             looked up by lower-case names: a case-insensitive mapping, or one with such keys
    now                 the time, with its zone; rules without a zone of their own use this one
    client_key          label of the key the client came with
    project             name of the folder under ~/.claude/projects that the session belongs to
    spent               US dollars so far per period ("session", "day", "week", "month"); what is not known is absent
    last_input_tokens   input tokens, cached ones included, that the session's last answer reported
    custom              the custom router's answer, if there is such a router
    corrected           ("provider,model", estimated input tokens) -> as that target would probably count them

    None means unknown: a condition on it does not hold, and its negation does not either.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None
    client_key: str | None = None
    project: str | None = None
    spent: Mapping[str, float] = field(default_factory=dict)
    last_input_tokens: int | None = None
    custom: CustomChoice | None = None
    corrected: Callable[[str, int], int] = as_estimated


NOTHING_KNOWN = Circumstances()
