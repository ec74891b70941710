"""One command line in, text and a true exit code out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from ccr_proxy.__main__ import main
from ccr_proxy.version import __version__


@pytest.mark.parametrize("arguments", [["-v"], ["--version"], ["version"], ["version", "--debug"]])
def test_the_version(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"ccr_proxy version: {__version__}\n"


def test_the_version_loads_nothing_heavy() -> None:
    code = (
        "import sys; from ccr_proxy.__main__ import main; main(['-v']);"
        "print([name for name in ('click', 'aiohttp', 'pydantic', 'asyncio', 'psutil') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_starting_the_command_line_loads_neither_server_nor_configuration() -> None:
    code = (
        "import sys; import ccr_proxy.commands.entry;"
        "print([name for name in ('aiohttp', 'pydantic', 'asyncio', 'psutil') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "shown"),
    [
        ([], 1, "Usage: ccr"),
        (["-h"], 0, "Usage: ccr"),
        (["--help"], 0, "Usage: ccr"),
        (["help"], 0, "Usage: ccr"),
        (["help", "stop"], 0, "Usage: ccr stop"),
        (["stop", "--help"], 0, "Usage: ccr stop"),
    ],
)
def test_help(arguments: list[str], exit_code: int, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == exit_code
    output = capsys.readouterr().out
    assert output.startswith(shown)
    assert "Commands:" in output or shown != "Usage: ccr"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["strat"], "no such verb: strat (did you mean start or status?)"),
        (["xyzzy"], "no such verb: xyzzy\n"),
        (["help", "stpo"], "no such verb: stpo (did you mean stop?)"),
        (["start", "--prot", "1"], "No such option"),
        (["start", "--port", "70000"], "70000"),
        (["activate", "--shell", "tcsh"], "tcsh"),
        (["status", "extra"], "unexpected extra argument"),
    ],
)
def test_wrong_use_is_told_on_stderr_with_exit_code_2(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Usage: ccr")
    assert complaint in captured.err


def test_a_fault_is_one_line_or_a_document_or_a_traceback(ccr: Any) -> None:
    for verb in ("start", "restart", "serve", "activate"):
        done = ccr(verb)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("error: ")
        assert str(ccr.config_path) in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert "`zcf i -s -t ccr_proxy` creates a configuration" in done.stderr
        assert not ccr.config_path.parent.exists()
    as_json = ccr("start", "--json")
    assert as_json.returncode == 1
    assert str(ccr.config_path) in json.loads(as_json.stdout)["error"]["message"]
    for arguments in (["--debug", "start"], ["start", "--debug"]):
        assert "Traceback (most recent call last)" in ccr(*arguments).stderr


def test_a_cancelled_command_exits_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ccr_proxy.service.status.status", interrupted)
    assert main(["status"]) == 130
    assert "cancelled" in capsys.readouterr().err


def test_a_reader_that_closes_early_does_not_cause_a_traceback(ccr: Any) -> None:
    command = f"{sys.executable} -m ccr_proxy help | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=ccr.environment, check=False)
    assert done.stderr == ""


def test_what_the_system_refuses_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("ccr_proxy.service.status.status", refused)
    assert main(["status"]) == 1
    assert capsys.readouterr().err == "error: /somewhere: Permission denied\n"


@pytest.mark.parametrize("command", ["ccr_proxy", "zcf"])
def test_an_old_code_page_does_not_end_a_command_half_way(ccr: Any, tmp_path: Any, command: str) -> None:
    arguments = ["undo", "--lang", "zh-CN"] if command == "zcf" else ["status", "--config", "中"]
    done = subprocess.run(
        [sys.executable, "-m", command, *arguments],
        capture_output=True,
        env={**ccr.environment, "PYTHONIOENCODING": "cp437", "XDG_STATE_HOME": str(tmp_path)},
        check=False,
    )
    assert rb"\u" in done.stdout
    assert b"Traceback" not in done.stderr
