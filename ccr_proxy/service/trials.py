"""Small real requests through the running gateway to single targets: a streamed text, and a tool call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Thread
from typing import Any

from ccr_proxy.errors import GatewayError, ServiceFault
from ccr_proxy.service.gateway_client import GatewayClient

# Models that think first use up some hundred tokens before they say a word.
_MOST_TOKENS = 2000
# Enough that one slow target does not hold up the others, and few enough for the smallest of providers' limits.
AT_ONCE = 4

# The tool is Claude Code's own, so that what answers here answers there. Nothing runs the command.
_TOOL = {
    "name": "Bash",
    "description": "Run a shell command.",
    "input_schema": {
        "type": "object",
        "properties": {"command": {"type": "string", "description": "The command to run."}},
        "required": ["command"],
    },
}
_PROMPTS = {
    "text": "This is a connection test. Answer with the single word: ready",
    "tool call": "This is a connection test. Call the Bash tool once with the command `echo ready`, and say nothing.",
}
KINDS = tuple(_PROMPTS)


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What one target made of one request. Times are in milliseconds, None where it did not come so far; tokens are
    those that the answer reported. `error` is "" when it went well."""

    target: str
    kind: str
    error: str
    answered_by: str = ""
    first_token: int | None = None
    milliseconds: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def ok(self) -> bool:
        return not self.error


def run_trial(
    gateway: GatewayClient, target: str, kind: str, seconds: float, clock: Callable[[], float] = time.monotonic
) -> TrialResult:
    """Have `target` answer one request of a kind within `seconds`; whatever goes wrong is in the result."""
    began = clock()
    heard = _Heard()
    error = ""
    try:
        with gateway.open("POST", "/api/trial", {"target": target, "request": request_of(kind)}, seconds) as response:
            headers = response.headers
            heard.answered_by = f"{headers.get('x-ccr-provider', '')},{headers.get('x-ccr-model', '')}"
            for event in events_in(response):
                heard.take(event, clock())
                if clock() - began > seconds:
                    error = f"not finished after {seconds:g} s"
                    break
    except GatewayError as fault:
        error = f"{fault.status}: {fault.message}"
    except ServiceFault as fault:
        error = fault.message
    return TrialResult(
        target,
        kind,
        error or heard.verdict(kind),
        heard.answered_by,
        None if heard.first_content is None else round((heard.first_content - began) * 1000),
        round((clock() - began) * 1000),
        heard.input_tokens,
        heard.output_tokens,
    )


def run_trials(
    trials: Sequence[tuple[str, str]],
    run: Callable[[str, str], TrialResult],
    done: Callable[[TrialResult], None] = lambda _result: None,
) -> list[TrialResult]:
    """Run every (target, kind), at most AT_ONCE at a time; the results in the order of `trials`. `done` is told each as
    it comes, in the calling thread. What `run` raises is raised here.

    The threads are daemons, so that Ctrl-C waits for no answer.
    """
    waiting: Queue[int] = Queue()
    ended: Queue[tuple[int, TrialResult | BaseException]] = Queue()
    for number in range(len(trials)):
        waiting.put(number)

    def work() -> None:
        with suppress(Empty):
            while True:
                number = waiting.get_nowait()
                try:
                    ended.put((number, run(*trials[number])))
                except BaseException as error:  # noqa: BLE001 - carried to the caller, who would wait for ever
                    ended.put((number, error))

    for _ in range(min(AT_ONCE, len(trials))):
        Thread(target=work, daemon=True).start()
    results: dict[int, TrialResult] = {}
    while len(results) < len(trials):
        # Not without end: on Windows nothing interrupts such a wait.
        with suppress(Empty):
            number, result = ended.get(timeout=1.0)
            if isinstance(result, BaseException):
                raise result
            results[number] = result
            done(result)
    return [results[number] for number in range(len(trials))]


def request_of(kind: str) -> dict[str, Any]:
    """The request, without its model."""
    tools = {"tools": [_TOOL]} if kind == "tool call" else {}
    messages = [{"role": "user", "content": _PROMPTS[kind]}]
    return {"max_tokens": _MOST_TOKENS, "stream": True, "messages": messages, **tools}


def events_in(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The data of server-sent events, each of which stands on one line here. Raises ServiceFault for what is none."""
    for line in lines:
        if line.startswith(b"data:"):
            try:
                yield dict(json.loads(line[5:]))
            except (ValueError, TypeError) as error:
                raise ServiceFault("the gateway sent an event that is not JSON") from error


@dataclass(slots=True)
class _Heard:
    """What has been heard of one answer so far."""

    answered_by: str = ""
    first_content: float | None = None
    text: str = ""
    tool: str = ""
    arguments: str = ""
    error: str = ""
    stop_reason: str = ""
    finished: bool = False
    input_tokens: int = 0
    output_tokens: int = 0
    _takers: dict[str, Callable[[dict[str, Any]], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._takers = {
            "message_start": lambda event: self._count(event["message"].get("usage") or {}),
            "content_block_start": self._block,
            "content_block_delta": self._delta,
            "message_delta": self._end,
            "message_stop": self._stop,
            "error": self._fail,
        }

    def take(self, event: dict[str, Any], now: float) -> None:
        """Take in one event, heard at `now`."""
        had_content = self._has_content()
        taker = self._takers.get(str(event.get("type")))
        if taker is not None:
            taker(event)
        if self._has_content() and not had_content:
            self.first_content = now

    def verdict(self, kind: str) -> str:
        """What is wrong with the answer; "" when it is what was asked for."""
        if self.error:
            return self.error
        if not self.finished:
            return "the answer broke off"
        if kind == "tool call":
            return self._tool_verdict()
        return "" if self.text.strip() else f"no text came (stop reason {self.stop_reason})"

    def _tool_verdict(self) -> str:
        if self.tool != "Bash":
            return f"no tool was called (stop reason {self.stop_reason})"
        try:
            arguments = json.loads(self.arguments)
        except ValueError:
            return "the arguments of the tool call are not JSON"
        has_command = isinstance(arguments, dict) and isinstance(arguments.get("command"), str)
        return "" if has_command else "the tool call lacks its argument `command`"

    def _has_content(self) -> bool:
        return bool(self.text or self.tool)

    def _block(self, event: dict[str, Any]) -> None:
        block = event["content_block"]
        if block.get("type") == "tool_use" and not self.tool:
            self.tool = str(block.get("name"))

    def _delta(self, event: dict[str, Any]) -> None:
        delta = event["delta"]
        self.text += delta.get("text") or ""
        self.arguments += delta.get("partial_json") or ""

    def _end(self, event: dict[str, Any]) -> None:
        self.stop_reason = str(event["delta"].get("stop_reason"))
        self._count(event.get("usage") or {})

    def _stop(self, _event: dict[str, Any]) -> None:
        self.finished = True

    def _fail(self, event: dict[str, Any]) -> None:
        self.error = str(event["error"].get("message"))

    def _count(self, usage: dict[str, Any]) -> None:
        names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        self.input_tokens = sum(usage.get(name) or 0 for name in names) or self.input_tokens
        self.output_tokens = usage.get("output_tokens") or self.output_tokens
