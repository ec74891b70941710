"""Runs a Python file that a user wrote, and tells in one line what is wrong with it."""

from __future__ import annotations

import ast
import sys
import traceback
from pathlib import Path
from types import ModuleType


class Unusable(Exception):
    """Why a file cannot be used: one line, and what to do (or "")."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def syntax_of(path: Path) -> ast.Module:
    """The file's syntax tree, without running it. Raises Unusable."""
    try:
        return ast.parse(_source(path), str(path))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unusable(described(error, path)) from None


def run(path: Path, name: str) -> ModuleType:
    """Run the file as a module called `name`, without leaving compiled files beside it. Raises Unusable."""
    source = _source(path)
    module = ModuleType(name)
    module.__file__ = str(path)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - what this function is for
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the file is foreign and may raise anything
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        raise Unusable(described(error, path)) from None
    return module


def described(error: BaseException, path: Path) -> str:
    """One line: the file, the line in it that failed if one did, and the error."""
    line = error.lineno if isinstance(error, SyntaxError) else _line_in(error, path)
    place = f"{path}:{line}" if line else str(path)
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{place}: {type(error).__name__}: {' '.join(message.split())}".removesuffix(": ")


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise Unusable(f"{path}: cannot be read: {reason or error}", "check the path") from None


def _line_in(error: BaseException, path: Path) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None
