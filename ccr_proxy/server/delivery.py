"""An answer on its way to a streaming client, across attempts, and the commit point.

Until real content has gone out nothing is committed: a failure is raised, and the request may move to another key,
provider or model, unseen. A sign of life commits to nothing either: it is an empty block. From the first content on a
failure becomes an `error` event, unless the answer can be taken up again. That line is `_open`, and nowhere else.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from ccr_proxy.availability.run import Attempt
from ccr_proxy.errors import GatewayError, UpstreamFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import Closing
from ccr_proxy.protocols.anthropic.pass_through import PassThrough
from ccr_proxy.protocols.empty_answer import EmptyAnswer
from ccr_proxy.protocols.inbound import ANTHROPIC, StreamWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.server.exchange import Exchange
from ccr_proxy.server.gateway import Destination
from ccr_proxy.server.translated import Translated
from ccr_proxy.server.until_the_end import until_the_end
from ccr_proxy.upstream.connection import IncomingAnswer


class Answer(Protocol):
    """A decoded answer: provider bytes in, client bytes out."""

    @property
    def message_id(self) -> str: ...
    @property
    def has_content(self) -> bool: ...
    @property
    def finished(self) -> bool: ...
    @property
    def closing(self) -> Closing: ...
    @property
    def failure(self) -> UpstreamFault | None: ...
    @property
    def can_resume(self) -> bool: ...
    def feed(self, chunk: bytes) -> None: ...
    def end(self) -> None: ...
    def take(self) -> bytes: ...
    def broke_off(self, fault: UpstreamFault) -> None: ...
    def keep_alive(self) -> None: ...
    def final_usage(self) -> Usage: ...
    def spent(self) -> Usage | None: ...


class Delivery:
    """Delivers one answer. `last_sent` is on the clock of the Pulse."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._writer = self._new_writer()
        self._answer: Answer | None = None
        self._headers: Mapping[str, str] = {
            "request-id": exchange.request_id,
            "x-ccr-route": exchange.decision.route,
        }
        self._response: web.StreamResponse | None = None
        self._opening = asyncio.Lock()
        self._committed = False
        self._taken_up = False
        self._as_seen: StreamWriter | None = None  # the writer after the last sign of life
        self.last_sent = exchange.gateway.pulse.now()

    @property
    def opened(self) -> bool:
        """Whether the client has got headers: from then on an error is an event."""
        return self._response is not None

    @property
    def has_shown_content(self) -> bool:
        """Whether real content has gone out."""
        return self._committed

    @property
    def can_be_taken_up(self) -> bool:
        """Whether another attempt may finish what has been shown of the one that failed: once, and only where a call
        broke off behind text."""
        is_behind_text = self._committed and isinstance(self._answer, Translated) and self._answer.can_resume
        return is_behind_text and not self._taken_up

    def take_up_again(self) -> None:
        """The next attempt is to finish the answer. Until it does the client is kept alive like any other. Raises
        ValueError when the answer cannot be taken up."""
        if not self.can_be_taken_up or not isinstance(self._answer, Translated):
            raise ValueError("the answer cannot be taken up again")
        self._taken_up = True
        self._answer.stream.resume()

    async def relay(
        self,
        incoming: IncomingAnswer,
        to: Destination,
        headers: Mapping[str, str],
        attempt: Attempt,
    ) -> Usage:
        """Send the answer of one attempt, from a body of server-sent events.

        `attempt` is told when content has come. Raises UpstreamFault when the attempt failed and another may follow.
        """
        self._headers = headers
        answer = self._answer = self._begin(to)
        attempt.measured_by(answer.spent)
        told = False
        try:
            async for chunk in until_the_end(incoming, lambda: answer.closing, self._exchange.gateway.grace):
                answer.feed(chunk)
                if answer.has_content and not told and answer.failure is None:
                    told = True
                    attempt.answered()
                    await self._open()
                if told:
                    await self._send()
                if answer.finished:
                    break
        except UpstreamFault as fault:
            answer.broke_off(fault)
        answer.end()
        return await self._finish(answer)

    async def relay_whole(
        self, body: JsonObject, to: Destination, headers: Mapping[str, str], attempt: Attempt
    ) -> Usage:
        """The same for an answer that came as one JSON object."""
        self._headers = headers
        answer = self._answer = self._translated(self._stream(to), to)
        attempt.measured_by(answer.spent)
        answer.whole(body)
        return await self._finish(answer)

    async def give_up(self, fault: GatewayError) -> web.StreamResponse:
        """Tell a client that has seen the beginning of an answer that it will not be finished."""
        response = await self._open()
        if data := self._answer.take() if self._answer else b"":
            await response.write(data)
        self._writer.error(fault.type, fault.message)
        await response.write(self._writer.take())
        await response.write_eof()
        return response

    async def say_nothing(self, answer: EmptyAnswer) -> web.StreamResponse:
        """Give a client that has seen no content an answer without any."""
        if answer.headers:
            self._headers = answer.headers
        first = self._exchange.decision.targets[0]
        self._new_stream(first.provider_name, first.model).say_nothing(answer.usage)
        response = await self._open()
        await response.write(self._writer.take())
        await response.write_eof()
        return response

    async def keep_alive(self) -> None:
        """Tell the client that something is still coming, also while nobody answers yet."""
        if self._answer is not None and not self._answer.finished:
            self._answer.keep_alive()
            await self._open()
            await self._send()
            self._note_what_is_seen()
        elif not self.has_shown_content:
            first = self._exchange.decision.targets[0]
            self._new_stream(first.provider_name, first.model).keep_alive()
            response = await self._open()
            self.last_sent = self._exchange.gateway.pulse.now()
            data = self._writer.take()
            self._note_what_is_seen()
            await response.write(data)

    async def done(self) -> web.StreamResponse:
        """End the response."""
        response = await self._open()
        await response.write_eof()
        return response

    def _note_what_is_seen(self) -> None:
        """After a sign of life: from here another attempt can go on, until content goes out."""
        self._as_seen = None if self._committed else self._copied(self._writer)

    def _copied(self, writer: StreamWriter | None) -> StreamWriter | None:
        own = self._exchange.asked.own  # large, and nobody changes it
        return copy.deepcopy(writer, {id(own): own})

    async def _finish(self, answer: Answer) -> Usage:
        if answer.failure is not None:
            if not self._committed:
                # Content may have been decoded, but none has gone out: the next attempt begins where the client is.
                self._answer, self._writer = None, self._copied(self._as_seen) or self._new_writer()
            raise answer.failure
        await self._open()
        await self._send()
        return answer.final_usage()

    def _begin(self, to: Destination) -> Answer:
        """The answer of one attempt: fresh, or the one before taken up again."""
        exchange = self._exchange
        before = self._answer
        is_fresh = before is None or not self._committed
        speaks_alike = to.protocol.name == "anthropic" and exchange.asked.client is ANTHROPIC
        if is_fresh and speaks_alike and not to.chain.changes_answer:
            return PassThrough(
                message_id=exchange.message_id,
                model=exchange.model,
                estimated_input=exchange.estimated_input(to.target.provider, to.target.model),
                report=_nothing_yet,
                kept_alive=self.opened,
            )
        return self._translated(self._stream(to), to)

    def _stream(self, to: Destination) -> MessageStream:
        """The grammar for one attempt: what has been shown of an answer that is taken up again is remembered in it."""
        before = self._answer
        if isinstance(before, Translated) and self._committed:
            return before.stream
        return self._new_stream(to.target.provider, to.target.model)

    def _new_writer(self) -> StreamWriter:
        return self._exchange.asked.client.stream_writer(self._exchange.asked.own, self._exchange.created)

    def _new_stream(self, provider: str, model: str) -> MessageStream:
        return MessageStream(
            self._writer,
            message_id=self._exchange.message_id,
            model=self._exchange.model,
            estimated_input=self._exchange.estimated_input(provider, model),
            report=_nothing_yet,
            kept_alive=self.opened,
        )

    def _translated(self, stream: MessageStream, to: Destination) -> Translated:
        context = to.context(self._exchange.asked.body, self._exchange.notes)
        sink = to.answer_sink(stream, context)
        decode_whole = to.protocol.decode_whole
        return Translated(
            to.protocol.decoder(sink, to.origin),
            lambda body: decode_whole(body, sink, to.origin),
            stream,
            self._writer,
        )

    async def _send(self) -> None:
        """Hand what is ready to the connection in one piece; nothing can come between `take` and the hand-over."""
        data = self._answer.take() if self._answer else b""
        if data and self._response is not None:
            self._committed = self._committed or (self._answer is not None and self._answer.has_content)
            self.last_sent = self._exchange.gateway.pulse.now()
            await self._response.write(data)

    async def _open(self) -> web.StreamResponse:
        if self._response is not None:
            return self._response
        # The answer and a sign of life may both be the first to send.
        async with self._opening:
            if self._response is None:
                response = web.StreamResponse(headers=self._headers)
                response.content_type = "text/event-stream"
                response.headers["cache-control"] = "no-cache"
                self._exchange.note_ids(response, self._answer.message_id if self._answer else None)
                await response.prepare(self._exchange.request)
                self._response = response
        return self._response


def _nothing_yet(*_error: object) -> None:
    """Whether the client sees an error is decided when no other attempt follows."""
