"""The command line: exit codes, one-line errors, JSON, and the speed of `--version`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

INIT = ["i", "-s", "-t", "ccr_proxy"]


def test_set_up_again_and_undo(zcf_main: Any, world: Any, port: int) -> None:
    code, out, err = zcf_main(*INIT, "--port", str(port))
    assert (code, err) == (0, "")
    assert "Create ~/.claude/settings.json" in out
    assert f'+ env.ANTHROPIC_BASE_URL: "http://127.0.0.1:{port}"' in out
    assert "ok      demo,demo" in out
    assert "sk-zcf-a-random-key-of-this-test" not in out
    code, out, err = zcf_main(*INIT)
    assert (code, err) == (0, "")
    assert "Files: already as they should be" in out
    code, out, err = zcf_main("undo")
    assert (code, err) == (0, "")
    assert "Delete ~/.claude/settings.json" in out
    assert not world.settings.exists()
    assert zcf_main("undo") == (0, "Nothing to undo.\n", "")


def test_json_is_one_object_and_shows_no_secret(zcf_main: Any, port: int) -> None:
    secret = "sk-deepseek-0123456789abcdef"
    flags = [*INIT, "--port", str(port), "-p", "deepseek", "-k", secret, "--json"]
    for command in ([*flags, "--dry-run"], flags, ["undo", "--json", "--dry-run"], ["undo", "--json"]):
        code, out, err = zcf_main(*command)
        assert (code, err) == (0, "")
        assert json.loads(out)["ok"] is True
        assert json.loads(out)["dry_run"] is ("--dry-run" in command)
        assert secret not in out


def test_a_dry_run_says_what_and_does_nothing(zcf_main: Any, world: Any, port: int) -> None:
    code, out, _ = zcf_main(*INIT, "--port", str(port), "--dry-run")
    assert code == 0
    assert out.endswith("Dry run: nothing was changed.\n")
    assert list(world.home.iterdir()) == []


def test_a_provider_that_refuses_is_exit_code_one_with_its_words(zcf_main: Any, world: Any, port: int) -> None:
    world.gateway.broken = frozenset({"groq"})
    code, out, _ = zcf_main(*INIT, "--port", str(port), "-p", "groq", "-k", "wrong")
    assert code == 1
    assert "failed  groq,openai/gpt-oss-120b: HTTP 403: Incorrect API key" in out
    assert "`zcf undo`" in out


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["i", "-t", "ccr_proxy"], 2, "--skip-prompt (-s)"),
        (["i", "-s"], 2, "--api-type (-t)"),
        ([*INIT, "-k", "x"], 2, "--provider"),
        ([*INIT, "-p", "nobody"], 2, "deepseek"),
        ([*INIT, "-p", "deepseek"], 2, "DEEPSEEK_API_KEY"),
        ([*INIT, "-u", "http://h", "-M", "m"], 2, "needs a key: give --api-key (-k) or --api-key-env; a server"),
        ([*INIT, "-u", "x", "-k", "k", "-M", "m"], 2, '"x" is not an address'),
        ([*INIT, "--port", "0"], 2, "--port"),
        ([*INIT, "--nonsense"], 2, "--nonsense"),
        ([*INIT, "--lang", "tlh"], 2, "tlh"),
        (["nonsense"], 2, "nonsense"),
        ([*INIT, "-t", "nonsense"], 2, "ccr_proxy"),
        ([*INIT, "--ccr-key", " "], 2, "--ccr-key"),
    ],
)
def test_wrong_use_is_exit_code_two_and_names_the_flag(
    zcf_main: Any, world: Any, arguments: list[str], code: int, text: str
) -> None:
    got, out, err = zcf_main(*arguments)
    assert got == code
    assert text in err
    assert "Traceback" not in err
    assert out == ""
    assert world.everything() == {}


def test_a_refusal_is_one_line_with_the_place_and_an_object_with_json(zcf_main: Any, world: Any, port: int) -> None:
    world.write(world.settings, b'{\n  "env": "x"\n}')
    code, out, err = zcf_main(*INIT, "--port", str(port))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "Error: ~/.claude/settings.json:2:3: env must be an object. Nothing was changed; correct it and run this again"
    ]
    code, out, err = zcf_main(*INIT, "--port", str(port), "--json")
    assert (code, err) == (1, "")
    assert json.loads(out)["error"]["code"] == "file.no_object"


def test_ctrl_c_is_exit_code_130(zcf_main: Any, world: Any, port: int) -> None:
    world.gateway.fault = KeyboardInterrupt()
    code, _, err = zcf_main(*INIT, "--port", str(port))
    assert (code, err.strip()) == (130, "Cancelled.")
    assert world.everything() == {}


def test_the_language_of_errors_and_help(zcf_main: Any) -> None:
    assert "没有可供提问的终端" in zcf_main("i", "--lang", "zh-CN")[2]
    assert "让 Claude Code 使用任意模型" in zcf_main("--lang", "zh", "--help")[1]
    assert "Set up the gateway" in zcf_main("--help")[1]
    for command in ([], ["i"], ["undo"]):
        assert "显示此帮助并退出" in zcf_main("--lang", "zh", *command, "-h")[1]


def test_what_the_system_refuses_is_one_line_and_an_object_with_json(
    zcf_main: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere")

    monkeypatch.setattr("zcf.commands.undo.prepare", refused)
    assert zcf_main("undo") == (1, "", "Error: /somewhere: Permission denied\n")
    code, out, err = zcf_main("undo", "--json")
    assert (code, err, json.loads(out)["error"]["message"]) == (1, "", "/somewhere: Permission denied")


def test_npms_ccr_in_front_of_ours_is_told(zcf_main: Any, world: Any, tmp_path: Any, port: int) -> None:
    npms = tmp_path / "no-programs" / "ccr"
    npms.parent.mkdir()
    npms.write_text("#!/bin/sh\nexec node node_modules/@musistudio/claude-code-router/dist/cli.js\n")
    npms.chmod(0o755)
    assert f"Claude Code Router from npm ({npms})" in zcf_main(*INIT, "--port", str(port), "--dry-run")[1]


def test_the_version_is_told_without_loading_anything_heavy() -> None:
    code = "import sys; from zcf.__main__ import main; main(['--version']); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, modules = answer.stdout.splitlines()
    assert version.startswith("zcf ")
    assert not {"click", "httpx", "pydantic", "psutil", "asyncio", "rich"} & set(modules.split())


def test_a_whole_run_without_the_interactive_libraries(zcf_main: Any, port: int) -> None:
    assert zcf_main(*INIT, "--port", str(port), "--dry-run")[0] == 0
    assert "questionary" not in sys.modules
