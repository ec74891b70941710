"""`extrathinktag`: reasoning in `<think>` tags wherever they stand; without it only those at the start are noticed."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.tagged_reasoning import TaggedReasoningSink
from ccr_proxy.transformers.transformer import Context, Transformer


def _split(sink: AnswerSink, _context: Context, _options: JsonObject) -> AnswerSink:
    return TaggedReasoningSink(sink, "think")


EXTRATHINKTAG = Transformer("extrathinktag", answer=_split)
