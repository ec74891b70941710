"""The formats that clients speak to the gateway: a request in, its answer out, through the same hub.

    client_format      what each format offers (`ClientFormat`, `StreamWriter`)
    anthropic          Anthropic Messages: the hub itself
    openai_chat/       OpenAI Chat Completions: OpenCode and every OpenAI client
    openai_responses/  OpenAI Responses: Codex
    fields             foreign JSON, read with the field's name in every complaint
    hub_conversation   system texts and messages, collected into what the Anthropic API takes
    hub_request        limits, reasoning, answer format and identity in Anthropic's words
    media              pictures and files of a message
    client_tools       tools under the names and kinds that the client knows them by
    openai_errors      OpenAI's error envelope
    openai_usage       Anthropic's token counts in OpenAI's terms

What cannot be expressed is refused with 400 and the field's name; values that only tune the answer are left out
(`ClientFormat.left_out` names them).
"""

from ccr_proxy.protocols.inbound import anthropic, openai_chat, openai_responses
from ccr_proxy.protocols.inbound.client_format import ClientFormat, StreamWriter

ANTHROPIC = anthropic.FORMAT
OPENAI_CHAT = openai_chat.FORMAT
OPENAI_RESPONSES = openai_responses.FORMAT

__all__ = ["ANTHROPIC", "OPENAI_CHAT", "OPENAI_RESPONSES", "ClientFormat", "StreamWriter"]
