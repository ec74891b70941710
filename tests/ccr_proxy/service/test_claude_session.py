"""Which `--settings` Claude Code gets, and how its end is told."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.claude_session import merged, own_settings, run_claude, with_defaults, with_settings


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["--settings", "S"]),
        (["-p", "hello $(id) 007"], ["--settings", "S", "-p", "hello $(id) 007"]),
        (["--settings", "a.json", "-p", "x"], ["--settings", "S", "-p", "x"]),
        (["-p", "x", "--settings=a.json"], ["-p", "x", "--settings", "S"]),
        (["--settings", "a", "--settings", "b"], ["--settings", "a", "--settings", "S"]),
        (["-p", "--", "--settings", "text"], ["--settings", "S", "-p", "--", "--settings", "text"]),
        (["--settings"], ["--settings", "S", "--settings"]),
    ],
)
def test_arguments_reach_it_as_they_are_with_our_settings(arguments: list[str], expected: list[str]) -> None:
    assert with_settings(arguments, "S") == expected


def test_the_users_own_settings_go_on(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text('{"model": "opus", "env": {"A": "1", "B": "2"}}')
    for arguments in (["--settings", str(file)], ["--settings=" + file.read_text()]):
        own = own_settings(arguments)
        assert merged(own, {"B": "3"}) == {"model": "opus", "env": {"A": "1", "B": "3"}}
    assert merged({"env": "nonsense"}, {"B": "3"}) == {"env": {"B": "3"}}


def test_settings_of_a_preset_count_where_the_user_says_nothing() -> None:
    preset = {"model": "opus", "statusLine": {"type": "command"}, "env": {"A": "preset", "B": "preset"}}
    own = {"model": "haiku", "env": {"B": "own"}}
    assert with_defaults(own, preset) == {**preset, "model": "haiku", "env": {"A": "preset", "B": "own"}}
    assert with_defaults({}, {}) == {}


@pytest.mark.parametrize(("value", "words"), [("missing.json", "No such file"), ("{", "not JSON"), ("{}]", "not JSON")])
def test_settings_that_cannot_be_read_are_named(value: str, words: str) -> None:
    with pytest.raises(ServiceFault, match=words):
        own_settings(["--settings", value])


def run(tmp_path: Path, program: str, *arguments: str) -> int:
    return run_claude([sys.executable, "-c", program], arguments, os.environ, {"TOKEN": "secret"}, tmp_path / "temp")


def test_the_settings_file_is_private_and_goes_with_it(tmp_path: Path, capfd: Any) -> None:
    program = (
        "import json, os, sys; path = sys.argv[sys.argv.index('--settings') + 1];"
        "print(json.dumps({'mode': os.stat(path).st_mode, 'content': json.load(open(path))}))"
    )
    assert run(tmp_path, program) == 0
    seen = json.loads(capfd.readouterr().out)
    assert seen["content"] == {"env": {"TOKEN": "secret"}}
    if os.name != "nt":
        assert stat.S_IMODE(seen["mode"]) == 0o600
    assert list((tmp_path / "temp").iterdir()) == []


def test_its_exit_code_is_ours(tmp_path: Path) -> None:
    assert run(tmp_path, "raise SystemExit(7)") == 7


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_request_to_end_is_passed_on(tmp_path: Path) -> None:
    handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    program = (
        "import os, signal, sys, time;"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9));"
        "os.kill(os.getppid(), signal.SIGTERM); time.sleep(30)"
    )
    assert run(tmp_path, program) == 9
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == handlers


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_death_by_a_signal_is_told_as_shells_do(tmp_path: Path) -> None:
    assert run(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)") == 137


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceFault, match="cannot be started"):
        run_claude([str(tmp_path)], [], os.environ, {}, tmp_path / "temp")
    assert list((tmp_path / "temp").iterdir()) == []
