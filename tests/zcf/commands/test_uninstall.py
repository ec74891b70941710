"""`zcf uninstall`: Claude Code works again by itself, and what is not ours stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.errors import ServiceFault
from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.apply.preferences import prefer_language
from zcf.commands import uninstall
from zcf.errors import Refusal

MINE = b'{ "env": {"ANTHROPIC_AUTH_TOKEN": "tok-mine", "ANTHROPIC_BASE_URL": "https://relay.example"}, /* c */ }\n'
KEY = ["api", "key", "-k", "sk-relay-0123456789abcdefghijkl", "-M", "glm-5"]


@pytest.fixture
def installed(zcf_main: Any, world: Any, port: int) -> Any:
    """A set-up world with a history: set up, a key, the gateway again."""
    world.write(world.settings, MINE)
    world.write(world.state, b'{"numStartups": 1}')
    world.write(world.config.parent / "plugins" / "mine.js", b"//")
    assert zcf_main("i", "-s", "-t", "ccr_proxy", "--port", str(port))[0] == 0
    assert zcf_main("api", "save", "work", "-k", "sk-0123456789abcdefghij")[0] == 0
    assert zcf_main(*KEY)[0] == 0
    assert zcf_main("api", "ccr")[0] == 0
    return world


def names(world: Any) -> set[str]:
    return {name for name in world.everything() if not name.endswith(".bak")}


def test_claude_code_is_exactly_as_it_was_the_gateway_stops_and_its_configuration_stays(
    zcf_main: Any, installed: Any
) -> None:
    config = installed.config.read_bytes()
    code, out, err = zcf_main("uninstall", "-y")
    assert (code, err) == (0, "")
    assert installed.settings.read_bytes() == MINE
    assert installed.state.read_bytes() == b'{"numStartups": 1}'
    assert installed.config.read_bytes() == config
    assert installed.gateway.log[-1] == "stop"
    assert "Keep ~/.claude-code-router/config.json" in out
    assert "Claude Code will use: token … at https://relay.example" in out
    assert zcf_main("uninstall", "-y")[1].splitlines()[-2] == "Nothing of zcf is in use."


def test_undo_of_an_uninstall_brings_the_gateway_back(zcf_main: Any, installed: Any, port: int) -> None:
    before = installed.settings.read_bytes()
    assert zcf_main("uninstall", "-y")[0] == 0
    code, out, _ = zcf_main("undo")
    assert code == 0
    assert installed.settings.read_bytes() == before
    assert "Gateway: started" in out
    assert installed.gateway.running() is not None


def test_purge_deletes_what_we_made_and_nothing_else(zcf_main: Any, installed: Any) -> None:
    foreign = installed.config.with_name("config.json.2026-01-01T00-00-00-000Z.bak")
    installed.write(foreign, b"{}", mode=0o644)
    installed.write(installed.config.with_name("usage.sqlite3"), b"", mode=0o600)
    prefer_language(installed.surroundings.state, "en")
    code, out, err = zcf_main("uninstall", "--purge", "-y")
    assert (code, err) == (0, "")
    assert installed.everything() == {
        ".claude-code-router/config.json.2026-01-01T00-00-00-000Z.bak": b"{}",
        ".claude-code-router/plugins/mine.js": b"//",
        ".claude.json": b'{"numStartups": 1}',
        ".claude/settings.json": MINE,
    }
    assert not installed.surroundings.state.exists()
    assert "Delete ~/.claude-code-router/config.json" in out
    assert zcf_main("history") == (0, "No runs yet.\n", "")


def test_a_dry_run_lists_and_changes_nothing(zcf_main: Any, installed: Any) -> None:
    before = installed.everything()
    for purge in ([], ["--purge"]):
        listed = json.loads(zcf_main("uninstall", *purge, "--dry-run", "--json")[1])
        assert str(installed.config) in listed["deletes" if purge else "keeps"]
        assert listed["after"]["base_url"] == "https://relay.example"
        assert zcf_main("uninstall", *purge, "--dry-run")[0] == 0
    assert installed.everything() == before


@pytest.mark.parametrize("purge", [[], ["--purge"]])
def test_without_a_terminal_it_wants_yes_and_a_no_changes_nothing(
    zcf_main: Any, installed: Any, monkeypatch: pytest.MonkeyPatch, purge: list[str]
) -> None:
    before = installed.everything()
    code, _, err = zcf_main("uninstall", *purge)
    assert (code, "--yes (-y)" in err) == (2, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    assert zcf_main("uninstall", *purge)[0] == 130
    assert installed.everything() == before


def test_without_receipts_claude_code_is_still_taken_off_the_gateway(
    zcf_main: Any, installed: Any, tmp_path: Path
) -> None:
    """The state folder is gone, or another program had pointed Claude Code here."""
    (installed.surroundings.state / "receipts").rename(tmp_path / "elsewhere")
    assert zcf_main("uninstall", "-y")[0] == 0
    assert "ANTHROPIC_BASE_URL" not in installed.settings.read_text()
    assert "ANTHROPIC_AUTH_TOKEN" not in installed.settings.read_text()


def test_a_connection_that_somebody_else_wrote_since_stays(zcf_main: Any, installed: Any) -> None:
    theirs = b'{"env": {"ANTHROPIC_AUTH_TOKEN": "other", "ANTHROPIC_BASE_URL": "https://other.example"}}'
    installed.write(installed.settings, theirs)
    code, out, _ = zcf_main("uninstall", "-y")
    assert code == 0
    assert installed.settings.read_bytes() == theirs
    assert "env.ANTHROPIC_BASE_URL was changed since" in out


def test_a_gateway_that_does_not_stop_keeps_everything_as_it_was(
    zcf_main: Any, installed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = installed.everything()
    for fault in (ServiceFault("pid 7 does not end"), KeyboardInterrupt()):

        def fails(*_: Any, fault: BaseException = fault) -> None:
            raise fault

        with monkeypatch.context() as patch:
            patch.setattr(type(installed.gateway), "stop", fails)
            for purge in ([], ["--purge"]):
                assert zcf_main("uninstall", *purge, "-y")[0] in (1, 130)
                assert installed.everything() == before


def test_a_machine_without_anything_of_ours_has_nothing_to_do(zcf_main: Any, world: Any) -> None:
    code, out, _ = zcf_main("uninstall")
    assert (code, "Nothing of zcf is in use." in out) == (0, True)
    assert world.everything() == {}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("purge", [False, True])
def test_a_fault_at_any_write_leaves_everything_as_it_was(installed: Any, fault: str, purge: bool) -> None:
    installed.gateway.close()
    plan = uninstall.prepare(installed.surroundings, purge=purge)

    def act() -> None:
        uninstall.carry_out(plan, installed.surroundings)

    assert_all_or_nothing(installed.home, fault, act, (Refusal, KeyboardInterrupt), least=10)


def test_every_answer_is_one_object_and_shows_no_secret(zcf_main: Any, installed: Any) -> None:
    code, out, err = zcf_main("uninstall", "-y", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["ok"]
    assert answer["left"] == []
    assert "sk-" not in out
    assert "tok-mine" not in out
