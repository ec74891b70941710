"""An entry is installed wholly or not at all; what stood there before comes back."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.autostart.apply import (
    Outcome,
    install,
    is_installed,
    require_possible,
    run_command,
    uninstall,
)
from ccr_proxy.service.autostart.entry import Command, Entry


@dataclass
class System:
    """A system that does what it is told but for the commands in `refuses`."""

    path: Path
    refuses: tuple[str, ...] = ()
    has_it: bool = False
    done: list[str] = field(default_factory=list)

    def run(self, command: Command) -> Outcome:
        word = command[-1]
        self.done.append(word)
        if word in self.refuses:
            return Outcome(1, f"{word} is refused")
        if word == "query":
            return Outcome(0 if self.has_it else 1, "")
        if word == "enable":
            assert self.path.exists()
        self.has_it = {"enable": True, "withdraw": False}.get(word, self.has_it)
        return Outcome(0, "")


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    return Entry(
        system="init",
        path=tmp_path / "units" / "ccr.unit",
        content=b"new",
        check=("init", "check"),
        install=(("init", "reload"), ("init", "enable")),
        withdraw=(("init", "withdraw"),),
        forget=(("init", "reload"),),
        query=("init", "query"),
        note="",
    )


def test_installed_and_removed(entry: Entry, tmp_path: Path) -> None:
    system, log = System(entry.path), tmp_path / "logs" / "gateway.log"
    install(entry, log, system.run)
    assert system.done == ["query", "reload", "enable"]
    assert (entry.path.read_bytes(), system.has_it) == (b"new", True)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    uninstall(entry, system.run)
    assert (system.done[3:], entry.path.exists(), is_installed(entry, system.run)) == (
        ["withdraw", "reload", "query"], False, False,
    )  # fmt: skip


def test_an_entry_of_an_earlier_time_is_withdrawn_first(entry: Entry, tmp_path: Path) -> None:
    entry.path.parent.mkdir()
    entry.path.write_bytes(b"old")
    system = System(entry.path, has_it=True)
    install(entry, tmp_path / "log", system.run)
    assert system.done == ["query", "withdraw", "reload", "enable"]
    assert entry.path.read_bytes() == b"new"


@pytest.mark.parametrize("before", [None, b"old"])
def test_what_the_system_refuses_leaves_everything_as_it_was(
    entry: Entry, tmp_path: Path, before: bytes | None
) -> None:
    entry.path.parent.mkdir()
    if before is not None:
        entry.path.write_bytes(before)
    system = System(entry.path, refuses=("enable",))
    with pytest.raises(ServiceFault, match=r"init does not take it \(`init enable`\): enable is refused"):
        install(entry, tmp_path / "log", system.run)
    assert (entry.path.read_bytes() if entry.path.exists() else None) == before
    assert system.done[-1] == ("reload" if before is None else "enable")


def test_what_stays_after_removing_is_told(entry: Entry) -> None:
    system = System(entry.path, refuses=("withdraw",), has_it=True)
    with pytest.raises(ServiceFault, match="init does not give it up: `init query` still finds it"):
        uninstall(entry, system.run)


def test_a_system_that_can_start_nothing_says_why(entry: Entry) -> None:
    with pytest.raises(ServiceFault, match=r"init starts nothing for this user \(`init check`: check is refused\)"):
        require_possible(entry, System(entry.path, refuses=("check",)).run)


def test_commands_are_really_run() -> None:
    assert run_command((sys.executable, "-c", "print('a'); print('b')")) == Outcome(0, "b")
    assert run_command((sys.executable, "-c", "raise SystemExit('why')")) == Outcome(1, "why")
    assert run_command((sys.executable, "-c", "raise SystemExit(3)")) == Outcome(3, "exit code 3")
    with pytest.raises(ServiceFault, match="this system has no no-such-init"):
        run_command(("no-such-init", "x"))
