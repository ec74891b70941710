"""An answer that is translated: a protocol's decoder feeding the grammar, whose writer collects the client's bytes."""

from __future__ import annotations

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols.answer import AnswerDecoder
from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.usage import Usage


class Translated:
    """The `Answer` of a provider that speaks another format."""

    def __init__(self, decoder: AnswerDecoder, stream: MessageStream, writer: SseWriter) -> None:
        self._stream = stream
        self.feed = decoder.feed
        self.end = decoder.end
        self.take = writer.take
        self.keep_alive = stream.keep_alive

    @property
    def has_content(self) -> bool:
        return self._stream.has_content

    @property
    def finished(self) -> bool:
        return self._stream.finished

    @property
    def failure(self) -> UpstreamFault | None:
        return self._stream.failure

    def broke_off(self, fault: UpstreamFault) -> None:
        self._stream.broke_off(fault)

    def final_usage(self) -> Usage:
        return self._stream.final_usage()
