"""One command in an empty home, and the real Claude Code does a task on a model that is not Claude."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.e2e


def test_plain_claude_answers_and_says_that_a_demo_answered(home: Any) -> None:
    answer = home.claude("hello, who answers me?")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "demo" in answer.stdout.lower()


def test_a_task_that_needs_a_tool_is_done(home: Any) -> None:
    answer = home.claude("run `echo hello > made.txt`", "--permission-mode", "bypassPermissions")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (home.work / "made.txt").read_text() == "hello\n"


def test_the_answer_carries_true_usage_and_a_real_ending(home: Any) -> None:
    answer = home.claude("hello again", "--output-format", "json")
    result = json.loads(answer.stdout)
    assert result["subtype"] == "success"
    assert result["is_error"] is False
    assert result["usage"]["input_tokens"] > 0
    assert result["usage"]["output_tokens"] > 0


def test_the_gateway_that_was_started_answers_for_itself(home: Any) -> None:
    status = home.ccr("status", "--json")
    assert status.returncode == 0, status.stdout + status.stderr
    assert str(home.port) in status.stdout


def test_setting_up_a_second_time_changes_nothing(home: Any) -> None:
    before = home.configuration()
    again = home.set_up()
    assert again.returncode == 0, again.stdout + again.stderr
    assert home.configuration() == before
    assert len(before) == 3


def test_a_dry_run_in_an_empty_home_writes_nothing(make_home: Any) -> None:
    home = make_home()
    shown = home.zcf("i", "-s", "-t", "ccr_proxy", "--port", str(home.port), "--dry-run")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "settings.json" in shown.stdout
    assert [path for path in home.path.rglob("*") if path.is_file()] == []
