"""`CUSTOM_ROUTER_PATH`: a Python file with `route(request, config)`, plain or async, that may choose the target.

Its contract is in docs/routing.md and `custom_contract`. What is wrong with the file or with a call is told in one line
with file and line; routing goes on without it.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ccr_proxy.config.custom_contract import CustomChoice, CustomRequest, choice_of
from ccr_proxy.config.problems import Finding
from ccr_proxy.config.python_file import Unusable, described, run, syntax_of
from ccr_proxy.config.schema import Config

_JAVASCRIPT = (".js", ".cjs", ".mjs", ".ts")
_MODULE = "ccr_custom_router"
# A plain function that hangs cannot be stopped. So many may hang; then the router is passed over until one returns.
_MOST_LATE_CALLS = 8


class _Raised(Exception):
    """What `route` raised, on its way to whoever asked: SystemExit would end the event loop, and with it the gateway,
    and a coroutine cannot pass StopIteration on."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


@dataclass(slots=True)
class _Calls:
    late: int = 0


@dataclass(frozen=True, slots=True)
class CustomRouter:
    """A loaded router. `calls` counts the calls that ran out of time and still run."""

    path: Path
    function: Callable[[CustomRequest, Mapping[str, Any]], Any]
    calls: _Calls = field(default_factory=_Calls)


def custom_router_file(config: Config, config_path: Path) -> Path | None:
    """The file that the configuration names; `~` is the home, other relative paths start beside the configuration."""
    if not config.custom_router_path:
        return None
    named = Path(config.custom_router_path.strip())
    try:
        named = named.expanduser()
    except RuntimeError:  # no home folder to be found: the path stays as it is and will not be found either
        pass
    return config_path.parent / named


def check_custom_router(config: Config, config_path: Path) -> Finding | None:
    """What is wrong with the file, without running it."""
    path = custom_router_file(config, config_path)
    if path is None or path.suffix.lower() in _JAVASCRIPT:  # `checks.access` has a word for JavaScript
        return None
    try:
        names = {name for statement in syntax_of(path).body for name in _defined(statement)}
    except Unusable as reason:
        return _finding(reason)
    # A file may get its `route` from anywhere, but one that imports nothing under that name and defines none has none.
    return None if names & {"route", "*"} else _finding(_without_route(path))


def load_custom_router(config: Config, config_path: Path) -> tuple[CustomRouter | None, Finding | None]:
    """Run the file that the configuration names; (None, None) when it names none, (None, why) when it cannot be
    used. Runs the user's code: not on the event loop."""
    path = custom_router_file(config, config_path)
    if path is None:
        return None, None
    try:
        if path.suffix.lower() in _JAVASCRIPT:
            raise Unusable(f"{path}: this gateway runs Python, not JavaScript", "write def route(request, config)")
        function = getattr(run(path, _MODULE), "route", None)
        if function is None:
            raise _without_route(path)
        _require_two_parameters(function, path)
    except Unusable as reason:
        return None, _finding(reason)
    return CustomRouter(path, function), None


async def call_custom_router(
    router: CustomRouter, request: CustomRequest, config: Mapping[str, Any], *, seconds: float
) -> CustomChoice:
    """Ask the router, for at most `seconds`; never raises for what the router does.

    An async function runs on this event loop and must not block; a plain one runs in a thread of its own.
    """
    if router.calls.late >= _MOST_LATE_CALLS:
        return CustomChoice(note=f"{router.path}: passed over, {router.calls.late} earlier calls still run")
    try:
        async with asyncio.timeout(seconds):
            answer = await _answer(router, request, config)
    except TimeoutError:
        return CustomChoice(note=f"{router.path}: route took longer than {seconds:g} s")
    except _Raised as raised:
        return CustomChoice(note=described(raised.error, router.path))
    return choice_of(answer)


async def _answer(router: CustomRouter, request: CustomRequest, config: Mapping[str, Any]) -> Any:
    if inspect.iscoroutinefunction(router.function):
        return await _awaited(router.function(request, config))
    answer = await _in_thread(router, request, config)
    return await _awaited(answer) if inspect.isawaitable(answer) else answer


async def _awaited(awaitable: Any) -> Any:
    try:
        return await awaitable
    except (Exception, SystemExit) as error:
        raise _Raised(error) from error


async def _in_thread(router: CustomRouter, request: CustomRequest, config: Mapping[str, Any]) -> Any:
    """The function's answer, from a thread of its own: a shared pool would be used up by calls that never return, and
    at exit Python waits for the threads of a pool."""
    loop = asyncio.get_running_loop()
    returned: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def deliver(answer: Any, error: BaseException | None) -> None:
        if returned.cancelled():
            router.calls.late -= 1
        else:
            returned.set_result((answer, error))

    def call() -> None:
        answer, error = None, None
        try:
            answer = router.function(request, config)
        except BaseException as raised:  # noqa: BLE001 - told to whoever waits
            error = raised
        try:
            loop.call_soon_threadsafe(deliver, answer, error)
        except RuntimeError:  # the event loop has ended, so nobody waits
            return

    threading.Thread(target=call, name="custom router", daemon=True).start()
    try:
        answer, error = await returned
    except asyncio.CancelledError:
        router.calls.late += 1
        raise
    if error is not None:
        raise _Raised(error)
    return answer


def _defined(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {alias.asname or alias.name for alias in names}
        case ast.If() | ast.Try() | ast.With():
            return {name for inner in ast.walk(statement) if isinstance(inner, ast.stmt) and inner is not statement
                    for name in _defined(inner)}  # fmt: skip
        case _:
            return set()


def _require_two_parameters(function: Any, path: Path) -> None:
    if not callable(function):
        raise Unusable(f"{path}: route must be a function", "write def route(request, config)")
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        raise Unusable(f"{path}: route must take two parameters", "write def route(request, config)") from None
    except ValueError:  # a function without a signature that can be looked at
        return


def _without_route(path: Path) -> Unusable:
    return Unusable(f"{path}: there is no function `route`", "write def route(request, config)")


def _finding(reason: Unusable) -> Finding:
    return Finding("error", ("CUSTOM_ROUTER_PATH",), f"CUSTOM_ROUTER_PATH: {reason.message}", reason.hint)
