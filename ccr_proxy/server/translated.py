"""An answer that is translated: a protocol's decoder feeding the grammar, whose writer collects the client's bytes."""

from __future__ import annotations

from collections.abc import Callable

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import AnswerDecoder, Closing
from ccr_proxy.protocols.inbound import StreamWriter
from ccr_proxy.protocols.message_stream import MessageStream


class Translated:
    """The `Answer` of a provider that speaks another format than the client."""

    def __init__(
        self,
        decoder: AnswerDecoder,
        decode_whole: Callable[[JsonObject], None],
        stream: MessageStream,
        writer: StreamWriter,
    ) -> None:
        self.stream = stream
        self._decoder = decoder
        self.message_id = stream.message_id
        self.feed = decoder.feed
        self.end = decoder.end
        self.whole = decode_whole
        self.take = writer.take
        self.keep_alive = stream.keep_alive
        self.broke_off = stream.broke_off
        self.final_usage = stream.final_usage
        self.spent = stream.spent

    @property
    def has_content(self) -> bool:
        return self.stream.has_content

    @property
    def finished(self) -> bool:
        return self.stream.finished

    @property
    def closing(self) -> Closing:
        return self._decoder.closing

    @property
    def failure(self) -> UpstreamFault | None:
        return self.stream.failure

    @property
    def can_resume(self) -> bool:
        return self.stream.can_resume
