"""OpenAI Chat Completions, which most providers speak in one dialect or another.

https://platform.openai.com/docs/api-reference/chat
"""

from ccr_proxy.protocols.answer import WireProtocol
from ccr_proxy.protocols.openai_chat.answer import ChatDecoder, decode_whole
from ccr_proxy.protocols.openai_chat.request import encode
from ccr_proxy.protocols.openai_url import bearer, completed

PROTOCOL = WireProtocol(
    name="openai-chat",
    encode=encode,
    decoder=ChatDecoder,
    decode_whole=decode_whole,
    url=lambda base, _model, _stream: completed(base, "/chat/completions"),
    headers=bearer,
    counting=None,
)
