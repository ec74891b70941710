"""A request through a chain of transformers and the Chat encoder, and an answer back through both.

`chain` takes entries as the configuration file has them; `answered` gives the lines of `protocols.transcript`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ccr_proxy.config.schema import ProviderTransformer
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.anthropic_events import SseWriter
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.openai_chat.answer import ChatDecoder
from ccr_proxy.protocols.registry import PROTOCOLS
from ccr_proxy.transformers.chain import TransformerChain, chain_for
from ccr_proxy.transformers.registry import BUILT_IN
from ccr_proxy.transformers.transformer import Context, Transformer
from tests.ccr_proxy.protocols.transcript import Json, seen

BASH: Json = {
    "name": "Bash",
    "input_schema": {
        "type": "object",
        "properties": {
            "command": {"type": "string"},
            "timeout": {"type": "integer"},
            "background": {"type": "boolean"},
        },
        "required": ["command"],
    },
}
HELLO: Json = {"model": "claude", "max_tokens": 32000, "messages": [{"role": "user", "content": "Hello"}]}


def chain(*uses: Any, model: Iterable[Any] = (), known: dict[str, Transformer] = BUILT_IN) -> TransformerChain:
    """The chain of a provider's `use` list and of a model's."""
    configured = ProviderTransformer.model_validate({"use": list(uses), "m": {"use": list(model)}})
    return chain_for(configured.use, configured.for_model("m"), known)


def context_for(asked: Json = HELLO, *, model: str = "m", protocol: str = "openai-chat", **more: Any) -> Context:
    return Context("prov", model, protocol, asked, **more)


def sent(chain: TransformerChain, asked: Json = HELLO, *, model: str = "m", protocol: str = "openai-chat") -> Json:
    """The body that a provider gets."""
    context = context_for(asked, model=model, protocol=protocol)
    profile = chain.profile(profile_for(model), model)
    encoded = PROTOCOLS[protocol].encode(chain.conversation(asked, context), Target("prov", model, profile))
    return chain.request(encoded.body, context)


def answered(chain: TransformerChain, *chunks: bytes, asked: Json = HELLO, notes: list[str] | None = None) -> list[str]:
    """What a client sees of a Chat answer that came in these chunks."""
    writer = SseWriter()
    stream = MessageStream(writer, message_id="msg", model="claude", estimated_input=1)
    context = context_for(asked, note=[].append if notes is None else notes.append)
    decoder = ChatDecoder(cast("MessageStream", chain.answer(stream, context)), "openai-chat:prov")
    for chunk in chunks:
        decoder.feed(chunk)
    decoder.end()
    assert stream.finished
    return seen(writer.take())
