"""Plain `claude` in a terminal, right after the set-up: no question but Claude Code's own about the folder."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [
    pytest.mark.e2e,
    # pexpect forks for its pseudo-terminal, and the test runner has threads.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),
]

READY = r"for shortcuts|for agents"
TRUST = r"trust this folder|Do you trust"
UNWANTED = {
    "login": r"Select login method|Please run /login|Not logged in",
    "onboarding": r"Choose the (text|option)|text style|Unable to connect to Anthropic",
    "key approval": r"custom API key",
    "two credentials": r"Both .* set",
}


def test_claude_is_ready_after_the_folder_question_and_answers(interactive_claude: Any) -> None:
    screen = interactive_claude
    screen.wait_for(TRUST)
    screen.press("\r")
    screen.wait_for(READY)
    screen.type_line("hello from the terminal, please answer")
    screen.wait_for(r"(?i)\bdemo\b")
    asked = {
        question for question, pattern in UNWANTED.items() if any(re.search(pattern, text) for text in screen.seen)
    }
    assert asked == set()
