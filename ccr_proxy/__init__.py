"""The gateway: takes Anthropic Messages requests and has them answered by any model.

The path of one request, a module per hop:

    server.app          HTTP in
    server.access       who are you (key, Host, Origin)
    routing.facts       what is this (tokens, thinking, tools, images, session)
    routing.decide      where to (ordered targets and the reason)
    protocols.*         say it in their words
    upstream.*          try (connections, keys, failures)
    protocols.*         say it in ours
    server.messages     the function in which these hops stand one under another

Usable alone as `ccr ...` or `python -m ccr_proxy`; never imports the wizard.
"""
