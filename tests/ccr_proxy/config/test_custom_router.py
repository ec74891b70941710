"""The user's own router: loaded, asked within its time, and never fatal."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.custom_contract import CustomChoice, CustomRequest
from ccr_proxy.config.custom_router import (
    CustomRouter,
    call_custom_router,
    check_custom_router,
    custom_router_file,
    load_custom_router,
)
from ccr_proxy.config.schema import Config

REQUEST = CustomRequest(
    body={"model": "claude-opus-4-8", "messages": []},
    headers={"x-team": "red"},
    tokens=70_000,
    model="claude-opus-4-8",
    session_id="s",
    project=None,
    thinking="offered",
    effort="high",
    plan_mode=False,
    subagent=False,
    background=None,
    images=False,
    web_search=False,
    tools=("Bash",),
)


def config(path: str | None) -> Config:
    return Config.model_validate({"CUSTOM_ROUTER_PATH": path})


def router(folder: Path, code: str) -> CustomRouter:
    (folder / "mine.py").write_text(code, encoding="utf-8")
    loaded, finding = load_custom_router(config("mine.py"), folder / "config.json")
    assert finding is None
    assert loaded is not None
    return loaded


async def ask(folder: Path, code: str, seconds: float = 5) -> CustomChoice:
    settings = {"Router": {"default": "p,m"}}
    return await call_custom_router(router(folder, code), REQUEST, settings, seconds=seconds)


@pytest.mark.parametrize(
    ("name", "code", "targets"),
    [
        ("plain", "def route(request, config): return 'p,big' if request.tokens > 60000 else None", "p,big"),
        ("async", "async def route(request, config): return 'p,a'", "p,a"),
        ("plain, with an awaitable answer", "async def f(): return 'p,b'\nroute = lambda r, c: f()", "p,b"),
        ("by the configuration", "def route(request, config): return config['Router']['default']", "p,m"),
        ("by headers and body", "def route(r, c): return [r.headers['x-team'] + ',m', 'q,' + r.body['model']]",
         "red,m → q,claude-opus-4-8"),
        ("an object with __call__", "class R:\n  def __call__(self, r, c): return 'p,c'\nroute = R()", "p,c"),
    ],
)  # fmt: skip
async def test_it_chooses(tmp_path: Path, name: str, code: str, targets: str) -> None:
    choice = await ask(tmp_path, code)
    assert (str(choice.targets), choice.note) == (targets, ""), name


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("raises", "def route(r, c):\n    return r.body['none']", "mine.py:2: KeyError: 'none'"),
        ("raises, async", "async def route(r, c):\n    raise ValueError('no')", "mine.py:2: ValueError: no"),
        ("leaves", "import sys\ndef route(r, c):\n    sys.exit(1)", "mine.py:3: SystemExit: 1"),
        ("leaves, async", "import sys\nasync def route(r, c):\n    sys.exit(1)", "mine.py:3: SystemExit: 1"),
        (
            "raises a timeout of its own",
            "def route(r, c):\n    raise TimeoutError('db')",
            "mine.py:2: TimeoutError: db",
        ),
        ("stops iterating", "def route(r, c): raise StopIteration", "mine.py:1: StopIteration"),
        ("returns nonsense", "def route(r, c): return 5", "returned what cannot be used"),
        (
            "never ends, async",
            "import asyncio\nasync def route(r, c): await asyncio.sleep(60)",
            "took longer than 0.05 s",
        ),
    ],
)
async def test_what_goes_wrong_is_a_note(tmp_path: Path, name: str, code: str, words: str) -> None:
    choice = await ask(tmp_path, code, seconds=0.05 if "never" in name else 5)
    assert choice.targets is None, name
    assert words in choice.note, choice.note
    assert "\n" not in choice.note


class Gate:
    """A route that waits until it is let go."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def __call__(self, request: Any, config: Any) -> str:
        self.open.wait(10)
        return "p,late"


async def all_calls_have_ended(hanging: CustomRouter) -> None:
    while hanging.calls.late:  # noqa: ASYNC110 - another thread counts
        await asyncio.sleep(0.001)


async def test_calls_that_hang_are_left_behind_and_then_passed_over() -> None:
    gate = Gate()
    hanging = CustomRouter(Path("mine.py"), gate)

    async def asked(seconds: float) -> CustomChoice:
        return await call_custom_router(hanging, REQUEST, {}, seconds=seconds)

    for _ in range(8):
        assert (await asked(0.01)).note == "mine.py: route took longer than 0.01 s"
    assert (await asked(5)).note == "mine.py: passed over, 8 earlier calls still run"
    gate.open.set()
    await all_calls_have_ended(hanging)
    assert str((await asked(5)).targets) == "p,late"


async def test_a_client_that_leaves_ends_the_waiting() -> None:
    gate = Gate()
    hanging = CustomRouter(Path("mine.py"), gate)
    waiting = asyncio.create_task(call_custom_router(hanging, REQUEST, {}, seconds=5))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert hanging.calls.late == 1
    gate.open.set()
    await all_calls_have_ended(hanging)


FAULTS = [
    ("a JavaScript file", "mine.js", "", "mine.js: this gateway runs Python, not JavaScript"),
    ("no such file", "gone.py", None, "gone.py: cannot be read"),
    ("broken", "mine.py", "def route(:", "mine.py:1: SyntaxError"),
    ("without route", "mine.py", "def other(request, config): pass", "there is no function `route`"),
]
LOADING_FAULTS = [
    *FAULTS,
    ("raises", "mine.py", "a = 1\nb = a.c", "mine.py:2: AttributeError"),
    ("not a function", "mine.py", "route = 5", "route must be a function"),
    ("one parameter", "mine.py", "def route(request): pass", "route must take two parameters"),
]


@pytest.mark.parametrize(("name", "file", "code", "words"), LOADING_FAULTS)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, name: str, file: str, code: str | None, words: str) -> None:
    if code is not None:
        (tmp_path / file).write_text(code)
    loaded, finding = load_custom_router(config(file), tmp_path / "config.json")
    assert loaded is None, name
    assert finding is not None
    assert (finding.severity, finding.path) == ("error", ("CUSTOM_ROUTER_PATH",))
    assert words in finding.message


@pytest.mark.parametrize(("name", "file", "code", "words"), FAULTS[1:])
def test_a_check_finds_most_of_it_without_running_it(
    tmp_path: Path, name: str, file: str, code: str | None, words: str
) -> None:
    if code is not None:
        (tmp_path / file).write_text(code)
    finding = check_custom_router(config(file), tmp_path / "config.json")
    assert finding is not None, name
    assert words in finding.message


@pytest.mark.parametrize(
    "code",
    [
        "def route(request, config): pass\nraise SystemExit('must not run')",
        "async def route(request, config): pass",
        "route = lambda request, config: None",
        "from mine import f as route",
        "from mine import *",
        "if True:\n    def route(request, config): pass",
    ],
)
def test_a_check_runs_nothing_and_knows_the_ways_to_have_a_route(tmp_path: Path, code: str) -> None:
    (tmp_path / "mine.py").write_text(code)
    assert check_custom_router(config("mine.py"), tmp_path / "config.json") is None


def test_where_the_file_is(tmp_path: Path) -> None:
    settings = tmp_path / "config.json"
    assert custom_router_file(config(None), settings) is None
    assert custom_router_file(config("a/mine.py"), settings) == tmp_path / "a" / "mine.py"
    assert custom_router_file(config(str(tmp_path / "x.py")), settings) == tmp_path / "x.py"
    assert custom_router_file(config("~/mine.py"), settings) == Path.home() / "mine.py"


def test_without_one_there_is_none(tmp_path: Path) -> None:
    assert load_custom_router(config(None), tmp_path / "config.json") == (None, None)
    assert check_custom_router(config(None), tmp_path / "config.json") is None
