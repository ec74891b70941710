"""OpenAI Responses as a client format, as Codex speaks it. Nothing is stored: each request carries its conversation.

    request      the request, field by field
    input_items  its input items as messages
    tools        tool definitions and tool choice
    stream       the answer as events
    items        the output items that the events are about
    answer       the answer as one object

https://platform.openai.com/docs/api-reference/responses
"""

from ccr_proxy.protocols.inbound import openai_errors
from ccr_proxy.protocols.inbound.client_format import ClientFormat
from ccr_proxy.protocols.inbound.openai_responses.answer import whole
from ccr_proxy.protocols.inbound.openai_responses.request import decode, left_out
from ccr_proxy.protocols.inbound.openai_responses.stream import ResponsesWriter

FORMAT = ClientFormat(
    name="openai-responses",
    decode_request=decode,
    left_out=left_out,
    stream_writer=ResponsesWriter,
    whole=whole,
    error=openai_errors.envelope,
)
