"""`zcf api` as typed: exit codes, what is shown and what is not, and questions only on a terminal."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import Any

import pytest

SECRET = "sk-relay-0123456789abcdefghijkl"
KEY = ["api", "key", "-k", SECRET, "-u", "https://relay.example"]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)


def configured(world: Any, port: int) -> None:
    provider = {"name": "demo", "api_base_url": "demo:", "models": ["demo"], "protocol": "demo"}
    config = {"PORT": port, "APIKEY": "sk-gateway-key", "Providers": [provider], "Router": {"default": "demo,demo"}}
    world.write(world.config, json.dumps(config))


def test_a_switch_is_shown_done_and_taken_back(zcf_main: Any, world: Any) -> None:
    code, out, err = zcf_main(*KEY)
    assert (code, err) == (0, "")
    assert "From: its own login" in out
    assert "To:   API key …ijkl at https://relay.example" in out
    assert SECRET not in out
    assert "API key …ijkl at https://relay.example" in zcf_main("cs")[1]
    code, out, _ = zcf_main("config-switch", "back")
    assert (code, "Delete ~/.claude/settings.json" in out) == (0, True)
    assert zcf_main("api", "back") == (
        1,
        "",
        "Error: nothing to go back to: zcf has not switched Claude Code, or everything is back already\n",
    )


def test_a_dry_run_changes_nothing(zcf_main: Any, world: Any) -> None:
    code, out, _ = zcf_main(*KEY, "--dry-run")
    assert (code, out.splitlines()[-1]) == (0, "Dry run: nothing was changed.")
    assert world.everything() == {}


def test_every_answer_is_one_object_and_shows_no_secret(zcf_main: Any, world: Any, port: int) -> None:
    configured(world, port)
    for command in (
        [*KEY, "--dry-run"],
        KEY,
        ["api"],
        ["api", "save", "relay"],
        ["api", "list"],
        ["api", "ccr"],
        ["api", "back", "--stop-gateway"],
        ["api", "official"],
        ["api", "relay"],
        ["api", "delete", "relay", "-y"],
    ):
        code, out, err = zcf_main(*command, "--json")
        assert (code, err) == (0, ""), command
        assert json.loads(out)["ok"] is True
        assert SECRET not in out


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["key"], 2, "--api-key"),
        (["key", "-k", "x", "--api-key-env", "Y"], 2, "not both"),
        (["key", "-k", " "], 2, "--api-key is empty"),
        (["key", "-k", "x", "-u", "not-a-url"], 2, '"not-a-url" is not an address'),
        (["token", "--api-key-env", "NOT-A-NAME"], 2, "NOT-A-NAME"),
        (["token", "--api-key-env", "NOT_SET"], 1, "NOT_SET"),
        (["nosuch"], 1, 'no profile "nosuch"'),
        (["save", "official", "-k", "x"], 2, "cannot be a profile's name"),
        (["save", "x"], 1, "its own login"),
        (["delete", "nosuch"], 1, "nosuch"),
        (["official", "--nonsense"], 2, "--nonsense"),
        (["ccr"], 1, "zcf init"),
        (["key", "-k", "x", "--shell", "cmd"], 2, "powershell"),
    ],
)
def test_wrong_use_is_one_line_and_changes_nothing(
    zcf_main: Any, world: Any, arguments: list[str], code: int, text: str
) -> None:
    got, out, err = zcf_main("api", *arguments)
    assert (got, out) == (code, "")
    assert text in err
    assert "Traceback" not in err
    assert world.everything() == {}


def test_digits_stay_digits(zcf_main: Any, world: Any) -> None:
    assert zcf_main("api", "key", "-k", "12345678901234567890")[0] == 0
    assert json.loads(world.settings.read_text())["env"]["ANTHROPIC_API_KEY"] == "12345678901234567890"


def test_profiles_are_saved_listed_used_and_deleted(zcf_main: Any, world: Any) -> None:
    assert zcf_main("api", "save", "中转", "-k", SECRET, "-u", "https://relay.example/", "-t", "auth_token")[0] == 0
    assert zcf_main("api", "save", "家", "--api-key-env", "HOME_KEY")[0] == 1
    world_env = world.surroundings.environ
    world_env["HOME_KEY"] = "sk-home-0123456789abcdefghij"
    assert zcf_main("api", "save", "家", "--api-key-env", "HOME_KEY", "-M", "glm-5")[0] == 0
    _, listed, _ = zcf_main("cs", "--list")
    assert "中转" in listed
    assert "$HOME_KEY" in listed
    assert SECRET not in listed
    assert zcf_main("api", "家")[0] == 0
    assert json.loads(world.settings.read_text())["env"]["ANTHROPIC_MODEL"] == "glm-5"
    assert "sk-home" not in (world.surroundings.state / "profiles.json").read_text()
    assert zcf_main("api", "delete", "家")[0] == 2
    assert zcf_main("api", "delete", "家", "-y")[0] == 0
    assert [entry["name"] for entry in json.loads(zcf_main("cs", "-l", "--json")[1])["profiles"]] == ["中转"]


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_the_key_is_asked_for_unseen_and_the_gateway_is_asked_about(
    zcf_main: Any, world: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(world, port)
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: SECRET)
    assert zcf_main("api", "ccr")[0] == 0
    answers = iter(["n", "y"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    code, out, _ = zcf_main("api", "token")
    assert code == 0
    assert SECRET not in out
    assert "`ccr stop` stops it" in out
    assert json.loads(world.settings.read_text())["env"]["ANTHROPIC_AUTH_TOKEN"] == SECRET
    assert "Gateway: stopped" in zcf_main("api", "official")[1]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("question", ["hidden_prompt_func", "visible_prompt_func"])
def test_ctrl_c_at_a_question_changes_nothing(
    zcf_main: Any, world: Any, port: int, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    configured(world, port)
    assert zcf_main("api", "ccr")[0] == 0
    before = world.everything()
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: SECRET)
    monkeypatch.setattr(f"click.termui.{question}", interrupted)
    code, _, err = zcf_main("api", "token")
    assert (code, err.strip()) == (130, "Cancelled.")
    assert world.everything() == before


@pytest.mark.parametrize("destination", ["key", "ccr"])
def test_the_printed_lines_set_what_one_shell_needs_and_change_nothing(
    zcf_main: Any, world: Any, port: int, destination: str
) -> None:
    configured(world, port)
    before = world.everything()
    arguments = KEY[1:] if destination == "key" else ["ccr"]
    code, out, err = zcf_main("api", *arguments, "--print-env", "--shell", "sh")
    assert (code, err) == (0, "")
    assert world.everything() == before
    script = f'{out}\necho "$ANTHROPIC_BASE_URL|$ANTHROPIC_API_KEY|$ANTHROPIC_AUTH_TOKEN"'
    around = {"ANTHROPIC_AUTH_TOKEN": "other", "ANTHROPIC_API_KEY": "other"}
    answer = subprocess.run(["sh", "-c", script], env=around, capture_output=True, text=True, check=True)
    expected = {"key": f"https://relay.example|{SECRET}|", "ccr": f"http://127.0.0.1:{port}||sk-gateway-key"}
    assert answer.stdout.strip() == expected[destination]


def test_printed_lines_that_settings_would_overrule_come_with_a_warning(zcf_main: Any, world: Any) -> None:
    world.write(world.settings, '{"env": {"ANTHROPIC_AUTH_TOKEN": "mine"}}')
    for shell in ("sh", "fish", "powershell"):
        code, out, err = zcf_main(*KEY, "--print-env", "--shell", shell)
        assert (code, SECRET in out) == (0, True)
        assert "settings.json sets ANTHROPIC_AUTH_TOKEN, which wins over the shell" in err


def test_status_tells_of_a_key_that_claude_code_would_ask_about(zcf_main: Any, world: Any) -> None:
    world.write(world.settings, json.dumps({"env": {"ANTHROPIC_API_KEY": SECRET}}))
    assert "does not approve the key" in zcf_main("api")[1]
    assert zcf_main("api", "key", "-k", SECRET)[0] == 0
    assert "does not approve the key" not in zcf_main("api")[1]


def test_the_help_names_every_place_and_profiles(zcf_main: Any) -> None:
    _, out, _ = zcf_main("api", "--help")
    for name in ("official", "key", "token", "ccr", "back", "PROFILE", "save", "delete", "list"):
        assert name in out


def test_a_project_that_overrules_the_users_settings_is_told_of(zcf_main: Any, world: Any) -> None:
    project = replace(world.surroundings, directory=world.home / "project")
    world.write(project.directory / ".claude" / "settings.local.json", '{"env": {"ANTHROPIC_BASE_URL": "u"}}')
    world.surroundings = project
    for command in (["api"], [*KEY, "--dry-run"]):
        assert "settings.local.json sets ANTHROPIC_BASE_URL, which wins" in zcf_main(*command)[1]
