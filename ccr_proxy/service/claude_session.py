"""Claude Code as a child process whose requests go to the gateway, whatever its own settings say.

Its settings.json outranks the environment, and `--settings` outranks settings.json; of several `--settings` only the
last counts (measured with Claude Code 2.1.197). So the variables are put into the user's own `--settings`, if there are
any, and into the environment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.private_file import make_private_directory
from ccr_proxy.service.system_errors import system_error_text

# As Claude Code Router sets them for NON_INTERACTIVE_MODE.
NON_INTERACTIVE = {"CI": "true", "FORCE_COLOR": "0", "NODE_NO_READLINE": "1", "TERM": "dumb"}
_FLAG = "--settings"


def run_claude(
    command: Sequence[str],
    arguments: Sequence[str],
    environ: Mapping[str, str],
    settings: Mapping[str, str],
    folder: Path,
    *,
    preset_settings: Mapping[str, Any] = MappingProxyType({}),
    interactive: bool = True,
) -> int:
    """Run Claude Code to its end and return its exit code, 128 + n when signal n ended it.

    `settings` are the variables that must win over its settings.json, and over `preset_settings`, which the user's own
    `--settings` go before; while it runs they lie in a file in `folder` that
    only the user may read. `arguments` reach it as they are, but for the value of their own `--settings`. Raises
    ServiceFault when it cannot be started.
    """
    own = own_settings(arguments)
    with _settings_file(folder, merged(with_defaults(own, preset_settings), settings)) as path:
        line = [*command, *with_settings(arguments, str(path))]
        try:
            child = subprocess.Popen(line, env=dict(environ), stdin=None if interactive else subprocess.DEVNULL)
        except OSError as error:
            raise ServiceFault(f"{command[0]} cannot be started: {system_error_text(error)}") from error
        code = _wait(child)
    return 128 - code if code < 0 else code


def own_settings(arguments: Sequence[str]) -> dict[str, Any]:
    """The user's own `--settings`, a file or JSON text; empty without. Raises ServiceFault when they are neither."""
    place = _place(arguments)
    if place is None:
        return {}
    value = _value(arguments, place)
    try:
        text = value if value.lstrip().startswith("{") else Path(value).read_text(encoding="utf-8-sig")
        parsed = json.loads(text)
    except OSError as error:
        raise ServiceFault(f"{_FLAG} {value}: {system_error_text(error)}") from error
    except ValueError as error:
        raise ServiceFault(f"{_FLAG} {value}: not JSON, {error}") from error
    if not isinstance(parsed, dict):
        raise ServiceFault(f"{_FLAG} {value}: not a JSON object")
    return parsed


def with_defaults(own: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with `defaults` where they say nothing; variables in `env` count one by one."""
    env = {**_env(defaults), **_env(own)}
    return {**defaults, **own, **({"env": env} if env else {})}


def merged(own: Mapping[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """Settings with these variables in their `env`."""
    return {**own, "env": {**_env(own), **variables}}


def _env(settings: Mapping[str, Any]) -> dict[str, Any]:
    env = settings.get("env")
    return env if isinstance(env, dict) else {}


def with_settings(arguments: Sequence[str], path: str) -> list[str]:
    """The arguments with `path` as their settings, in the place of the user's own."""
    place = _place(arguments)
    if place is None:
        return [_FLAG, path, *arguments]
    width = 2 if arguments[place] == _FLAG else 1
    return [*arguments[:place], _FLAG, path, *arguments[place + width :]]


def _place(arguments: Sequence[str]) -> int | None:
    """Where the last `--settings` stands that has a value; after `--` there are no options."""
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    places = (
        index
        for index in reversed(range(len(options)))
        if options[index].startswith(_FLAG + "=") or (options[index] == _FLAG and index + 1 < len(options))
    )
    return next(places, None)


def _value(arguments: Sequence[str], place: int) -> str:
    argument = arguments[place]
    return arguments[place + 1] if argument == _FLAG else argument.removeprefix(_FLAG + "=")


@contextmanager
def _settings_file(folder: Path, content: Mapping[str, Any]) -> Iterator[Path]:
    make_private_directory(folder)
    # mkstemp makes files that only their owner may read.
    descriptor, name = tempfile.mkstemp(dir=folder, prefix="claude-settings-", suffix=".json")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for the child. The terminal's Ctrl-C reaches it and is its own affair; a request to end is passed on."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    for number in (signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ())):
        before[number] = signal.signal(number, pass_on)
    try:
        return child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
