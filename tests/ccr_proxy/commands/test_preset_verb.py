"""`ccr NAME`: the name of a preset is a verb that starts Claude Code with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """\
import json, os, sys, urllib.request
settings = json.load(open(sys.argv[sys.argv.index('--settings') + 1]))
body = {"model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
model = None
if os.environ["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1"):
    request = urllib.request.Request(os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages", json.dumps(body).encode(),
                                     {"x-api-key": os.environ["ANTHROPIC_AUTH_TOKEN"]})
    model = urllib.request.urlopen(request).headers["x-ccr-model"]
print(json.dumps({"arguments": sys.argv[1:], "settings": settings, "model": model}))
sys.exit(7)
"""


@pytest.fixture
def claude(ccr: Any, tmp_path: Path) -> Path:
    """A Claude Code that asks a question where it was told to, and ends with 7."""
    path = tmp_path / "bin" / "claude"
    path.parent.mkdir()
    path.write_text(f"#!{sys.executable}\n{PROGRAM}")
    path.chmod(0o755)
    return path


def put(ccr: Any, name: str, **manifest: Any) -> None:
    path = ccr.home / ".claude-code-router" / "presets" / name / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"name": name, **manifest}))


def test_claude_code_s_requests_go_to_the_preset(ccr: Any, claude: Path) -> None:
    ccr.write_config(CLAUDE_PATH=str(claude))
    put(
        ccr,
        "my team",
        Providers=[{"name": "demo", "protocol": "demo", "models": ["of-the-preset"]}],
        Router={"default": "demo,of-the-preset"},
        claudeCodeSettings={"model": "opus", "env": {"EXTRA": "1", "ANTHROPIC_AUTH_TOKEN": "not this"}},
    )
    done = ccr("my team", "-p", "$(id)", "--help", "-c")
    assert done.returncode == 7, done.stderr
    seen = json.loads(done.stdout)
    assert seen["arguments"][2:] == ["-p", "$(id)", "--help", "-c"]
    assert seen["model"] == "of-the-preset"
    env = seen["settings"]["env"]
    assert env["ANTHROPIC_BASE_URL"] == f"http://127.0.0.1:{ccr.port}/preset/my%20team"
    assert (seen["settings"]["model"], env["EXTRA"], env["ANTHROPIC_AUTH_TOKEN"]) == ("opus", "1", "sk-secret-key")


def test_without_a_server_claude_code_asks_the_provider_itself(ccr: Any, claude: Path) -> None:
    provider = {"name": "a", "api_base_url": "https://a.example/anthropic/v1/messages", "api_key": "$A_KEY"}
    put(ccr, "direct", noServer=True, Providers=[provider])
    done = ccr("direct", "-p", "hi", CLAUDE_PATH=str(claude), A_KEY="sk-a")
    assert done.returncode == 7, done.stderr
    env = json.loads(done.stdout)["settings"]["env"]
    assert (env["ANTHROPIC_BASE_URL"], env["ANTHROPIC_AUTH_TOKEN"]) == ("https://a.example/anthropic", "sk-a")
    put(ccr, "nowhere", noServer=True)
    assert ccr("nowhere").stderr == (
        "error: preset 'nowhere' goes past the gateway, but its first provider lacks api_base_url or api_key\n"
    )


def test_a_preset_that_lacks_answers_says_how_to_give_them(ccr: Any) -> None:
    ccr.write_config()
    put(ccr, "team", schema=[{"id": "key"}])
    done = ccr("team", "-p", "hi")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("no value for key: `ccr install team` asks for it\n")


@pytest.mark.parametrize("name", ["nope", "../presets/team", "stat"])
def test_what_is_neither_verb_nor_preset(ccr: Any, name: str) -> None:
    put(ccr, "team")
    done = ccr(name)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"no such verb: {name}" in done.stderr


def test_a_verb_goes_before_a_preset_of_its_name(ccr: Any) -> None:
    ccr.write_config()
    put(ccr, "status", noServer=True)
    assert ccr("status").stdout.startswith("Gateway: not running")
