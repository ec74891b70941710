"""The gateway: takes Anthropic Messages and OpenAI requests and has them answered by any model.

The path of one request, a module per hop:

    server.app              HTTP in
    server.access           who are you (key, Host, Origin)
    protocols.inbound       what did you say (Anthropic Messages, OpenAI Chat, OpenAI Responses)
    routing.facts           what is this (tokens, thinking, tools, images, session)
    routing.decide          where to (ordered targets and the reason)
    availability            who can answer now (keys, circuits, limits, sessions)
    transformers, protocols say it in their words
    upstream                try
    protocols               say it in ours
    server.messages         the function in which these hops stand one under another

Usable alone as `ccr ...` or `python -m ccr_proxy`; never imports the wizard.
"""
