"""`ccr code` with a program in Claude Code's place that tells what it was given."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def claude(ccr: Any, tmp_path: Path) -> Path:
    """A Claude Code that prints its arguments, environment and settings as JSON, and ends with 7."""
    path = tmp_path / "bin" / "claude"
    path.parent.mkdir()
    path.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "settings = json.load(open(sys.argv[sys.argv.index('--settings') + 1]))\n"
        "print(json.dumps({'arguments': sys.argv[1:], 'env': dict(os.environ), 'settings': settings,\n"
        "                  'input': sys.stdin.read()}))\n"
        "sys.exit(7)\n"
    )
    path.chmod(0o755)
    return path


def test_it_starts_the_gateway_and_passes_everything_on(ccr: Any, claude: Path) -> None:
    ccr.write_config(CLAUDE_PATH=str(claude))
    arguments = (
        "-p",
        'say $(id) `id` "$HOME"\n007',
        "--allowedTools",
        "Read",
        "Bash",
        "-c",
        "--json",
        "--help",
        "--no-x",
    )
    done = ccr("code", *arguments, ANTHROPIC_API_KEY="sk-ant-own", CLAUDE_CODE_USE_BEDROCK="1")
    assert done.returncode == 7
    assert done.stderr == f"Gateway: started at http://127.0.0.1:{ccr.port}\n"
    seen = json.loads(done.stdout)
    assert tuple(seen["arguments"][2:]) == arguments
    assert seen["env"]["ANTHROPIC_BASE_URL"] == f"http://127.0.0.1:{ccr.port}"
    assert seen["settings"]["env"]["ANTHROPIC_AUTH_TOKEN"] == "sk-secret-key"
    assert seen["env"]["ANTHROPIC_API_KEY"] == ""
    assert "CLAUDE_CODE_USE_BEDROCK" not in seen["env"]
    assert ccr.json("status")["running"] is True
    again = ccr("code", "hello")
    assert (again.returncode, again.stderr) == (7, "")


def test_non_interactive_mode_sets_what_the_node_router_sets(ccr: Any, claude: Path) -> None:
    ccr.write_config(CLAUDE_PATH=str(claude), NON_INTERACTIVE_MODE=True)
    seen = json.loads(ccr("code").stdout)
    assert {name: seen["env"][name] for name in ("CI", "FORCE_COLOR", "NODE_NO_READLINE", "TERM")} == {
        "CI": "true",
        "FORCE_COLOR": "0",
        "NODE_NO_READLINE": "1",
        "TERM": "dumb",
    }
    assert seen["input"] == ""


def test_without_claude_code_nothing_is_started(ccr: Any) -> None:
    ccr.write_config(CLAUDE_PATH="/no/claude")
    done = ccr("code", "hello")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: CLAUDE_PATH is /no/claude, but there is no such program\n"
    assert ccr.json("status")["running"] is False
