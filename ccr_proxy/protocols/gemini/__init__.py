"""Google's generateContent, with an API key (Gemini API) or an access token (Vertex AI).

    request     the whole request, generation settings
    contents    the conversation: turns and their parts, thought signatures
    tools       function declarations, web search, tool choice
    thinking    how much to think, in what each model generation takes
    schema      JSON Schema in Gemini's subset
    answer      the answer, streamed or whole
    endpoint    URL and key
    counting    the tokens of a request, without an answer

https://ai.google.dev/api/generate-content
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
"""

from ccr_proxy.protocols.answer import WireProtocol
from ccr_proxy.protocols.gemini.answer import GeminiDecoder, decode_whole
from ccr_proxy.protocols.gemini.counting import COUNTING, VERTEX_COUNTING
from ccr_proxy.protocols.gemini.endpoint import gemini_headers, generate_url, vertex_headers
from ccr_proxy.protocols.gemini.request import encode, encode_for_vertex

PROTOCOL = WireProtocol(
    name="gemini",
    encode=encode,
    decoder=GeminiDecoder,
    decode_whole=decode_whole,
    url=generate_url,
    headers=gemini_headers,
    counting=COUNTING,
)

# The same wire format behind Google Cloud's paths and credentials; fetching the access token is not this package's job.
VERTEX_PROTOCOL = WireProtocol(
    name="vertex-gemini",
    encode=encode_for_vertex,
    decoder=GeminiDecoder,
    decode_whole=decode_whole,
    url=generate_url,
    headers=vertex_headers,
    counting=VERTEX_COUNTING,
)
