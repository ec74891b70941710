"""`zcf history`: which runs there were, and which of them stand."""

from __future__ import annotations

import json
from typing import Any

SECRET = "sk-relay-0123456789abcdefghijkl"
KEY = ["api", "key", "-k", SECRET]


def test_no_runs_is_no_fault(zcf_main: Any) -> None:
    assert zcf_main("history") == (0, "No runs yet.\n", "")
    assert json.loads(zcf_main("history", "--json")[1]) == {"ok": True, "runs": []}


def test_the_last_run_comes_first_and_each_tells_whether_it_stands(zcf_main: Any, world: Any) -> None:
    world.write(world.settings, b"{}")
    for command in (KEY, ["api", "official"], ["api", "token", "-k", SECRET], ["api", "back"]):
        assert zcf_main(*command)[0] == 0
    zcf_main("api", "key", "-k", "sk-other")
    assert zcf_main("undo")[0] == 0
    code, out, err = zcf_main("history", "--json")
    assert (code, err) == (0, "")
    runs = json.loads(out)["runs"]
    assert [(run["number"], run["command"], run["state"], run["taken_back_by"]) for run in runs] == [
        (5, "api key", "undone", None),
        (4, "api back", "stands", None),
        (3, "api token", "taken_back", 4),
        (2, "api official", "stands", None),
        (1, "api key", "stands", None),
    ]
    assert [file["action"] for file in runs[-1]["files"]] == ["edit", "create"]
    assert SECRET not in out
    lines = zcf_main("history")[1].splitlines()
    assert len(lines) == 6
    assert "taken back by 4" in lines[3]
    assert "~~/.claude/settings.json, +~/.claude.json" in lines[-1]


def test_a_receipt_that_cannot_be_read_is_named(zcf_main: Any, world: Any) -> None:
    zcf_main(*KEY)
    (world.surroundings.state / "receipts" / "0001.json").write_text("{")
    code, _, err = zcf_main("history")
    assert (code, "0001.json is not a receipt that can be read" in err) == (1, True)
