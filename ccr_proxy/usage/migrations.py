"""The tables of the ledger. A file's `user_version` says how many of these steps it has; a step is never changed.

Times are Unix time: `at` in milliseconds, `quarter` in seconds. Tokens count additively, as Anthropic's do; NULL means
that it is not known. `reported` is 0 where they are the gateway's estimate.

requests   one row each; its tokens are those of its attempts together, provider, model and key those of the last one
attempts   one row for each time that somebody was asked, or could not be
quarters   the sums of attempts by quarter of an hour, the smallest step between two time zones. `prompt_above` is the
           largest step of quarters.PROMPT_STEPS that each prompt exceeds, because prices depend on the length of one
           prompt. A request counts at its last attempt. Texts are "" where there is none.
"""

from __future__ import annotations

_TOKENS = """
    input INTEGER, output INTEGER, cache_read INTEGER, cache_write_5m INTEGER, cache_write_1h INTEGER,
    reasoning INTEGER"""

_FIRST = (
    f"""CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    shown_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    session TEXT, project TEXT, subagent INTEGER NOT NULL, client_key TEXT NOT NULL,
    requested_model TEXT NOT NULL, route TEXT NOT NULL, rule TEXT,
    provider TEXT, model TEXT, key_label TEXT,
    status INTEGER NOT NULL, outcome TEXT NOT NULL, error_class TEXT,
    attempts INTEGER NOT NULL, first_token_ms INTEGER, total_ms INTEGER NOT NULL, streamed INTEGER NOT NULL,
    {_TOKENS}, reported INTEGER)""",
    "CREATE INDEX requests_at ON requests (at)",
    "CREATE INDEX requests_session ON requests (session, at)",
    f"""CREATE TABLE attempts (
    request INTEGER NOT NULL, number INTEGER NOT NULL,
    provider TEXT NOT NULL, model TEXT NOT NULL, key_label TEXT NOT NULL,
    status INTEGER NOT NULL, failure TEXT, verdict TEXT NOT NULL,
    total_ms INTEGER NOT NULL, first_token_ms INTEGER, pause_ms INTEGER NOT NULL,
    {_TOKENS}, reported INTEGER,
    PRIMARY KEY (request, number)) WITHOUT ROWID""",
    f"""CREATE TABLE quarters (
    quarter INTEGER NOT NULL,
    session TEXT NOT NULL, project TEXT NOT NULL, route TEXT NOT NULL, rule TEXT NOT NULL,
    provider TEXT NOT NULL, model TEXT NOT NULL, key_label TEXT NOT NULL,
    prompt_above INTEGER NOT NULL, reported INTEGER NOT NULL,
    requests INTEGER NOT NULL, attempts INTEGER NOT NULL, failed INTEGER NOT NULL,
    {_TOKENS},
    PRIMARY KEY (quarter, session, project, route, rule, provider, model, key_label, prompt_above, reported)
    ) WITHOUT ROWID""",
    "CREATE INDEX quarters_session ON quarters (session, quarter)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
