"""`zcf doctor` as people type it: lists, JSON, exit codes, and what is asked before a repair."""

from __future__ import annotations

import io
import json
import stat
from typing import Any

import pytest

from tests.zcf.conftest import free_port
from tests.zcf.healthy import KEY, Room


def test_the_list_says_what_is_wrong_and_what_to_do(room: Room, zcf_main: Any) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN="sk-zcf-x-ccr")
    code, out, _ = zcf_main("doctor", "--offline")
    assert code == 1
    lines = out.splitlines()
    assert lines[0].startswith("✓ Claude Code: files, address,")
    assert lines[-3:] == [
        "✗ Claude Code: its key … (from settings.json) is not the one that the gateway asks for",
        "    `zcf api ccr` gives it the right one",
        "Errors: 1, warnings: 0, notes: 0. `zcf doctor --fix` repairs 1.",
    ]


def test_a_note_alone_is_no_failure(room: Room, zcf_main: Any) -> None:
    (room.programs / "ccr").unlink()
    assert zcf_main("doctor", "--offline")[0] == 0


def test_json_has_every_finding(room: Room, zcf_main: Any) -> None:
    room.world.config.chmod(0o644)
    code, out, _ = zcf_main("doctor", "--offline", "--json")
    answer = json.loads(out)
    assert (code, answer["ok"]) == (1, False)
    (found,) = answer["findings"]
    assert found == {
        "code": "file-open",
        "group": "files",
        "severity": "warning",
        "message": "~/.claude-code-router/config.json holds a key and others may read it (mode 0644)",
        "path": str(room.world.config),
        "fix": "`chmod 600`, or `zcf doctor --fix`",
        "fixable": True,
    }


def test_nothing_is_repaired_where_nobody_can_be_asked(room: Room, zcf_main: Any) -> None:
    room.world.config.chmod(0o644)
    code, _, err = zcf_main("doctor", "--offline", "--fix")
    assert (code, "--yes" in err) == (2, True)
    assert stat.S_IMODE(room.world.config.stat().st_mode) == 0o644


def test_fix_with_yes_repairs_looks_again_and_says_so(room: Room, zcf_main: Any) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN="wrong")
    code, out, _ = zcf_main("doctor", "--offline", "--fix", "-y")
    assert code == 0
    assert '~ env.ANTHROPIC_AUTH_TOKEN: "…" -> "…6789"' in out
    assert "✓ Repaired: its key" in out
    assert KEY not in out


def test_fix_as_json(room: Room, zcf_main: Any) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN="wrong")
    code, out, _ = zcf_main("doctor", "--offline", "--fix", "-y", "--json")
    answer = json.loads(out)
    assert (code, answer["ok"], answer["findings"]) == (0, True, [])
    assert answer["repairs"] == [{"code": "key-refused", "path": None, "fixed": True, "error": None}]


def test_every_sentence_is_there_in_both_languages(room: Room, zcf_main: Any) -> None:
    room.gateway.close()
    room.set_env(ANTHROPIC_BASE_URL=f"http://127.0.0.1:{free_port()}", CLAUDE_CODE_USE_BEDROCK="1")
    for language, word in (("en", "nothing listens"), ("zh-CN", "没有程序在监听")):
        assert word in zcf_main("doctor", "--offline", "--lang", language)[1]


def test_on_a_terminal_each_repair_is_shown_and_asked_for(
    room: Room, zcf_main: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.world.config.chmod(0o644)
    room.set_env(ANTHROPIC_AUTH_TOKEN="wrong")
    monkeypatch.setattr("zcf.commands.doctor_cli._on_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\ny\n"))
    code, out, _ = zcf_main("doctor", "--offline", "--fix")
    assert code == 1
    assert out.count("Repair it?") == 2
    assert stat.S_IMODE(room.world.config.stat().st_mode) == 0o644
    assert "✓ Repaired: its key" in out
    assert room.codes() == ["file-open"]


def test_cancelling_at_a_question_changes_nothing(room: Room, zcf_main: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room.world.config.chmod(0o644)
    room.set_env(ANTHROPIC_AUTH_TOKEN="wrong")
    before = room.world.everything()
    monkeypatch.setattr("zcf.commands.doctor_cli._on_terminal", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert zcf_main("doctor", "--offline", "--fix")[0] == 130
    assert room.world.everything() == before
    assert room.codes() == ["file-open", "key-refused"]
