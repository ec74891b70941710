"""A throw-away home in which the project's commands and the real Claude Code run, and a terminal to look at them.

Claude Code comes from `scripts/install-claude`; CLAUDE_PROGRAM names another one. Without it these tests are skipped.
The demo provider answers inside the gateway, so nothing here needs a key or a network.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pyte
import pytest

from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
CLAUDE = Path(os.environ.get("CLAUDE_PROGRAM", ROOT / ".tools/claude/node_modules/.bin/claude"))
COMMAND_SECONDS = 60
ROWS, COLUMNS = 50, 140

# Claude Code talks to the address it is given and to nobody else. As root it refuses to skip permission questions
# unless it is told that it runs in a sandbox.
QUIET = {
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_AUTOUPDATER": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "IS_SANDBOX": "1",
}


@dataclass(frozen=True, slots=True)
class Home:
    """An own HOME, a work folder in it, and the port that the gateway set up there shall have."""

    path: Path
    port: int

    @property
    def work(self) -> Path:
        """The folder Claude Code is started in."""
        return self.path / "work"

    def environment(self) -> dict[str, str]:
        """Everything a command started here sees: no key, no setting of the person who runs the tests."""
        search = [str(CLAUDE.parent), str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
        return {
            "HOME": str(self.path),
            "PATH": os.pathsep.join(search),
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            **QUIET,
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the work folder, without a terminal, and return what it said."""
        return subprocess.run(
            command,
            cwd=self.work,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def zcf(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`zcf ARGUMENTS`."""
        return self.run(sys.executable, "-m", "zcf", *arguments)

    def ccr(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`ccr ARGUMENTS`."""
        return self.run(sys.executable, "-m", "ccr_proxy", *arguments)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        """The main job, on this home's own port."""
        return self.zcf("i", "-s", "-t", "ccr_proxy", "--port", str(self.port))

    def claude(self, prompt: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`claude -p PROMPT`: print mode."""
        return self.run(str(CLAUDE), "-p", prompt, *arguments)

    def configuration(self) -> dict[str, bytes]:
        """The files that belong to Claude Code and CCR, by path below the home: what the set-up may change."""
        names = (".claude.json", ".claude/settings.json", ".claude-code-router/config.json")
        return {name: (self.path / name).read_bytes() for name in names if (self.path / name).exists()}


class Screen:
    """A program in a pseudo-terminal, seen as a person sees it; `seen` keeps every screen it ever showed."""

    def __init__(self, program: pexpect.spawn[bytes]) -> None:
        self._program = program
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.seen: list[str] = []

    @property
    def text(self) -> str:
        """The lines shown now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, pattern: str, seconds: float = 30) -> str:
        """Read until `pattern` is on the screen; fails with the screen when it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if re.search(pattern, self.text):
                return self.text
            self._read()
        raise AssertionError(f"{pattern!r} did not appear within {seconds} s. The screen:\n{self.text}")

    def press(self, keys: str) -> None:
        """Send key strokes as they are (Enter is a carriage return)."""
        self._program.send(keys)

    def type_line(self, text: str) -> None:
        """Type a line, wait until it is shown, then press Enter: typed in one go it would count as pasted."""
        self.press(text)
        self.wait_for(re.escape(text))
        self.press("\r")

    def _read(self) -> None:
        try:
            self._stream.feed(self._program.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            raise AssertionError(f"the program ended. The last screen:\n{self.text}") from None
        if not self.seen or self.seen[-1] != self.text:
            self.seen.append(self.text)


@pytest.fixture(scope="session")
def claude_program() -> Path:
    """The real Claude Code."""
    if not CLAUDE.exists():
        pytest.skip(f"no Claude Code at {CLAUDE}; scripts/install-claude puts it there")
    return CLAUDE


@pytest.fixture(scope="module")
def make_home(claude_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Home]]:
    """Makes empty homes; whatever gateway runs in one of them is stopped at the end."""
    homes: list[Home] = []

    def make() -> Home:
        home = Home(tmp_path_factory.mktemp("home"), free_port())
        home.work.mkdir()
        homes.append(home)
        return home

    yield make
    for home in homes:
        home.ccr("stop")


@pytest.fixture(scope="module")
def home(make_home: Callable[[], Home]) -> Home:
    """A home that was empty before the set-up ran in it once; shared by the tests of a module."""
    home = make_home()
    done = home.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture
def interactive_claude(home: Home) -> Iterator[Screen]:
    """Plain `claude`, started in a terminal in the work folder."""
    with terminal([str(CLAUDE)], home) as screen:
        yield screen


@contextmanager
def terminal(command: list[str], home: Home) -> Iterator[Screen]:
    """Run `command` in a pseudo-terminal of usual size; it is ended on the way out."""
    program = pexpect.spawn(
        shlex.join(command),
        cwd=str(home.work),
        env=home.environment(),
        dimensions=(ROWS, COLUMNS),
    )
    try:
        yield Screen(program)
    finally:
        program.close(force=True)
