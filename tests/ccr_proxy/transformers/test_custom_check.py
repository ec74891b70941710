"""The user's own transformers, looked at without running them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.transformers.custom import load_custom
from ccr_proxy.transformers.custom_check import declared

RUNS = "raise SystemExit('it was run')\n"
FUNCTION = "def transform_request(body, context):\n    return body\n"


@pytest.mark.parametrize("named", ["", 'name = "shout"\n', 'name: str = "shout"\n', 'name = "a"\nname = "shout"\n'])
def test_the_name_is_the_one_that_loading_would_give(tmp_path: Path, named: str) -> None:
    (tmp_path / "own.py").write_text(named + FUNCTION, encoding="utf-8")
    entries: list[dict[str, Any]] = [{"path": "own.py"}]
    found = declared(entries, tmp_path)
    assert found.faults == ()
    assert [each.name for each in found.transformers] == [
        each.name for each in load_custom(entries, tmp_path).transformers
    ]
    assert found.transformers[0].takes_any_option


def test_nothing_is_run(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(RUNS, encoding="utf-8")
    assert [each.name for each in declared([{"path": str(tmp_path / "own.py")}], tmp_path).transformers] == ["own"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({}, "a custom transformer needs a path"),
        ({"path": 5}, "a custom transformer needs a path"),
        ({"path": "own.js"}, "this gateway runs Python, not JavaScript"),
        ({"path": "nothing.py"}, "cannot be read"),
        ({"path": "broken.py"}, "broken.py:2: SyntaxError"),
    ],
)
def test_what_could_not_be_loaded_is_told(tmp_path: Path, entry: dict[str, Any], words: str) -> None:
    (tmp_path / "broken.py").write_text("a = 1\ndef (:\n", encoding="utf-8")
    (tmp_path / "good.py").write_text(FUNCTION, encoding="utf-8")
    found = declared([{"path": "good.py"}, entry], tmp_path)
    (fault,) = found.faults
    assert (fault.index, fault.severity) == (1, "error")
    assert words in fault.message
    assert [each.name for each in found.transformers] == ["good"]
