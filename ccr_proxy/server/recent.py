"""The last requests and what became of them, in memory: for GET /api/requests and `ccr explain --last`.

No prompt and no answer is kept. A session is shown by a digest of its id.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ccr_proxy.availability.trace import ABANDONED, ANSWERED, BROKE_OFF, Trace
from ccr_proxy.errors import GatewayError
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.facts import NO_FACTS, Facts
from ccr_proxy.usage.request_record import FAILED, RequestRecord

if TYPE_CHECKING:
    from ccr_proxy.server.exchange import Exchange

MOST_RECORDS = 200
_CLIENT_LEFT = 499  # as nginx and our own access boundary number it
_NOT_ROUTED = Decision("", (), "refused before it was routed", weights=())
_LONGEST_ERROR = 500  # characters; the client's own words are in it

_log = logging.getLogger("ccr_proxy.requests")


@dataclass(slots=True)
class Unrouted:
    """What is known of a request that is not routed yet: nothing, until it is read."""

    facts: Facts = NO_FACTS


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
        """Note the request whose attempts happen within, however they end, here and in the gateway's sink."""
        at, began = self._unix_time(), self._clock()
        end: BaseException | None = None
        try:
            yield
        except BaseException as error:
            end = error
            raise
        finally:
            record = _record(exchange, trace, end, at, round((self._clock() - began) * 1000))
            self._records.append(record)
            exchange.gateway.sink.record(record)

    @contextmanager
    def noting_refusal(self, request_id: str) -> Iterator[Unrouted]:
        """Note, here only, a request that is refused before it is routed. What is known by then is put into the yielded
        object."""
        at, began = self._unix_time(), self._clock()
        unrouted = Unrouted()
        try:
            yield unrouted
        except GatewayError as error:
            milliseconds = round((self._clock() - began) * 1000)
            _log.warning("%s refused: %s %s", request_id, error.status, error.message[:_LONGEST_ERROR])
            self._records.append(_refusal(request_id, unrouted.facts, error, at, milliseconds))
            raise

    def newest(self, count: int = MOST_RECORDS) -> list[RequestRecord]:
        """At most `count` records, the newest first."""
        return list(self._records)[::-1][:count]

    def find(self, identity: str) -> RequestRecord | None:
        """The record of a request by its id (header `request-id`), or by the beginning of one if that is unique."""
        found = [record for record in self._records if record.id.startswith(identity)]
        exact = next((record for record in found if record.id == identity), None)
        return exact or (found[0] if len(found) == 1 else None)


def _refusal(request_id: str, facts: Facts, error: GatewayError, at: float, milliseconds: int) -> RequestRecord:
    return RequestRecord(
        id=request_id,
        at=at,
        milliseconds=milliseconds,
        facts=replace(facts, session_id=None),
        decision=_NOT_ROUTED,
        attempts=(),
        outcome=FAILED,
        status=error.status,
        error=error.message[:_LONGEST_ERROR],
        usage=None,
        notes=(),
        session=_digest(facts.session_id),
        session_id=facts.session_id,
        shown_id=request_id,
        error_class=error.type,
    )


def _record(exchange: Exchange, trace: Trace, end: BaseException | None, at: float, milliseconds: int) -> RequestRecord:
    outcome, status, told, error_class = _outcome(trace, end)
    facts = exchange.asked.facts
    session_id = facts.session_id
    return RequestRecord(
        id=exchange.request_id,
        at=at,
        milliseconds=milliseconds,
        facts=replace(facts, session_id=None),
        decision=_without(session_id, exchange.decision),
        attempts=tuple(trace),
        outcome=outcome,
        status=status,
        error=told,
        usage=exchange.usage,
        notes=tuple(dict.fromkeys(exchange.notes)),
        session=_digest(session_id),
        session_id=session_id,
        # Asked for only now, because Claude Code may write a session's first line after its first request.
        project=exchange.gateway.projects.project_of(session_id),
        message_id=exchange.message_id,
        shown_id=exchange.shown_id or exchange.request_id,
        error_class=error_class,
    )


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


def _outcome(trace: Trace, end: BaseException | None) -> tuple[str, int, str, str]:
    """What became of a request, the status that its client got, what it was told, and the kind of that error."""
    last = trace.attempts[-1] if len(trace) else None
    failure = last.failure.value if last and last.failure else ""
    if isinstance(end, GatewayError):
        return FAILED, end.status, end.message, failure or end.type
    if isinstance(end, asyncio.CancelledError | ConnectionError):
        return ABANDONED, _CLIENT_LEFT, "", ""
    if end is not None:
        return FAILED, 500, f"internal error: {type(end).__name__}", "internal_error"
    if last is None or last.verdict == ANSWERED:
        return ANSWERED, 200, "", ""
    # The client had got headers, so that it was told by an `error` event.
    return (BROKE_OFF if last.verdict == BROKE_OFF else FAILED), 200, last.error, failure
