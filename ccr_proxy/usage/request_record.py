"""One finished request: who asked for what, who was tried, what came of it and what it took. No prompt, no answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ccr_proxy.availability.trace import AttemptRecord
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.facts import Facts

FAILED = "failed"
# The gateway has one key for its clients; this is what it is called.
ONLY_CLIENT_KEY = "APIKEY"


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One finished request. `at` is when it came, in Unix seconds; `milliseconds` how long it took in all.

    `outcome` is ANSWERED, FAILED, BROKE_OFF (after content had gone out) or ABANDONED (the client left); `status` is
    the HTTP status that the client got, `error` what it was told and `error_class` the kind of it. `usage` is None when
    there was no whole answer. `session` is a digest that tells sessions apart, for display; `session_id` is the id as
    Claude Code knows it, `project` its folder below `~/.claude/projects`. `shown_id` and `message_id` are what the
    client, and so its transcript, calls the request and its answer.
    """

    id: str
    at: float
    milliseconds: int
    facts: Facts
    decision: Decision
    attempts: tuple[AttemptRecord, ...]
    outcome: str
    status: int
    error: str
    usage: Usage | None
    notes: tuple[str, ...]
    session: str | None
    session_id: str | None = field(default=None, repr=False)
    project: str | None = None
    message_id: str = ""
    shown_id: str = ""
    error_class: str = ""
    client_key: str = ONLY_CLIENT_KEY

    def summary(self) -> JsonObject:
        """The record without its facts and the steps of its decision."""
        last = self.attempts[-1] if self.attempts else None
        return {
            "id": self.id,
            "at": self.at,
            "ms": self.milliseconds,
            "model": self.facts.model,
            "stream": self.facts.stream,
            "session": self.session,
            "route": self.decision.route,
            "rule": self.decision.rule,
            "reason": self.decision.reason,
            "outcome": self.outcome,
            "status": self.status,
            "error": self.error,
            "answered_by": str(last.target) if last and self.outcome != FAILED else None,
            "first_token_ms": last.first_token if last else None,
            "attempts": [attempt.as_json() for attempt in self.attempts],
            "usage": self.usage.as_anthropic() if self.usage else None,
            "notes": list(self.notes),
        }


class RecordSink(Protocol):
    """Where finished requests are written down. Stands at the end of the request path."""

    def record(self, record: RequestRecord) -> None:
        """Take a record. Neither waits nor raises."""

    def problem(self) -> str:
        """Why records are not written at present, in one line; "" while they are."""


class NoSink:
    """Writes nothing down."""

    def record(self, record: RequestRecord) -> None:
        """Forget it."""

    def problem(self) -> str:
        """Nothing can go wrong."""
        return ""
