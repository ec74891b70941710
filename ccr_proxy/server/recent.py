"""The last requests and what became of them, in memory: for GET /api/requests and `ccr explain --last`.

No prompt and no answer is kept. A session is known by a digest of its id.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ccr_proxy.availability.trace import ABANDONED, ANSWERED, BROKE_OFF, AttemptRecord, Trace
from ccr_proxy.errors import GatewayError
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.facts import Facts

if TYPE_CHECKING:
    from ccr_proxy.server.exchange import Exchange

MOST_RECORDS = 200
FAILED = "failed"
_CLIENT_LEFT = 499  # as nginx and our own access boundary number it


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One finished request. `at` is when it came, in Unix seconds; `milliseconds` how long it took in all.

    `outcome` is ANSWERED, FAILED, BROKE_OFF (after content had gone out) or ABANDONED (the client left); `status` is
    the HTTP status that the client got, `error` what it was told. `usage` is None when there was no whole answer.
    `session` is a digest that tells sessions apart; their id is in none of the fields.
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


class RecentRequests:
    """A bounded list of records. `unix_time` gives the date and `clock` a time that never goes back, in seconds."""

    def __init__(
        self,
        most: int = MOST_RECORDS,
        unix_time: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=most)
        self._unix_time = unix_time
        self._clock = clock

    @contextmanager
    def recording(self, exchange: Exchange, trace: Trace) -> Iterator[None]:
        """Note the request whose attempts happen within, however they end."""
        at, began = self._unix_time(), self._clock()
        end: BaseException | None = None
        try:
            yield
        except BaseException as error:
            end = error
            raise
        finally:
            outcome, status, told = _outcome(trace, end)
            facts, session = exchange.asked.facts, _digest(exchange.asked.facts.session_id)
            self._records.append(
                RequestRecord(
                    id=exchange.request_id,
                    at=at,
                    milliseconds=round((self._clock() - began) * 1000),
                    facts=replace(facts, session_id=None),
                    decision=_without(facts.session_id, exchange.decision),
                    attempts=tuple(trace),
                    outcome=outcome,
                    status=status,
                    error=told,
                    usage=exchange.usage,
                    notes=tuple(dict.fromkeys(exchange.notes)),
                    session=session,
                )
            )

    def newest(self, count: int = MOST_RECORDS) -> list[RequestRecord]:
        """At most `count` records, the newest first."""
        return list(self._records)[::-1][:count]

    def find(self, identity: str) -> RequestRecord | None:
        """The record of a request by its id (header `request-id`), or by the beginning of one if that is unique."""
        found = [record for record in self._records if record.id.startswith(identity)]
        exact = next((record for record in found if record.id == identity), None)
        return exact or (found[0] if len(found) == 1 else None)


def _digest(session: str | None) -> str | None:
    if session is None:
        return None
    return hashlib.blake2b(session.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _without(session: str | None, decision: Decision) -> Decision:
    """The decision without the id that a rule about sessions tells as its reason."""
    if session is None or session not in decision.reason + "".join(step.why for step in decision.explanation):
        return decision
    steps = tuple(step._replace(why=step.why.replace(session, "…")) for step in decision.explanation)
    return replace(decision, reason=decision.reason.replace(session, "…"), explanation=steps)


def _outcome(trace: Trace, end: BaseException | None) -> tuple[str, int, str]:
    """What became of a request, the status that its client got, and what it was told."""
    if isinstance(end, GatewayError):
        return FAILED, end.status, end.message
    if isinstance(end, asyncio.CancelledError | ConnectionError):
        return ABANDONED, _CLIENT_LEFT, ""
    if end is not None:
        return FAILED, 500, f"internal error: {type(end).__name__}"
    last = trace.attempts[-1] if len(trace) else None
    if last is None or last.verdict == ANSWERED:
        return ANSWERED, 200, ""
    # The client had got headers, so that it was told by an `error` event.
    return (BROKE_OFF if last.verdict == BROKE_OFF else FAILED), 200, last.error
