"""`ccr config check`: every problem of a file, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.config.check import check
from ccr_proxy.transformers.checks import faults_in

PROVIDER = '"name": "p", "api_base_url": "https://p/v1", "api_key": "k", "models": ["m", "n"]'


def lines(folder: Path, text: str) -> list[str]:
    path = folder / "config.json"
    path.write_text(text, encoding="utf-8")
    checked = check(path, {}, faults_in)
    assert all(line.startswith(f"{path}:") for line in checked.lines)
    return [line.removeprefix(f"{path}:") for line in checked.lines]


def test_a_good_file_has_no_problem(tmp_path: Path) -> None:
    assert lines(tmp_path, f'{{"APIKEY": "k", "Providers": [{{{PROVIDER}}}], "Router": {{"default": "p,m"}}}}') == []


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "route.py").write_text("def route(:\n")
    text = f"""{{
  "APIKEY": "k",
  "PROT": 3456,
  "CUSTOM_ROUTER_PATH": "route.py",
  "Providers": [
    {{
      {PROVIDER},
      "transformer": {{
        "use": ["openruter", ["maxtoken", {{"max_tokens": 5}}]],
        "m": {{"use": ["deepsek"]}}
      }}
    }}
  ],
  "Router": {{
    "default": ["p,m", "p,o"],
    "think": {{"targets": ["q,m"], "strategy": "quickest"}},
    "longContextThresholds": {{"thnk": 5}},
    "rules": [
      {{"when": {{}}, "use": "p,n"}},
      {{"when": {{"tokns": {{"gt": 5}}}}, "use": "p,n"}},
      {{
        "name": "night",
        "when": {{}},
        "use": [
          "p,m",
          "p,mm"
        ]
      }}
    ]
  }},
  "fallback": {{
    "dfault": ["p,m"],
    "default": ["gone,m"]
  }}
}}
"""
    found = lines(tmp_path, text)
    assert [line.partition(" (")[0] for line in found] == [
        "3:3: warning: PROT has no effect: the name is unknown",
        f"4:3: error: CUSTOM_ROUTER_PATH: {tmp_path / 'route.py'}:1: SyntaxError: invalid syntax",
        '9:17: error: Providers[0].transformer.use[0]: there is no transformer "openruter"',
        '10:23: error: Providers[0].transformer.m.use[0]: there is no transformer "deepsek"',
        '15:24: warning: Router.default[1]: provider "p" does not list the model "o"; it is asked for all the same',
        "16:35: error: Router.think.strategy must be one of ordered, weighted, least_busy, fastest, cheapest",
        "17:31: warning: Router.longContextThresholds.thnk has no effect: the name is unknown",
        "20:17: error: Router.rules[1].when.tokns is not known here",
        '26:11: error: Router.rules[2].use[1]: provider "p" does not list the model "mm"; "night" is inactive',
        "32:5: warning: fallback.dfault has no effect: the name is unknown",
        '33:17: error: fallback.default[0]: there is no provider "gone"',
    ]
    assert '(did you mean "tokens"?)' in found[7]
    assert "(known: m, n)" in found[8]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{\n  "Router" {}\n}', "2:12: error: not valid JSON: "),
        ("", "1:1: error: not valid JSON: "),
        ("[]", "1:1: error: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, text: str, line: str) -> None:
    (found,) = lines(tmp_path, text)
    assert found.startswith(line)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    checked = check(tmp_path / "config.json", {}, faults_in)
    assert checked.loaded is None
    assert [problem.message for problem in checked.problems] == ["no such file"]


def test_providers_in_small_letters_and_of_any_shape(tmp_path: Path) -> None:
    found = lines(
        tmp_path,
        f"""{{"APIKEY": "k", "Router": {{"default": "p,m"}}, "providers": [
{{{PROVIDER}, "transformer": {{"use": ["nonesuch"]}}}},
{{{PROVIDER.replace('"p"', '"q"')}, "transformer": {{"use": [5]}}}}]}}""",
    )
    assert [line.partition(" (")[0] for line in found] == [
        '2:109: error: providers[0].transformer.use[0]: there is no transformer "nonesuch"',
        '3:109: error: providers[1].transformer.use[0] must be a transformer\'s name or ["name", {options}]',
    ]
