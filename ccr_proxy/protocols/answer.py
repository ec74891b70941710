"""What every protocol offers, and what it is told about its target.

A protocol is a wire format: how a request is written and how an answer is read. It does no IO. Who the provider is
(URL, key) and what a model cannot do (`ModelProfile`) come from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol as Structural

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.model_profile import ModelProfile


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the provider's name, its model id, and what that model can take."""

    provider: str
    model: str
    profile: ModelProfile


@dataclass(slots=True)
class EncodedRequest:
    """A request body in the provider's words; `left_out` names the tuning fields that the target does not know."""

    body: JsonObject
    left_out: list[str] = field(default_factory=list)


class Closing(Enum):
    """Whether an answer is over although its body goes on. LIKELY: it has a stop reason, and a usage or a goodbye may
    follow. CERTAIN: its last word has been said."""

    NOT_YET = "not yet"
    LIKELY = "likely"
    CERTAIN = "certain"


class AnswerDecoder(Structural):
    """Reads one streamed answer and tells an AnswerSink what it says."""

    @property
    def closing(self) -> Closing:
        """Whether the answer is over by what was fed so far."""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body, cut anywhere."""

    def end(self) -> None:
        """The body has ended; ends the AnswerSink too."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How a provider is asked for the input tokens of a request, instead of for its answer.

    url: the full URL of the request -> that of its count; None where this address has none
    body: (encoded request, target) -> what to send there
    field: the name of the number in the answer
    """

    url: Callable[[str], str | None]
    body: Callable[[JsonObject, Target], JsonObject]
    field: str


@dataclass(frozen=True, slots=True)
class WireProtocol:
    """One wire format.

    encode: Anthropic request and target -> request body; raises ClientFault naming the field that cannot be expressed
    decoder: a fresh stream decoder that reports to an AnswerSink; the string is the origin `protocol:provider`
    decode_whole: a whole JSON answer, reported to an AnswerSink and ended
    url: (configured base URL, model, stream) -> the full request URL
    headers: API key -> authentication headers
    counting: how to ask for the tokens of a request; None where the format has no word for it
    """

    name: str
    encode: Callable[[JsonObject, Target], EncodedRequest]
    decoder: Callable[[AnswerSink, str], AnswerDecoder]
    decode_whole: Callable[[JsonObject, AnswerSink, str], None]
    url: Callable[[str, str, bool], str]
    headers: Callable[[str], Mapping[str, str]]
    counting: Counting | None
