"""zcf in a pseudo-terminal of a certain size, in a home of its own, and its screens with what changes taken out."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parents[3]
# `UPDATE_SCREENS=1 python -m pytest tests/zcf/commands/test_menu.py` writes all of them anew; read the difference then.
SCREENS = Path(__file__).parent / "screens"
PATIENCE_SECONDS = 30.0
ENTER, ESC, CTRL_C = "\r", "\x1b", "\x03"


class Terminal:
    """What a person sees."""

    def __init__(self, program: pexpect.spawn[bytes], columns: int, rows: int) -> None:
        self._program = program
        self._screen = pyte.HistoryScreen(columns, rows, history=2_000)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """The screen, without the empty lines at its end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def wait_for(self, text: str) -> None:
        """Read until the text is on the screen."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.text:
            if time.monotonic() > deadline:
                raise AssertionError(f"{text!r} did not appear. The screen:\n{self.text}")
            self._read()

    def press(self, keys: str) -> None:
        """Press keys, as a terminal sends them."""
        self._program.send(keys)

    def read_more(self) -> bool:
        """Read what the program shows next; False when it has ended."""
        try:
            self._read()
        except pexpect.EOF:
            return False
        return True

    def settled(self) -> str:
        """The screen once nothing has been drawn for half a second."""
        shown = ""
        while shown != self.text:
            shown = self.text
            for _ in range(3):
                if not self.read_more():
                    break
        return self.text

    def end(self) -> int:
        """Read to the end; returns the exit code."""
        while not self._program.eof():
            try:
                self._read()
            except pexpect.EOF:
                break
        self._program.close()
        code: int = self._program.exitstatus
        return code

    def _read(self) -> None:
        try:
            self._stream.feed(self._program.read_nonblocking(65_536, timeout=0.2))
        except pexpect.TIMEOUT:
            return


@contextmanager
def zcf(home: Path, *arguments: str, size: tuple[int, int] = (80, 24), **environ: str) -> Iterator[Terminal]:
    """`zcf ARGUMENTS` on a terminal of so many columns and rows."""
    columns, rows = size
    world = {"HOME": str(home), "PATH": str(home / "bin"), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TERM": "xterm"}
    program = pexpect.spawn(
        sys.executable,
        ["-m", "zcf", *arguments],
        env=world | {"NO_PROXY": "127.0.0.1"} | environ,
        dimensions=(rows, columns),
        cwd=str(home),
        timeout=PATIENCE_SECONDS,
    )
    try:
        yield Terminal(program, columns, rows)
    finally:
        program.close(force=True)


def check_screen(terminal: Terminal, name: str, **changing: str) -> None:
    """Wait until the screen is that of `screens/NAME.txt`; `changing` are texts that differ from run to run, by what
    stands for them there. A screen may be read while it is being drawn, so only the one that stays is judged."""
    path = SCREENS / f"{name}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(_comparable(terminal.settled(), changing), encoding="utf-8")
    expected = path.read_text(encoding="utf-8")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _comparable(terminal.text, changing) != expected and time.monotonic() < deadline and terminal.read_more():
        pass
    assert _comparable(terminal.text, changing) == expected, f"{path.name} shows another screen"


def _comparable(text: str, changing: Mapping[str, str]) -> str:
    for meaning, value in changing.items():
        text = text.replace(value, f"<{meaning}>")
    text = re.sub(r"\(pid \d+\)", "(pid <pid>)", text)
    text = re.sub(r"\d+ ms", "<n> ms", text)
    text = re.sub(r"（(?:进程|pid) \d+）", "（进程 <pid>）", text)
    text = re.sub(r"json\.\d{4}-[\dT-]+Z\.bak", "json.<time>.bak", text)
    text = re.sub(r"\d+ 毫秒", "<n> 毫秒", text)
    text = re.sub(r'"…\w{4}"', '"…<key>"', text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
