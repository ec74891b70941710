"""`ccr test`: every target answers a small real request, or the exit code says so."""

from __future__ import annotations

from typing import Any

import click
import pytest

from ccr_proxy.commands.test import chosen_targets, progress
from ccr_proxy.service.trials import TrialResult

DEMO = {"name": "demo", "protocol": "demo", "models": ["demo"]}
DEAD = {"name": "dead", "api_base_url": "http://127.0.0.1:1/v1/chat/completions", "api_key": "k", "models": ["m"]}
ROUTES = {"default": ["a,m", "b,m"], "think": ["b,m"], "rule “night”": ["c,m"]}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), {"a,m": ["default"], "b,m": ["default", "think"], "c,m": ["rule “night”"]}),
        (("think",), {"b,m": ["default", "think"]}),
        (("THINK", "default"), {"b,m": ["default", "think"], "a,m": ["default"]}),
        (("night",), {"c,m": ["rule “night”"]}),
        (("rule “night”",), {"c,m": ["rule “night”"]}),
        (("x,y",), {"x,y": []}),
    ],
)
def test_which_targets_are_tested(names: tuple[str, ...], expected: dict[str, list[str]]) -> None:
    assert chosen_targets(names, ROUTES) == expected


@pytest.mark.parametrize(
    ("names", "routes", "words"),
    [
        (("thnk",), ROUTES, "no such route: thnk (did you mean think?)"),
        (("zzz",), {"default": ["a,m"]}, "no such route: zzz (there are: default)"),
        ((), {}, "no route is configured"),
    ],
)
def test_what_is_no_route_is_wrong_use(names: tuple[str, ...], routes: dict[str, list[str]], words: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        chosen_targets(names, routes)
    assert words in refused.value.message


def test_all_routes_answer(ccr: Any) -> None:
    ccr.write_config(Router={"default": "demo,demo", "think": "demo,demo"})
    assert ccr("start").returncode == 0
    done = ccr("test")
    assert done.returncode == 0, done.stderr
    heads, text, tool, end = done.stdout.splitlines()
    assert heads.split() == ["TARGET", "TEST", "RESULT", "FIRST", "MS", "TOTAL", "MS", "IN", "OUT", "ROUTES"]
    assert text.split()[:3] == ["demo,demo", "text", "ok"]
    assert tool.split()[:4] == ["demo,demo", "tool", "call", "ok"]
    assert text.endswith("default, think")
    assert end == "Tests: 2 of 2 ok"
    assert done.stderr == "", "progress is for a terminal"


def test_on_a_terminal_each_result_is_told_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    tell = progress(2)
    tell(TrialResult("b,m", "text", ""))
    tell(TrialResult("a,m", "tool call", "502: no"))
    assert capsys.readouterr().err.splitlines() == ["1 of 2: b,m, text: ok", "2 of 2: a,m, tool call: failed"]


def test_one_that_fails_is_told_and_nobody_answers_in_its_place(ccr: Any) -> None:
    ccr.write_config(Providers=[DEMO, DEAD], fallback={"default": ["dead,m"]})
    assert ccr("start").returncode == 0
    done = ccr("test")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["demo,demo", "demo,demo", "dead,m", "dead,m"]
    assert lines[5].startswith("Failed: dead,m, text: 502: dead,m could not be reached: ")
    assert lines[-1] == "Tests: 2 of 4 ok"
    alone = ccr.json("test", "dead,m")
    assert (alone["ok"], [test["ok"] for test in alone["tests"]]) == (False, [False, False])
    assert alone["tests"][0]["routes"] == ["default"]
    good = ccr.json("test", "demo,demo")
    assert good["ok"]
    assert good["tests"][0]["answered_by"] == "demo,demo"
    assert good["tests"][0]["output_tokens"] > 0
    assert ccr("test", "thnk").returncode == 2
    assert "nobody" in ccr.json("test", "nobody,m")["tests"][0]["error"]


def test_it_needs_a_gateway(ccr: Any) -> None:
    ccr.write_config()
    done = ccr("test")
    assert (done.returncode, done.stderr) == (1, "error: the gateway is not running: `ccr start` starts it\n")
