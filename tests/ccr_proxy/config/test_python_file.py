"""Files that users wrote: run, or told what is wrong with them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from ccr_proxy.config.python_file import Unusable, described, run, syntax_of


def test_a_file_is_run_as_a_module_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("from dataclasses import dataclass\n@dataclass\nclass A:\n    b: 'int'\nvalue = A(3).b\n")
    assert run(path, "ccr_test_module").value == 3
    assert [file.name for file in tmp_path.iterdir()] == ["mine.py"]
    del sys.modules["ccr_test_module"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a = 1\ndef route(:\n", "mine.py:2: SyntaxError: "),
        ("import nothing_of_that_name\n", "mine.py:1: ModuleNotFoundError: "),
        ("\n\n1/0", "mine.py:3: ZeroDivisionError: division by zero"),
        ("def f():\n    raise KeyError('a')\nf()", "mine.py:2: KeyError: 'a'"),
        ("import sys\nsys.exit(3)", "mine.py:2: SystemExit: 3"),
    ],
)
def test_a_file_that_fails_is_told_with_its_line(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(content)
    with pytest.raises(Unusable) as caught:
        run(path, "ccr_test_module")
    assert caught.value.message.startswith(f"{tmp_path / words}")
    assert "\n" not in caught.value.message
    assert "ccr_test_module" not in sys.modules


def test_a_file_that_fails_does_not_displace_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("value = 1")
    first = run(path, "ccr_test_module")
    path.write_text("1/0")
    with pytest.raises(Unusable):
        run(path, "ccr_test_module")
    assert sys.modules.pop("ccr_test_module") is first


def test_the_syntax_is_looked_at_without_running_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("raise SystemExit")
    assert isinstance(syntax_of(path).body[0], ast.Raise)
    path.write_bytes(b"\0")
    with pytest.raises(Unusable, match="null bytes"):
        syntax_of(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"gone\.py: cannot be read: "):
        syntax_of(tmp_path / "gone.py")


def test_an_error_from_elsewhere_has_no_line() -> None:
    assert described(ValueError("a\n b"), Path("mine.py")) == "mine.py: ValueError: a b"
