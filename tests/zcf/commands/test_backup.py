"""`zcf backup`: listed, compared, put back with a way back, and never too many."""

from __future__ import annotations

import json
import stat
import sys
from typing import Any

import pytest

from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.commands import backup
from zcf.errors import Refusal

SECRET = "sk-mine-0123456789abcdefghijkl"
MINE = b'{ "env": {"ANTHROPIC_API_KEY": "%s"}, /* c */ "theme": "dark", }\n' % SECRET.encode()
TOKEN = ["api", "token", "-k", "tok-0123456789abcdefghij", "-u", "https://relay.example"]


@pytest.fixture
def copied(zcf_main: Any, world: Any) -> Any:
    """A world with one backup, that of MINE."""
    world.write(world.settings, MINE, mode=0o600)
    assert zcf_main(*TOKEN)[0] == 0
    return world


def copies(world: Any) -> list[str]:
    return [entry.backup.copy.name for entry in backup.listed(world.surroundings)]


def test_the_list_tells_file_time_and_run(zcf_main: Any, copied: Any) -> None:
    _, out, _ = zcf_main("backup", "list")
    assert "settings.json.2026-11-23T07-17-39-288Z.bak  ~/.claude  2026-11-23 07:17:39" in out
    (entry,) = json.loads(zcf_main("backup", "list", "--json")[1])["backups"]
    assert (entry["file"], entry["run"], entry["size"]) == (str(copied.settings), 1, len(MINE))


def test_no_backups_is_no_fault(zcf_main: Any) -> None:
    assert zcf_main("backup", "list") == (0, "No backups.\n", "")
    assert zcf_main("backup", "prune", "-y") == (0, "Nothing to delete.\n", "")


@pytest.mark.parametrize("name", ["settings.json", "settings.json.2026-11-23T07-17-39-288Z.bak", "PATH"])
def test_a_copy_is_put_back_byte_for_byte_and_undo_takes_that_back(zcf_main: Any, copied: Any, name: str) -> None:
    world = copied
    replaced = world.settings.read_bytes()
    name = str(world.settings.with_name(copies(world)[0])) if name == "PATH" else name
    code, out, err = zcf_main("backup", "restore", name, "-y")
    assert (code, err) == (0, "")
    assert '- env.ANTHROPIC_BASE_URL: "https://relay.example"' in out
    assert SECRET not in out
    assert world.settings.read_bytes() == MINE
    assert len(copies(world)) == 2
    assert zcf_main("undo")[0] == 0
    assert world.settings.read_bytes() == replaced


def test_show_compares_and_changes_nothing(zcf_main: Any, copied: Any) -> None:
    before = copied.everything()
    code, out, err = zcf_main("backup", "show", "settings.json")
    assert (code, err) == (0, "")
    assert '+ env.ANTHROPIC_API_KEY: "…ijkl"' in out
    shown = json.loads(zcf_main("backup", "show", "settings.json", "--json")[1])
    assert (shown["comparable"], shown["change"]["action"]) == (True, "edit")
    assert zcf_main("backup", "restore", "settings.json", "--dry-run")[1].endswith("Dry run: nothing was changed.\n")
    assert copied.everything() == before


@pytest.mark.parametrize("command", [["restore", "settings.json"], ["prune", "--keep", "1"]])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_without_a_terminal_and_without_yes_nothing_happens(
    zcf_main: Any, copied: Any, command: list[str], more: list[str]
) -> None:
    zcf_main("api", "official")
    zcf_main("backup", "restore", "settings.json", "-y")
    before = copied.everything()
    code, out, err = zcf_main("backup", *command, *more)
    assert code == 2
    assert "--yes (-y)" in (out if more else err)
    assert copied.everything() == before


@pytest.mark.parametrize("answer", ["n", KeyboardInterrupt])
def test_a_no_and_ctrl_c_at_the_question_change_nothing(
    zcf_main: Any, copied: Any, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    def answered(_: str) -> str:
        if answer is KeyboardInterrupt:
            raise KeyboardInterrupt
        return str(answer)

    before = copied.everything()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", answered)
    code, _, err = zcf_main("backup", "restore", "settings.json")
    assert (code, err.strip().splitlines()[-1]) == (130, "Cancelled.")
    assert copied.everything() == before


def test_a_file_that_is_broken_now_can_be_restored(zcf_main: Any, copied: Any) -> None:
    copied.settings.write_bytes(b'{"env": ')
    code, out, err = zcf_main("backup", "restore", "settings.json", "-y")
    assert (code, err) == (0, "")
    assert "cannot be compared" in out
    assert copied.settings.read_bytes() == MINE
    assert zcf_main("undo")[0] == 0
    assert copied.settings.read_bytes() == b'{"env": '


def test_a_file_that_is_gone_comes_back_and_is_private(zcf_main: Any, copied: Any) -> None:
    copied.settings.unlink()
    assert zcf_main("backup", "restore", "settings.json", "-y")[0] == 0
    assert copied.settings.read_bytes() == MINE
    if sys.platform != "win32":
        assert stat.S_IMODE(copied.settings.stat().st_mode) == 0o600


def test_a_copy_that_leads_to_a_gateway_that_does_not_run_is_told_of(zcf_main: Any, world: Any, port: int) -> None:
    assert zcf_main("i", "-s", "-t", "ccr_proxy", "--port", str(port))[0] == 0
    assert zcf_main("api", "official", "--stop-gateway")[0] == 0
    assert "Gateway: not running" in zcf_main("backup", "restore", "settings.json", "-y")[1]


def test_restoring_what_is_there_already_changes_nothing(zcf_main: Any, copied: Any) -> None:
    copied.settings.write_bytes(MINE)
    before = copied.everything()
    code, out, _ = zcf_main("backup", "restore", "settings.json")
    assert (code, "holds the same already" in out) == (0, True)
    assert copied.everything() == before


def test_an_unknown_copy_and_a_write_protected_file_are_refused(zcf_main: Any, copied: Any) -> None:
    assert zcf_main("backup", "restore", "nosuch", "-y")[0] == 1
    copied.settings.chmod(0o400)
    if sys.platform != "win32":
        assert "write-protected" in zcf_main("backup", "restore", "settings.json", "-y")[2]


def test_prune_keeps_the_newest_and_the_first(zcf_main: Any, copied: Any) -> None:
    for command in (["api", "official"], TOKEN, ["api", "official"], TOKEN):
        assert zcf_main(*command)[0] == 0
    foreign = copied.settings.with_name("settings.json.bak")
    copied.write(foreign, b"mine too")
    names = copies(copied)
    assert len(names) == 5
    listed = json.loads(zcf_main("backup", "prune", "--keep", "2", "--dry-run", "--json")[1])["deleted"]
    code, out, err = zcf_main("backup", "prune", "--keep", "2", "-y")
    assert (code, err, out.splitlines()[-1]) == (0, "", f"Deleted: {len(listed)} copies")
    assert copies(copied) == [*names[:2], names[-1]]
    assert foreign.exists()
    assert zcf_main("backup", "prune", "--keep", "0", "-y")[0] == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write_of_a_restore_leaves_everything_as_it_was(copied: Any, fault: str) -> None:
    plan = backup.plan_restore("settings.json", copied.surroundings)

    def act() -> None:
        backup.restore(plan, copied.surroundings)

    assert_all_or_nothing(copied.home, fault, act, (Refusal, KeyboardInterrupt), least=8)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write_of_a_prune_leaves_all_copies(zcf_main: Any, copied: Any, fault: str) -> None:
    for command in (["api", "official"], TOKEN, ["api", "official"]):
        assert zcf_main(*command)[0] == 0
    doomed = backup.plan_prune(1, copied.surroundings)
    assert len(doomed) == 2

    def act() -> None:
        assert backup.prune(doomed, copied.surroundings) == ()

    assert_all_or_nothing(copied.home, fault, act, (Refusal, KeyboardInterrupt), least=2)
