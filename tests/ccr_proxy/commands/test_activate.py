"""`ccr activate`: a drop-in for the lines of Claude Code Router 2."""

from __future__ import annotations

import subprocess
from typing import Any


def expected_lines(port: int, key: str) -> str:
    return (
        f'export ANTHROPIC_AUTH_TOKEN="{key}"\n'
        f'export ANTHROPIC_BASE_URL="http://127.0.0.1:{port}"\n'
        'export NO_PROXY="127.0.0.1"\n'
        'export DISABLE_TELEMETRY="true"\n'
        'export DISABLE_COST_WARNINGS="true"\n'
        'export API_TIMEOUT_MS="600000"\n'
        "unset CLAUDE_CODE_USE_BEDROCK\n"
    )


def test_the_lines_are_those_of_the_node_router(ccr: Any) -> None:
    ccr.write_config()
    for verb in ("activate", "env"):
        done = ccr(verb)
        assert (done.returncode, done.stdout) == (0, expected_lines(ccr.port, "sk-secret-key"))


def test_a_configuration_without_key_gives_the_word_that_the_gateway_accepts(ccr: Any) -> None:
    ccr.write_config(APIKEY=None, HOST="0.0.0.0")
    assert ccr("activate").stdout == expected_lines(ccr.port, "test")


def test_a_key_that_a_shell_would_run_is_only_a_key(ccr: Any) -> None:
    ccr.write_config(APIKEY='$(echo run)`id`"')
    script = f'{ccr("activate").stdout}\nprintf %s "$ANTHROPIC_AUTH_TOKEN"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == '$(echo run)`id`"'


def test_a_no_proxy_of_the_user_is_kept(ccr: Any) -> None:
    ccr.write_config()
    for before, after in {"corp.example": "corp.example,127.0.0.1", "127.0.0.1, x": "127.0.0.1,x"}.items():
        assert f'export NO_PROXY="{after}"\n' in ccr("activate", NO_PROXY=before).stdout


def test_other_shells_and_json(ccr: Any) -> None:
    ccr.write_config()
    assert 'set -gx ANTHROPIC_AUTH_TOKEN "sk-secret-key"\n' in ccr("activate", "--shell", "fish").stdout
    assert "$env:ANTHROPIC_AUTH_TOKEN = 'sk-secret-key'\n" in ccr("env", "--shell", "powershell").stdout
    document = ccr.json("activate")
    assert document["set"]["ANTHROPIC_BASE_URL"] == f"http://127.0.0.1:{ccr.port}"
    assert document["unset"] == ["CLAUDE_CODE_USE_BEDROCK"]
