"""Wire formats: pure functions and per-request decoders, no IO, no clock, no logging.

The hub is the Anthropic Messages request and its event stream, because Claude Code speaks it:

    conversation      an Anthropic conversation in the strict form that other formats demand
    openai_chat/      OpenAI Chat Completions: request encoder, answer decoder
    openai_responses/ OpenAI Responses
    gemini/           Gemini generateContent
    anthropic/        Anthropic Messages: bytes pass through, usage is read in passing
    message_stream    the grammar of an answer; every decoder feeds it, nothing else writes events
    anthropic_events  writers: SSE bytes, or one whole message
    sse               server-sent events, incremental
    answer            what each protocol offers (`WireProtocol`) and is told (`Target`)
    registry          the explicit list of protocols, and how one is recognised from a provider's configuration
    model_profile     what a model takes, recognised from its name
    signatures        provider reasoning that must survive the round trip
    tool_ids          tool call ids that every side accepts
    errors            provider errors in Anthropic's words
    thinking_budget  the thinking budget within the output limit
    repairs           refusals that a changed request heals
"""
