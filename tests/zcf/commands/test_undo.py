"""`zcf undo`: back to what was there, value by value, and never over somebody else's change."""

from __future__ import annotations

import json
import stat
import sys
from typing import Any

import pytest

from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.commands import init, undo
from zcf.commands.init import InitRequest
from zcf.commands.undo import UndoResult
from zcf.errors import EXIT_CANCELLED, Refusal
from zcf.plan.choice import Wish
from zcf.plan.values import ValueChange

DEEPSEEK = Wish(provider="deepseek", api_key="sk-deepseek-0123456789abcdef")
CONFIG = '{\n  // mine\n  "PORT": %d, "APIKEY": "my-key-0123456789",\n  "Providers": [], }\n'
SETTINGS = b'{"env": {"ANTHROPIC_AUTH_TOKEN": "sk-mine",}, /* c */ "theme": "dark"}'


def run(world: Any, **request: Any) -> None:
    init.carry_out(init.prepare(InitRequest(**request), world.surroundings), world.surroundings)


def take_back(world: Any) -> UndoResult:
    plan = undo.prepare(world.surroundings)
    assert plan is not None
    return undo.carry_out(plan, world.surroundings)


def relevant(world: Any) -> dict[str, Any]:
    """Everything but receipts and backups."""
    return {
        name: content
        for name, content in world.everything().items()
        if not name.endswith(".bak") and not name.startswith("zcf-state")
    }


def kept(result: UndoResult) -> list[ValueChange]:
    return [change for file in result.plan.files for change in file.kept]


def test_an_empty_home_is_empty_again_and_the_gateway_is_stopped(world: Any, port: int) -> None:
    run(world, port=port)
    result = take_back(world)
    assert result.ok
    assert relevant(world) == {}
    assert not world.settings.parent.exists()
    assert world.gateway.log == ["start", "stop"]


def test_files_that_were_there_come_back_byte_for_byte_with_their_mode(world: Any, port: int) -> None:
    world.write(world.config, CONFIG % port, mode=0o640)
    world.write(world.settings, SETTINGS, mode=0o644)
    world.write(world.state, b"", mode=0o600)
    before = relevant(world)
    run(world, wish=DEEPSEEK)
    assert relevant(world) != before
    take_back(world)
    assert relevant(world) == before
    if sys.platform != "win32":
        assert stat.S_IMODE(world.config.stat().st_mode) == 0o640
        assert stat.S_IMODE(world.settings.stat().st_mode) == 0o644


def test_what_others_changed_since_stays(world: Any, port: int) -> None:
    world.write(world.settings, SETTINGS)
    run(world, port=port)
    # Claude Code has run and written its own things; the user has moved the base URL.
    settings = json.loads(world.settings.read_text().replace("/* c */", "").replace(",}", "}"))
    settings["env"]["ANTHROPIC_BASE_URL"] = "http://elsewhere"
    settings["model"] = "opus"
    world.settings.write_text(json.dumps(settings))
    world.state.write_text(json.dumps({"hasCompletedOnboarding": True, "numStartups": 4}))
    result = take_back(world)
    assert json.loads(world.settings.read_text()) == {
        "env": {"ANTHROPIC_AUTH_TOKEN": "sk-mine", "ANTHROPIC_BASE_URL": "http://elsewhere"},
        "theme": "dark",
        "model": "opus",
    }
    assert json.loads(world.state.read_text()) == {"numStartups": 4}
    assert [change.path for change in kept(result)] == [("env", "ANTHROPIC_BASE_URL")]
    assert len(result.backups) == 2


def test_a_file_that_is_gone_stays_gone(world: Any, port: int) -> None:
    run(world, port=port)
    world.settings.unlink()
    result = take_back(world)
    assert [file.gone for file in result.plan.files] == [False, True, False]
    assert relevant(world) == {}


def test_undo_goes_back_one_run_at_a_time_and_then_has_nothing(world: Any, port: int) -> None:
    run(world, port=port)
    after_first = relevant(world)
    run(world, wish=DEEPSEEK)
    take_back(world)
    assert relevant(world) == after_first
    assert world.gateway.log[-2:] == ["restart", "start"]
    take_back(world)
    assert relevant(world) == {}
    assert undo.prepare(world.surroundings) is None


def test_a_symlink_that_was_there_is_still_one(world: Any, port: int) -> None:
    real = world.home / "dotfiles.json"
    world.write(real, SETTINGS)
    world.settings.parent.mkdir()
    world.settings.symlink_to(real)
    before = relevant(world)
    run(world, port=port)
    take_back(world)
    assert relevant(world) == before


def test_a_file_that_no_longer_parses_is_refused_and_nothing_is_undone(world: Any, port: int) -> None:
    run(world, port=port)
    world.settings.write_text('{"env": ')
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        undo.prepare(world.surroundings)
    assert refusal.value.sentence == "file.not_json"
    assert world.everything() == before


def test_a_gateway_that_ran_before_goes_on_running(world: Any, port: int) -> None:
    run(world, port=port)
    world.settings.unlink()
    run(world)
    take_back(world)
    assert world.gateway.running() is not None
    assert "stop" not in world.gateway.log


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_a_mode_that_somebody_gave_a_file_since_stays(world: Any, port: int) -> None:
    world.write(world.settings, SETTINGS, mode=0o644)
    run(world, port=port)
    world.settings.chmod(0o640)
    take_back(world)
    assert world.settings.read_bytes() == SETTINGS
    assert stat.S_IMODE(world.settings.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_a_file_that_is_write_protected_now_is_refused_and_nothing_is_undone(world: Any, port: int) -> None:
    run(world, port=port)
    world.settings.chmod(0o400)
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        undo.prepare(world.surroundings)
    assert refusal.value.sentence == "file.read_only"
    assert world.everything() == before


def test_ctrl_c_while_the_gateway_finishes_says_that_the_files_are_back(
    world: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(world, port=port)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(world.gateway), "stop", interrupted)
    with pytest.raises(Refusal) as refusal:
        take_back(world)
    assert (refusal.value.sentence, refusal.value.exit_code) == ("undo.cancelled_gateway", EXIT_CANCELLED)
    assert relevant(world) == {}


# --- a named run ------------------------------------------------------------------------------------------------------


def undo_run(world: Any, number: int) -> None:
    plan = undo.prepare(world.surroundings, number)
    assert plan is not None
    undo.carry_out(plan, world.surroundings)


def test_an_earlier_run_is_undone_while_its_values_are_as_it_wrote_them(zcf_main: Any, world: Any) -> None:
    world.write(world.settings, SETTINGS)
    zcf_main("api", "key", "-k", "sk-0123456789abcdefghij")
    later = world.write(world.config, b'{"later": true}')
    zcf_main("backup", "restore", "settings.json", "-y")
    zcf_main("undo")
    undo_run(world, 1)
    assert world.settings.read_bytes() == SETTINGS
    assert world.config.read_bytes() == later


@pytest.mark.parametrize(("number", "sentence"), [(1, "undo.not_as_written"), (3, "undo.unknown")])
def test_an_earlier_run_whose_values_a_later_one_changed_is_refused(
    zcf_main: Any, world: Any, number: int, sentence: str
) -> None:
    world.write(world.settings, SETTINGS)
    zcf_main("api", "token", "-k", "tok-first", "-u", "https://one.example")
    zcf_main("api", "token", "-k", "tok-second", "-u", "https://one.example")
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        undo.prepare(world.surroundings, number)
    assert refusal.value.sentence == sentence
    assert world.everything() == before


def test_a_run_that_is_undone_or_taken_back_is_not_undone_again(zcf_main: Any, world: Any) -> None:
    zcf_main("api", "key", "-k", "sk-0123456789abcdefghij")
    zcf_main("api", "back")
    assert "run 1 was taken back by run 2" in zcf_main("undo", "1")[2]
    assert zcf_main("undo", "2")[0] == 0
    assert "run 2 is undone already" in zcf_main("undo", "2")[2]
    assert zcf_main("undo", "1")[0] == 0
    assert zcf_main("undo", "x")[0] == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write_of_an_undo_leaves_everything_as_it_was(zcf_main: Any, world: Any, fault: str) -> None:
    world.write(world.settings, SETTINGS)
    zcf_main("api", "key", "-k", "sk-0123456789abcdefghij")
    world.settings.write_text(world.settings.read_text() + "// edited\n")
    plan = undo.prepare(world.surroundings, 1)
    assert plan is not None

    def act() -> None:
        undo.carry_out(plan, world.surroundings)

    assert_all_or_nothing(world.home, fault, act, (Refusal, KeyboardInterrupt), least=6)
