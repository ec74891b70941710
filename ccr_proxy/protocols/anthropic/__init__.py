"""Anthropic Messages, spoken by the client itself: bytes pass through, and are read only as far as needed.

https://docs.anthropic.com/en/api/messages
"""

from ccr_proxy.protocols.answer import WireProtocol
from ccr_proxy.protocols.anthropic.answer import AnthropicDecoder, decode_whole
from ccr_proxy.protocols.anthropic.counting import COUNTING
from ccr_proxy.protocols.anthropic.endpoint import headers, messages_url
from ccr_proxy.protocols.anthropic.request import encode

PROTOCOL = WireProtocol(
    name="anthropic",
    encode=encode,
    decoder=lambda stream, _origin: AnthropicDecoder(stream),
    decode_whole=decode_whole,
    url=messages_url,
    headers=headers,
    counting=COUNTING,
)
