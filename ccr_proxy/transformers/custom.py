"""Transformers that users write: Python files named in `transformers: [{"path": "...", "options": {...}}]`.

The contract is in docs/transformers.md. This is the one module here that reads files and runs what is in them; a file
that cannot be loaded is a Fault with path and line, and everything else goes on without it.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ccr_proxy.errors import GatewayError
from ccr_proxy.json_codec import JsonObject, as_object, dumps, loads
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.checks import Fault
from ccr_proxy.transformers.event_sink import EventSink
from ccr_proxy.transformers.transformer import Context, Transformer

_FUNCTIONS = ("transform_request", "transform_answer_event")


@dataclass(frozen=True, slots=True)
class CustomContext:
    """What a user's function is told: where the request goes, what the client asked, and the options.

    `note(sentence)` writes into the request's trace.
    """

    provider: str
    model: str
    protocol: str
    request: JsonObject
    options: JsonObject
    note: Callable[[str], None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CustomTransformers:
    """The files that could be loaded, and what is wrong with the entries of the list that could not."""

    transformers: tuple[Transformer, ...]
    faults: tuple[Fault, ...]


class _Unusable(Exception):
    """Why a file cannot be a transformer: one line, and what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def load_custom(entries: Iterable[Mapping[str, Any]], folder: Path) -> CustomTransformers:
    """Load the files of the configuration's `transformers`; relative paths start at `folder`, `~` is the home."""
    loaded: list[Transformer] = []
    faults: list[Fault] = []
    for index, entry in enumerate(entries):
        try:
            loaded.append(_from_entry(entry, folder))
        except _Unusable as reason:
            faults.append(Fault(index, "error", reason.message, reason.hint))
    return CustomTransformers(tuple(loaded), tuple(faults))


def _from_entry(entry: Mapping[str, Any], folder: Path) -> Transformer:
    given = entry.get("path")
    if not isinstance(given, str) or not given.strip():
        raise _Unusable("a custom transformer needs a path", 'write {"path": "/path/to/file.py", "options": {}}')
    path = folder / Path(given.strip()).expanduser()
    if path.suffix.lower() in (".js", ".cjs", ".mjs", ".ts"):
        raise _Unusable(
            f"{path}: this gateway runs Python, not JavaScript",
            "write it as a .py file with transform_request(body, context); docs/transformers.md has an example",
        )
    return _transformer(_load(path), path, as_object(entry.get("options")))


def _load(path: Path) -> ModuleType:
    """Run the file as a module of its own, without leaving compiled files beside it."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise _Unusable(f"{path}: cannot be read: {error.strerror or error}", "check the path") from None
    module = ModuleType(f"ccr_custom_transformer_{abs(hash(str(path)))}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their module up there while they are made
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - what this module is for
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the file is foreign and may raise anything
        raise _Unusable(described(error, path)) from None
    finally:
        del sys.modules[module.__name__]
    return module


def _transformer(module: ModuleType, path: Path, registered: JsonObject) -> Transformer:
    name = getattr(module, "name", path.stem)
    if not isinstance(name, str) or not name:
        raise _Unusable(f"{path}: `name` must be text")
    functions = {function: getattr(module, function, None) for function in _FUNCTIONS}
    if not any(functions.values()):
        raise _Unusable(f"{path}: defines neither {_FUNCTIONS[0]} nor {_FUNCTIONS[1]}", "define one of them")
    for function, value in functions.items():
        if value is not None and not callable(value):
            raise _Unusable(f"{path}: {function} must be a function")
    return Transformer(
        name,
        takes_any_option=True,
        request=_request_function(name, path, functions[_FUNCTIONS[0]], registered),
        answer=_answer_function(name, path, functions[_FUNCTIONS[1]], registered),
    )


def _request_function(
    name: str, path: Path, function: Callable[[Any, Any], Any] | None, registered: JsonObject
) -> Callable[[JsonObject, Context, JsonObject], JsonObject] | None:
    if function is None:
        return None

    def request(body: JsonObject, context: Context, options: JsonObject) -> JsonObject:
        own = loads(dumps(body))  # theirs to change
        try:
            result = function(own, _told(context, {**registered, **options}))
        except Exception as error:
            raise GatewayError(500, f'transformer "{name}" failed: {described(error, path)}') from error
        if result is None:
            return as_object(own)
        if not isinstance(result, dict):
            raise GatewayError(500, f'transformer "{name}" failed: {path}: transform_request must return a dict')
        return result

    return request


def _answer_function(
    name: str, path: Path, function: Callable[[Any, Any], Any] | None, registered: JsonObject
) -> Callable[[AnswerSink, Context, JsonObject], AnswerSink] | None:
    if function is None:
        return None

    def answer(sink: AnswerSink, context: Context, options: JsonObject) -> AnswerSink:
        told = _told(context, {**registered, **options})

        def transform(event: JsonObject) -> object:
            try:
                return function(event, told)
            except Exception as error:
                raise ValueError(f'transformer "{name}" failed: {described(error, path)}') from error

        return EventSink(sink, transform)

    return answer


def _told(context: Context, options: JsonObject) -> CustomContext:
    return CustomContext(context.provider, context.model, context.protocol, context.asked, options, context.note)


def described(error: BaseException, path: Path) -> str:
    """One line: the file, the line in it that failed if one did, and the error."""
    line = error.lineno if isinstance(error, SyntaxError) else _line_in(error, path)
    place = f"{path}:{line}" if line else str(path)
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{place}: {type(error).__name__}: {' '.join(message.split())}".removesuffix(": ")


def _line_in(error: BaseException, path: Path) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return lines[-1] if lines else None
