"""Send one streamed request through the gateway that ~/.claude/settings.json names, and show how it went.

Address and key are taken from where Claude Code takes them, so this fails when the set-up is wrong.
Standard library only; exit code 1 when the answer did not arrive whole.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

QUESTION = "Who are you, and how did this question reach you?"
TIMEOUT_SECONDS = 60


@dataclass
class Outcome:
    """What was seen of one answer. Times are seconds since the request was sent."""

    first_text: float | None = None
    finished: float = 0.0
    stop_reason: str | None = None
    tokens: dict[str, int] = field(default_factory=dict)
    complete: bool = False


def request_from_settings() -> urllib.request.Request:
    """The request Claude Code would send, with the address and key of its settings file."""
    settings = json.loads((Path.home() / ".claude" / "settings.json").read_text(encoding="utf-8"))
    environment = settings["env"]
    body = {
        "model": environment.get("ANTHROPIC_MODEL", "claude-sonnet-5"),
        "max_tokens": 1024,
        "stream": True,
        "messages": [{"role": "user", "content": QUESTION}],
    }
    headers = {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    if "ANTHROPIC_AUTH_TOKEN" in environment:
        headers["authorization"] = f"Bearer {environment['ANTHROPIC_AUTH_TOKEN']}"
    else:
        headers["x-api-key"] = environment["ANTHROPIC_API_KEY"]
    url = environment["ANTHROPIC_BASE_URL"].rstrip("/") + "/v1/messages"
    return urllib.request.Request(url, json.dumps(body).encode(), headers)


def events(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """The JSON of every server-sent event; Anthropic puts each on one `data:` line."""
    for line in lines:
        if line.startswith(b"data:"):
            yield json.loads(line[5:])


def show_answer(lines: Iterator[bytes], sent: float) -> Outcome:
    """Print the text as it comes and note times, tokens and how it ended."""
    outcome = Outcome()
    for event in events(lines):
        match event:
            case {"type": "message_start", "message": {"usage": usage}}:
                outcome.tokens.update(counts(usage))
            case {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}:
                if outcome.first_text is None:
                    outcome.first_text = time.monotonic() - sent
                print(text, end="", flush=True)
            case {"type": "message_delta", "delta": delta}:
                outcome.stop_reason = delta.get("stop_reason")
                outcome.tokens.update(counts(event.get("usage", {})))
            case {"type": "message_stop"}:
                outcome.complete = True
            case {"type": "error", "error": error}:
                print(f"\nerror: {error.get('message')}", file=sys.stderr)
    outcome.finished = time.monotonic() - sent
    return outcome


def counts(usage: dict[str, Any]) -> dict[str, int]:
    """The two token counts that every answer has."""
    return {name: usage[name] for name in ("input_tokens", "output_tokens") if isinstance(usage.get(name), int)}


def show_facts(headers: Any, requested: str, outcome: Outcome) -> None:
    """Print the route that was taken and what it cost, one fact a line."""
    first = "no text came" if outcome.first_text is None else f"{outcome.first_text * 1000:.0f} ms"
    facts = {
        "asked for": requested,
        "route": headers.get("x-ccr-route"),
        "because": str(headers.get("x-ccr-reason")).removeprefix(f"{headers.get('x-ccr-route')}: "),
        "answered by": f"{headers.get('x-ccr-provider')}, model {headers.get('x-ccr-model')}",
        "tokens": f"{outcome.tokens.get('input_tokens')} in, {outcome.tokens.get('output_tokens')} out",
        "first token": first,
        "whole answer": f"{outcome.finished * 1000:.0f} ms, stop reason {outcome.stop_reason}",
        "request id": headers.get("request-id"),
    }
    print()
    for name, value in facts.items():
        print(f"  {name:<13} {value}")


def main() -> int:
    """Send, show, judge."""
    request = request_from_settings()
    assert isinstance(request.data, bytes)
    requested = json.loads(request.data)["model"]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    print(f"POST {request.full_url}  (streamed)\n\n> {QUESTION}\n")
    sent = time.monotonic()
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            outcome = show_answer(response, sent)
            print()
            show_facts(response.headers, requested, outcome)
    except urllib.error.HTTPError as refusal:
        print(f"The gateway answered {refusal.code}: {refusal.read().decode()}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"The gateway at {request.full_url} could not be reached: {failure}", file=sys.stderr)
        return 1
    if not outcome.complete:
        print("The stream ended before message_stop.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
