"""OpenAI Responses: one list of items in, one list of items out.

    request       the request, field by field
    input_items   the conversation as input items
    reasoning     reasoning items on their way to Claude Code and back, and how much reasoning is asked for
    tools         tool definitions and tool choice
    answer        the answer, streamed or whole
    events        which events carry text, and where it belongs
    output_items  which item an event belongs to, and what of it has been shown
    web_search    the provider's web search as Anthropic's blocks
    counting      the tokens of a request, without an answer

https://platform.openai.com/docs/api-reference/responses
"""

from ccr_proxy.protocols.answer import WireProtocol
from ccr_proxy.protocols.openai_responses.answer import ResponsesDecoder, decode_whole
from ccr_proxy.protocols.openai_responses.counting import COUNTING
from ccr_proxy.protocols.openai_responses.request import NAME, encode
from ccr_proxy.protocols.openai_url import bearer, completed

PROTOCOL = WireProtocol(
    name=NAME,
    encode=encode,
    decoder=ResponsesDecoder,
    decode_whole=decode_whole,
    url=lambda base, _model, _stream: completed(base, "/responses"),
    headers=bearer,
    counting=COUNTING,
)
