"""Which kind of failure a fault is: by where it happened, its status, and, where providers misuse statuses, its words.

The words are those of provider error messages as their users quote them; what is not recognised keeps the meaning of
its status. Configured rules come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ccr_proxy.availability.failures import Failure
from ccr_proxy.errors import ClientFault, GatewayError
from ccr_proxy.protocols.errors import is_overflow


class Cause(StrEnum):
    """Where an attempt failed. ANSWER is an error that the provider stated: a status, or an error inside a 200."""

    ANSWER = "answer"
    ENCODING = "encoding"
    CONNECT = "connect"
    CONNECT_TIMEOUT = "connect_timeout"
    FIRST_BYTE_TIMEOUT = "first_byte_timeout"
    IDLE_TIMEOUT = "idle_timeout"
    BROKEN_OFF = "broken_off"
    EMPTY = "empty"
    GARBLED = "garbled"
    BUSY = "busy"


_BY_CAUSE = {
    Cause.ENCODING: Failure.INCAPABLE,
    Cause.CONNECT: Failure.UNREACHABLE,
    Cause.CONNECT_TIMEOUT: Failure.CONNECT_TIMEOUT,
    Cause.FIRST_BYTE_TIMEOUT: Failure.FIRST_BYTE_TIMEOUT,
    Cause.IDLE_TIMEOUT: Failure.IDLE_TIMEOUT,
    Cause.BROKEN_OFF: Failure.BROKEN_OFF,
    Cause.EMPTY: Failure.EMPTY,
    Cause.GARBLED: Failure.GARBLED,
    Cause.BUSY: Failure.BUSY,
}

_BY_STATUS = {
    401: Failure.KEY_REFUSED,
    402: Failure.NO_CREDIT,
    403: Failure.FORBIDDEN,
    451: Failure.FORBIDDEN,
    404: Failure.MISSING,
    405: Failure.MISSING,
    410: Failure.MISSING,
    501: Failure.MISSING,
    413: Failure.TOO_LONG,
    429: Failure.RATE_LIMITED,
    503: Failure.OVERLOADED,
    529: Failure.OVERLOADED,
    407: Failure.SERVER_ERROR,
    408: Failure.TRANSIENT,
    409: Failure.TRANSIENT,
    421: Failure.TRANSIENT,
    425: Failure.TRANSIENT,
    499: Failure.TRANSIENT,
}

# (statuses, words, meaning); the first match counts.
_BY_WORDS: tuple[tuple[frozenset[int], re.Pattern[str], Failure], ...] = tuple(
    (frozenset(statuses), re.compile(words, re.IGNORECASE), failure)
    for statuses, words, failure in (
        (
            (400, 403, 429),
            r"credit balance is too low|insufficient[_ ](balance|quota|funds|credits?)|out of credits?|"
            r"requires? more credits|arrear|欠费|余额不足",
            Failure.NO_CREDIT,
        ),
        (
            (400, 403),
            r"(invalid|incorrect|expired|unknown|wrong) api[ _-]?key|"
            r"api[ _-]?key.{0,20}(not valid|invalid|incorrect|expired)",
            Failure.KEY_REFUSED,
        ),
        (
            (400, 404, 415, 422),
            r"(does not|doesn't|do not|cannot) (support|process|accept|read) (an? |any )?"
            r"(image|vision|audio|file|pdf|document|tool|function)|no endpoints found that support|"
            r"(images?|vision|audio|pdfs?|documents?|tool use|tool calling|tools|function calling) (input )?"
            r"(is|are) not supported",
            Failure.INCAPABLE,
        ),
        (
            (400, 422),
            r"model[_ ]not[_ ](found|exist)|model\b.{0,80}(does not exist|not found)|not a valid model|unknown model|"
            r"no such model|invalid model (name|id)",
            Failure.MISSING,
        ),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """A configured exception: errors of `provider` (any when empty) with one of `statuses` (any when empty) whose
    message contains `text` (letter case aside) are to be taken as `failure`."""

    failure: Failure
    provider: str = ""
    statuses: frozenset[int] = frozenset()
    text: str = ""

    def applies(self, provider: str, fault: GatewayError) -> bool:
        """Whether this rule is about that fault."""
        if self.provider and self.provider.casefold() != provider.casefold():
            return False
        if self.statuses and fault.status not in self.statuses:
            return False
        return self.text.casefold() in fault.message.casefold()


def failure_of(
    fault: GatewayError, cause: Cause = Cause.ANSWER, *, provider: str = "", rules: Iterable[ErrorRule] = ()
) -> Failure:
    """The kind of a fault that happened at `provider`."""
    if cause in _BY_CAUSE:
        return _BY_CAUSE[cause]
    if isinstance(fault, ClientFault):
        return Failure.REQUEST
    configured = next((rule for rule in rules if rule.applies(provider, fault)), None)
    if configured:
        return configured.failure
    status = fault.status
    if status in (400, 413, 422) and is_overflow(fault.message):
        return Failure.TOO_LONG
    for statuses, words, failure in _BY_WORDS:
        if status in statuses and words.search(fault.message):
            return failure
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Failure.REQUEST if 400 <= status < 500 else Failure.SERVER_ERROR
