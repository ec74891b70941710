"""The HTTP side: the only place that serves requests.

app             the application: routes, middlewares, start and end
gateway         what all requests share
access          who may ask: key, Host, Origin
client_formats  which format a client speaks, by path
error_answers   every failure in the client's own error envelope, with a request id
exchange        one request, read and routed
messages        POST of a request in any client format: its path, hop by hop
attempts        target after target, key after key, until one has answered
outgoing        the request to a provider, written
delivery        an answer on its way to a streaming client: commit point, keep-alive
translated      an answer that is translated, with the grammar that it goes through
whole_answer    an answer for a client that waits for all of it
answer_headers  which request it was, who answered, what was tried
presets         requests under /preset/NAME: a gateway of its own for each preset
calibration     how far the token estimate is off for each model
who_counts      which providers are asked to count tokens
pulse           keeps clients with silent providers alive
logs            what the gateway writes of itself; log_file keeps that bounded
count_tokens, models, health   the smaller endpoints
"""
