"""`ccr explain`: decided by the files alone, by the running gateway, and what became of a request."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.commands.explain_lines import explanation, record_lines, records_table

REQUEST = {
    "model": "claude-opus-4-8",
    "max_tokens": 10,
    "messages": [{"role": "user", "content": "ultrathink about it"}],
}
ROUTER = {"default": "demo,demo", "think": ["demo,other", "demo,demo"]}


@pytest.fixture
def request_file(tmp_path: Path) -> str:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(REQUEST), encoding="utf-8")
    return str(path)


def test_without_a_gateway_the_files_decide_and_it_is_said(ccr: Any, request_file: str) -> None:
    (ccr.home / "route.py").write_text("def route(request, config):\n    return None\n", encoding="utf-8")
    ccr.write_config(Router=ROUTER, CUSTOM_ROUTER_PATH=str(ccr.home / "route.py"))
    done = ccr("explain", "--file", request_file)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Gateway: not running. Decided from the files alone;")
    assert "· custom: passed: the custom router made no choice" in lines
    assert lines[-6:] == [
        "route: think: the prompt says “ultrathink”",
        "targets (ordered): demo,other | demo,demo",
        "candidates, in order:",
        "  1. demo,other #1: ready",
        "  2. demo,demo #1: ready",
        "Nothing was sent.",
    ]
    document = ccr.json("explain", "--file", request_file)
    assert (document["live"], document["route"]) == (False, "think")


def test_a_router_that_cannot_be_used_is_told(ccr: Any, request_file: str) -> None:
    ccr.write_config(CUSTOM_ROUTER_PATH=str(ccr.home / "nothing.py"))
    done = ccr("explain", "--file", request_file)
    assert done.returncode == 0
    assert "nothing.py: cannot be read" in done.stderr


def test_with_a_gateway_it_decides_and_requests_are_remembered(ccr: Any, request_file: str) -> None:
    ccr.write_config(Router=ROUTER)
    assert ccr("start").returncode == 0
    assert ccr("explain", "--last").stdout == "No request yet since the gateway was started.\n"
    assert ccr.json("explain", "--last", "5") == {"requests": []}
    live = ccr.json("explain", "--file", request_file, "--header", "X-Claude-Code-Session-Id: s-1")
    assert (live["live"], live["facts"]["session"]) == (True, "s-1")
    assert ccr("explain", "--last").stdout.startswith("No request yet")

    identity = _send(ccr, REQUEST)
    _send(ccr, {**REQUEST, "messages": [{"role": "user", "content": "hello"}]})
    table = ccr("explain", "--last", "5").stdout.splitlines()
    assert [row.split()[3:7] for row in table[1:]] == [
        ["default", "answered", "demo,demo", "1"],
        ["think", "answered", "demo,other", "1"],
    ]
    trace = ccr("explain", identity[:14]).stdout.splitlines()
    assert trace[0] == f"Request: {identity}"
    assert "  → think: the prompt says “ultrathink”" in trace
    assert any(line.startswith("  1. demo,other #1: 200, ") for line in trace)
    assert any(line.startswith("Outcome: answered, 200, ") for line in trace)
    assert "ultrathink about it" not in ccr("explain", "--last").stdout
    missing = ccr("explain", "req_nothing")
    assert (missing.returncode, missing.stderr) == (1, "error: no request 'req_nothing' among the last 200\n")


def test_standard_input_and_other_formats(ccr: Any) -> None:
    ccr.write_config()
    asked = {"model": "demo,demo", "messages": [{"role": "user", "content": "Hi"}]}
    done = subprocess.run(
        [sys.executable, "-m", "ccr_proxy", "explain", "-f", "-", "--format", "openai-chat", "--json"],
        input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True, env=ccr.environment,
    )  # fmt: skip
    assert json.loads(done.stdout)["route"] == "explicit"


@pytest.mark.parametrize("arguments", [(), ("--last", "req_1"), ("req_1", "--last"), ("--file", "x", "req_1")])
def test_exactly_one_thing_is_explained(ccr: Any, arguments: tuple[str, ...]) -> None:
    assert ccr("explain", *arguments).returncode == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"model": }', ":1:11: not valid JSON"),
        ("[]", "must hold a request"),
        ("{}", "model: a model name is required"),
        ("\ufeff{", "not valid JSON"),
    ],
)
def test_a_file_that_is_no_request_is_told(ccr: Any, tmp_path: Path, text: str, words: str) -> None:
    ccr.write_config()
    (tmp_path / "request.json").write_text(text, encoding="utf-8")
    done = ccr("explain", "--file", "request.json")
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there(ccr: Any) -> None:
    ccr.write_config()
    assert "nothing.json: cannot be read: " in ccr("explain", "--file", "nothing.json").stderr


def test_a_past_request_needs_a_gateway(ccr: Any) -> None:
    ccr.write_config()
    done = ccr("explain", "--last")
    assert (done.returncode, done.stderr) == (1, "error: the gateway is not running: `ccr start` starts it\n")


def test_a_candidate_is_shown_with_its_state() -> None:
    usual = {"provider": "p", "model": "m", "key": "#1", "session_stays_here": False}
    candidates = [
        {**usual, "state": "ready", "wait_seconds": 0, "session_stays_here": True},
        {**usual, "state": "cooling", "wait_seconds": 11.6},
        {**usual, "state": "parked", "wait_seconds": None},
    ]
    assert explanation({"live": True, "lines": ["route: x"], "candidates": candidates}) == (
        "route: x",
        "candidates, in order:",
        "  1. p,m #1: ready; the session stays here",
        "  2. p,m #1: cooling, 12 s left",
        "  3. p,m #1: parked until its key is changed or reset",
        "Nothing was sent.",
    )


def test_a_failed_request_is_shown_with_its_attempts() -> None:
    attempt = {
        "provider": "p", "model": "m", "key": "#1", "status": 0, "failure": "unreachable", "error": "gone",
        "ms": 7, "first_token_ms": None, "pause_ms": 500, "verdict": "next provider",
    }  # fmt: skip
    record = {
        "id": "req_1", "at": 0.0, "ms": 9, "route": "default", "reason": "default: no other", "strategy": "ordered",
        "targets": ["p,m"], "fallback": ["q,m"], "facts": {
            "model": "claude", "tokens": 1234, "thinking": "none", "thinking_cue": "", "tool_count": 2,
        },
        "considered": [], "attempts": [attempt], "outcome": "failed", "status": 502, "error": "gone",
        "answered_by": None, "first_token_ms": None, "usage": None, "notes": ["left out: top_k"],
    }  # fmt: skip
    lines = record_lines(record)
    assert lines[2:4] == ("Model asked for: claude", "Tokens, estimated: 1,234")
    assert lines[-8:] == (
        "Route: default: no other",
        "Targets (ordered): p,m",
        "Fallback: q,m",
        "Attempts:",
        "  1. p,m #1: after a pause of 500 ms, no answer unreachable: gone, 7 ms -> next provider",
        "Outcome: failed, 502, 9 ms in all",
        "Error: gone",
        "Note: left out: top_k",
    )
    assert records_table([record])[1].split()[2:] == ["req_1", "default", "failed", "502", "-", "1", "9"]


def test_a_request_that_was_refused_before_it_was_routed_is_shown_with_its_error(ccr: Any) -> None:
    ccr.write_config(Router=ROUTER)
    assert ccr("start").returncode == 0
    with pytest.raises(urllib.error.HTTPError):
        _send(ccr, {**REQUEST, "model": "nobody,m"})
    lines = ccr("explain", "--last").stdout.splitlines()
    assert "Model asked for: nobody,m" in lines
    assert lines[-4:-2] == ["Route: refused before it was routed", "Attempts: none"]
    assert lines[-2].startswith("Outcome: failed, 404, ")
    assert lines[-1].startswith("Error: model “nobody,m” names no model")
    assert not any(line.startswith(("Targets", "Steps")) for line in lines)
    assert ccr("explain", "--last", "2").stdout.splitlines()[1].split()[3:7] == ["-", "failed", "404", "-"]


def _send(ccr: Any, body: dict[str, Any]) -> str:
    asking = urllib.request.Request(
        f"http://127.0.0.1:{ccr.port}/v1/messages", json.dumps(body).encode(), {"x-api-key": "sk-secret-key"}
    )
    with urllib.request.urlopen(asking, timeout=10) as answer:
        return str(answer.headers["request-id"])
