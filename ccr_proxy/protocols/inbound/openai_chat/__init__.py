"""OpenAI Chat Completions as a client format.

    request   the request, field by field
    messages  its messages, role by role
    tools     tool definitions and tool choice, old and new
    reasoning thinking blocks in messages, both ways
    stream    the answer as chunks
    citations cited pages as annotations
    answer    the answer as one object

https://platform.openai.com/docs/api-reference/chat
"""

from ccr_proxy.protocols.inbound import openai_errors
from ccr_proxy.protocols.inbound.client_format import ClientFormat
from ccr_proxy.protocols.inbound.openai_chat.answer import whole
from ccr_proxy.protocols.inbound.openai_chat.request import decode, left_out
from ccr_proxy.protocols.inbound.openai_chat.stream import ChatWriter

FORMAT = ClientFormat(
    name="openai-chat",
    decode_request=decode,
    left_out=left_out,
    stream_writer=ChatWriter,
    whole=whole,
    error=openai_errors.envelope,
)
