"""The wizard and the menus walked on a real terminal, in both sizes and languages, with the real gateway."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.zcf.commands.terminal import CTRL_C, ENTER, ESC, ROOT, Terminal, check_screen, zcf
from zcf.i18n import Texts

SIZES = [(80, 24), (120, 40)]
LANGUAGES = ["en", "zh-CN"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home; a gateway that was started in it is stopped."""
    yield tmp_path
    if (tmp_path / ".claude-code-router/config.json").exists():
        environ = {"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT)}
        stop = [sys.executable, "-m", "ccr_proxy", "stop", "--force"]
        subprocess.run(stop, env=environ, capture_output=True, check=True)


def kept_language(home: Path, language: str) -> None:
    state = home / ".local/state/zcf"
    state.mkdir(parents=True)
    (state / "preferences.json").write_text(json.dumps({"language": language}))


def with_demo(home: Path, port: int) -> None:
    """A configuration with the built-in demo."""
    folder = home / ".claude-code-router"
    folder.mkdir()
    provider = {"name": "demo", "protocol": "demo", "models": ["demo"]}
    config = {"PORT": port, "APIKEY": "k", "Providers": [provider], "Router": {"default": "demo,demo"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "config.json").chmod(0o600)


def pick(terminal: Terminal, question: str, key: str) -> None:
    """Wait for the question, then press a shortcut and Enter."""
    terminal.wait_for(question)
    terminal.press(key + ENTER)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_through_the_wizard(home: Path, language: str, size: tuple[int, int]) -> None:
    texts, port = Texts(language), free_port()
    (home / ".claude-code-router").mkdir()
    (home / ".claude-code-router/config.json").write_text(json.dumps({"PORT": port}))
    name = f"wizard-{language}-{size[0]}x{size[1]}"
    values = {"port": str(port), "home": str(home)}
    with zcf(home, "init", size=size) as terminal:
        terminal.wait_for("Language / 语言")
        check_screen(terminal, f"{name}-1-language", **values)
        terminal.press(("1" if language == "en" else "2") + ENTER)
        terminal.wait_for(texts("wizard.provider"))
        check_screen(terminal, f"{name}-2-provider", **values)
        terminal.press("m" + ENTER)
        terminal.wait_for(texts("prompt.search"))
        terminal.press("demo")
        terminal.wait_for("/ demo")
        check_screen(terminal, f"{name}-3-search", **values)
        terminal.press(ENTER)
        terminal.wait_for(texts("wizard.apply"))
        check_screen(terminal, f"{name}-4-apply", **values)
        terminal.press(ENTER)
        terminal.wait_for(texts("init.ready"))
        assert terminal.end() == 0
        check_screen(terminal, f"{name}-5-ready", **values)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_menus_and_their_actions(home: Path, language: str, size: tuple[int, int]) -> None:
    texts, port = Texts(language), free_port()
    kept_language(home, language)
    with_demo(home, port)
    name = f"menu-{language}-{size[0]}x{size[1]}"
    values = {"port": str(port), "home": str(home)}
    with zcf(home, size=size) as terminal:
        terminal.wait_for(texts("menu.item_quit"))
        check_screen(terminal, f"{name}-1-main", **values)
        terminal.press("2" + ENTER)
        terminal.wait_for(texts("menu.item_check"))
        check_screen(terminal, f"{name}-2-ccr", **values)
        terminal.press("2" + ENTER)
        terminal.wait_for(texts("menu.gateway_on", url=f"http://127.0.0.1:{port}", pid="")[:30])
        terminal.wait_for("Gateway: started")
        terminal.press("3" + ENTER)
        terminal.wait_for("Gateway: stopped")
        terminal.press(ESC)
        terminal.wait_for(texts("menu.item_uninstall"))
        terminal.press("q" + ENTER)
        assert terminal.end() == 0


def test_a_failing_action_says_so_in_one_line_and_the_menu_stays(home: Path) -> None:
    kept_language(home, "en")
    with zcf(home, "ccr") as terminal:
        pick(terminal, "Back to Claude", "2")
        terminal.wait_for("error: ")
        terminal.wait_for("no such file")
        pick(terminal, "What shall be done?", "q")
        assert terminal.end() == 0


@pytest.mark.parametrize("command", [("init",), ("ccr",), ()])
def test_ctrl_c_leaves_with_130_and_without_a_trace(home: Path, command: tuple[str, ...]) -> None:
    before = sorted(home.rglob("*"))
    with zcf(home, *command) as terminal:
        terminal.wait_for("Esc")
        terminal.press(CTRL_C)
        assert terminal.end() == 130
    assert [path for path in sorted(home.rglob("*")) if path.is_file()] == before


@pytest.mark.parametrize("command", [(), ("ccr",), ("init",)])
def test_without_a_terminal_nothing_is_drawn_and_the_flag_is_named(home: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zcf", *command],
        env={"HOME": str(home), "PATH": "", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"-s" in done.stderr
    assert (b"Usage: zcf" in done.stderr) == (command != ("init",))
    assert b"\x1b" not in done.stderr
