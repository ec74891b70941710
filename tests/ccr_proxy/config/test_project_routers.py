"""Project and session routers: found once, kept fresh, never from the disk while a request waits."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.fingerprint import Fingerprint, fingerprint_of
from ccr_proxy.config.project_routers import NOTHING_FOUND, Found, ProjectRouters
from ccr_proxy.config.source import read_text

SESSION = "0b6b1a3e-1f0e-4d43-8b50-5f8c2f3d5a11"
PROJECT = "-home-me-shop"


class Home:
    """A home folder with projects and routers, a clock that stands still, and a count of what is read."""

    def __init__(self, folder: Path) -> None:
        self.ccr, self.projects = folder / "ccr", folder / "projects"
        self.time = 0.0
        self.reads: Counter[str] = Counter()
        self.looks = 0
        self.routers = ProjectRouters(
            self.ccr, self.projects, {"FAST": "p,fast"}, lambda: self.time, read=self.read, stat=self.stat
        )

    def read(self, path: Path) -> str:
        self.reads[path.name] += 1
        return read_text(path)

    def stat(self, path: Path) -> Fingerprint | None:
        self.looks += 1
        return fingerprint_of(path)

    def start(self, session: str = SESSION, project: str = PROJECT) -> None:
        (self.projects / project).mkdir(parents=True, exist_ok=True)
        (self.projects / project / f"{session}.jsonl").write_text("{}\n")

    def write(self, name: str, content: Any, project: str = PROJECT) -> None:
        (self.ccr / project).mkdir(parents=True, exist_ok=True)
        written = content if isinstance(content, str) else json.dumps(content)
        (self.ccr / project / name).write_text(written, encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def defaults(found: Found) -> tuple[str | None, str | None]:
    return (
        found.project_router.default if found.project_router else None,
        found.session_router.default if found.session_router else None,
    )


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        ("no files", {}, (None, None)),
        ("a project's", {"config.json": {"Router": {"default": "p,a"}}}, ("p,a", None)),
        ("a session's", {f"{SESSION}.json": {"Router": {"default": "p,b"}}}, (None, "p,b")),
        (
            "both",
            {"config.json": {"Router": {"default": "p,a"}}, f"{SESSION}.json": {"Router": {"default": "p,b"}}},
            ("p,a", "p,b"),
        ),
        ("nothing but Router counts", {"config.json": {"Providers": [], "APIKEY": "x"}}, (None, None)),
        ("variables and comments", {"config.json": '{Router: {default: "$FAST"}} // mine'}, ("p,fast", None)),
        ("another session's", {"other.json": {"Router": {"default": "p,c"}}}, (None, None)),
    ],
)
async def test_what_is_found(home: Home, name: str, files: dict[str, Any], expected: tuple[str, str]) -> None:
    home.start()
    for file, content in files.items():
        home.write(file, content)
    found = await home.routers.find(SESSION)
    assert defaults(found) == expected, name
    assert (found.project, found.problems) == (PROJECT, ())


async def test_in_use_it_answers_from_memory(home: Home) -> None:
    home.start()
    home.write("config.json", {"Router": {"default": "p,a"}})
    assert home.routers.known(SESSION) is None
    found = await home.routers.find(SESSION)
    looks = home.looks
    for _ in range(100):
        assert home.routers.known(SESSION) is found
        assert await home.routers.find(SESSION) is found
    assert home.looks == looks
    assert home.reads == {"config.json": 1}


async def test_a_changed_file_counts_after_the_next_refresh(home: Home) -> None:
    home.start()
    home.write("config.json", {"Router": {"default": "p,a"}})
    await home.routers.find(SESSION)
    assert home.routers.known(SESSION)
    await home.routers.refresh()
    assert home.reads == {"config.json": 1}, "an unchanged file is not read again"
    home.write("config.json", {"Router": {"default": "p,longer"}})
    assert defaults(await home.routers.find(SESSION)) == ("p,a", None)
    await home.routers.refresh()
    assert defaults(await home.routers.find(SESSION)) == ("p,longer", None)
    (home.ccr / PROJECT / "config.json").unlink()
    await home.routers.refresh()
    assert defaults(await home.routers.find(SESSION)) == (None, None)


async def test_a_session_that_rested_is_looked_up_before_it_is_answered(home: Home) -> None:
    home.start()
    home.write("config.json", {"Router": {"default": "p,a"}})
    await home.routers.find(SESSION)
    home.write("config.json", {"Router": {"default": "p,longer"}})
    home.time += 31
    assert defaults(await home.routers.find(SESSION)) == ("p,longer", None)


async def test_only_sessions_in_use_are_refreshed(home: Home) -> None:
    home.start()
    await home.routers.find(SESSION)
    looks = home.looks
    await home.routers.refresh()
    assert home.looks == looks


async def test_a_session_whose_folder_comes_later_is_found_then(home: Home) -> None:
    """CCR remembers for good that it did not find a session."""
    assert await home.routers.find(SESSION) == NOTHING_FOUND
    home.start()
    home.write("config.json", {"Router": {"default": "p,a"}})
    home.time += 3
    assert defaults(await home.routers.find(SESSION)) == ("p,a", None)


async def test_a_broken_file_keeps_the_last_good_router_and_is_told(home: Home) -> None:
    home.start()
    home.write("config.json", {"Router": {"default": "p,a"}})
    assert defaults(await home.routers.find(SESSION)) == ("p,a", None)
    home.write("config.json", '{"Router": {\n "default" "p,b"}}')
    await home.routers.find(SESSION)
    await home.routers.refresh()
    assert defaults(await home.routers.find(SESSION)) == ("p,a", None)
    (problem,) = home.routers.problems()
    assert problem.startswith(f"{home.ccr / PROJECT / 'config.json'}:2:12: not valid JSON")


async def test_faults_within_are_told_with_their_lines(home: Home) -> None:
    home.start()
    home.write("config.json", '{"Router": {\n"default": 5,\n"rules": [{"when": {}, "use": 3}]}}')
    found = await home.routers.find(SESSION)
    where = str(home.ccr / PROJECT / "config.json")
    assert [line.removeprefix(where).split(" must")[0] for line in found.problems] == [
        ":2:1: error: Router.default",
        ":3:24: error: Router.rules[0].use",
    ]


@pytest.mark.parametrize("session", [None, "", "../../etc/passwd", "a/b", "a\\b", ".", "a" * 200, "a\0b", "a.b"])
async def test_an_id_that_is_no_name_never_reaches_the_disk(home: Home, session: str | None) -> None:
    assert home.routers.known(session) == NOTHING_FOUND
    assert await home.routers.find(session) == NOTHING_FOUND
    assert home.looks == 0


async def test_memory_is_bounded(home: Home) -> None:
    for number in range(1100):
        await home.routers.find(f"session-{number}")
    assert home.routers.known("session-0") is None
    assert home.routers.known("session-1099") == NOTHING_FOUND
