"""Hot reload: a better file counts at once, a worse one never."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.config.fingerprint import Fingerprint
from ccr_proxy.config.load import LoadedConfig, load
from ccr_proxy.config.reload import ConfigWatch, needs_restart

PROVIDER = '{"name": "p", "api_base_url": "https://p/v1", "api_key": "k", "models": ["m", "n"]}'


def text(router: str = '{"default": "p,m"}', more: str = "") -> str:
    return f'{{"APIKEY": "k", "Providers": [{PROVIDER}], "Router": {router}{more}}}'


class File:
    """A configuration on disk whose fingerprint changes with each writing, and which counts how often it is read."""

    def __init__(self, path: Path, content: str) -> None:
        self.path, self.reads, self.changes = path, 0, 0
        self.router_changes = 0
        self.write(content)
        self.watch = ConfigWatch(load(path, {}), self.load, self.stat)

    def write(self, content: str | None) -> None:
        self.changes += 1
        if content is None:
            self.path.unlink()
        else:
            self.path.write_text(content, encoding="utf-8")

    def load(self, path: Path) -> LoadedConfig:
        self.reads += 1
        return load(path, {})

    def stat(self, path: Path) -> Fingerprint | None:
        if path != self.path:
            return (self.router_changes, 0, 0)
        return (self.changes, 0, 0) if path.exists() else None

    @property
    def default(self) -> str | None:
        return self.watch.current.config.router.default


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "config.json", text())


def test_a_file_that_stays_is_not_read_again(file: File) -> None:
    assert [file.watch.poll() for _ in range(5)] == [None] * 5
    assert file.reads == 0


def test_a_good_change_counts_once(file: File) -> None:
    file.write(text('{"default": "p,n"}'))
    loaded = file.watch.poll()
    assert loaded is file.watch.current
    assert file.default == "p,n"
    assert file.watch.poll() is None
    assert (file.reads, file.watch.rejected) == (1, None)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut in the middle", text()[:40], ": not valid JSON: "),
        ("empty", "", ": not valid JSON: "),
        ("gone", None, "config.json: no such file"),
        ("a route to nowhere", text('{"default": "q,m"}'), 'error: Router.default: there is no provider "q"'),
        ("two faults", text('{"default": "q,m"}', ', "PORT": "x"'), "(and 1 more)"),
        (
            "a rule to nowhere",
            text('{"default": "p,m", "rules": [{"when": {}, "use": "p,z"}]}'),
            'does not list the model "z"; "rule 1" is inactive',
        ),
    ],
)
def test_a_worse_file_never_counts_and_is_told(file: File, name: str, content: str | None, words: str) -> None:
    before = file.watch.current
    file.write(content)
    assert file.watch.poll() is None, name
    assert file.watch.current is before
    assert words in (file.watch.rejected or ""), name
    assert file.watch.poll() is None
    assert file.reads == 1
    file.write(text('{"default": "p,n"}'))
    assert file.watch.poll() is not None
    assert (file.default, file.watch.rejected, file.watch.rejected_problems) == ("p,n", None, ())


def test_going_back_to_what_runs_ends_the_complaint(file: File) -> None:
    file.write("{")
    assert file.watch.poll() is None
    file.write(text())
    assert file.watch.poll() is None
    assert file.watch.rejected is None


def test_whoever_mends_one_of_two_errors_is_not_refused(tmp_path: Path) -> None:
    file = File(tmp_path / "config.json", text('{"default": "p,m", "think": "q,m", "image": "r,m"}'))
    assert len(file.watch.current.errors) == 2
    file.write(text('{"default": "p,m", "think": "q,m", "image": "p,n"}'))
    assert file.watch.poll() is not None
    assert file.watch.current.config.router.image == "p,n"
    file.write(text('{"default": "p,m", "think": "gone,m", "image": "p,n"}'))
    assert file.watch.poll() is None
    assert [problem.message for problem in file.watch.rejected_problems] == [
        'Router.think: there is no provider "gone"'
    ]


def test_warnings_do_not_hold_a_change_up(file: File) -> None:
    file.write(text('{"default": "p,unlisted"}'))
    loaded = file.watch.poll()
    assert loaded is not None
    assert loaded.warnings


def test_a_changed_custom_router_gives_the_configuration_again(tmp_path: Path) -> None:
    file = File(tmp_path / "config.json", text(more=', "CUSTOM_ROUTER_PATH": "route.py"'))
    file.router_changes += 1
    assert file.watch.poll() is file.watch.current
    assert file.watch.poll() is None
    assert file.reads == 0


def test_a_router_that_is_named_later_is_watched_too(file: File) -> None:
    file.write(text(more=', "CUSTOM_ROUTER_PATH": "route.py"'))
    assert file.watch.poll() is not None
    file.router_changes += 1
    assert file.watch.poll() is file.watch.current


def test_what_is_written_while_it_is_read_is_seen_next_time(file: File) -> None:
    def load_slowly(path: Path) -> LoadedConfig:
        loaded = load(path, {})
        if file.reads == 0:
            file.reads += 1
            file.write(text('{"default": "p,n"}'))
        return loaded

    watch = ConfigWatch(file.watch.current, load_slowly, file.stat)
    file.write(text('{"default": "p,m", "image": "p,m"}'))
    assert watch.poll() is not None
    assert watch.current.config.router.image == "p,m"
    assert watch.poll() is not None
    assert watch.current.config.router.default == "p,n"


def test_the_real_file_system(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(text(), encoding="utf-8")
    watch = ConfigWatch(load(path, {}), lambda changed: load(changed, {}))
    assert watch.poll() is None
    path.write_text(text('{"default": "p,n", "think": "p,m"}'), encoding="utf-8")
    assert watch.poll() is not None


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ("", ()),
        (', "PORT": 4000', ("PORT",)),
        (', "HOST": "0.0.0.0", "LOG": false, "LOG_LEVEL": "debug"', ("HOST", "LOG")),
    ],
)
def test_what_needs_a_restart_is_named(tmp_path: Path, more: str, keys: tuple[str, ...]) -> None:
    path = tmp_path / "config.json"
    path.write_text(text(), encoding="utf-8")
    before = load(path, {})
    path.write_text(text(more=more), encoding="utf-8")
    assert needs_restart(before, load(path, {})) == keys
