"""The HTTP side: the only place that serves requests.

app             the application: routes, middlewares, start and end
gateway         what all requests share
access          who may ask: key, Host, Origin
error_answers   every failure as Anthropic's error envelope with a request id
messages        POST /v1/messages: the path of a request, hop by hop
outgoing        the request to a provider, written
live_answer     an answer on its way to a client: commit point, keep-alive
pulse           keeps clients with silent providers alive
count_tokens, models, health   the smaller endpoints
"""
