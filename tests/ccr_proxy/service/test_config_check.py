"""Everything that is wrong with a configuration, from all who have an opinion, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccr_proxy.config import paths
from ccr_proxy.service.config_check import check_everything

GOOD = '"api_base_url": "https://p/v1", "api_key": "k", "models": ["m"]'


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    paths.ccr_home().mkdir()


def lines(text: str) -> list[str]:
    path = paths.config_path()
    path.write_text(text, encoding="utf-8")
    return [line.removeprefix(f"{path}:") for line in check_everything(path, {}).lines]


def test_a_good_file() -> None:
    assert lines(f'{{"APIKEY": "k", "Providers": [{{"name": "p", {GOOD}}}], "Router": {{"default": "p,m"}}}}') == []


@pytest.mark.parametrize("key", ["Providers", "providers"])
def test_availability_is_told_with_the_line_of_its_provider(key: str) -> None:
    """The first provider is left out: the numbers are those of the file all the same."""
    found = lines(f"""{{
  "APIKEY": "k",
  "{key}": [
    {{"name": "broken"}},
    {{"name": "p", {GOOD},
      "limits": {{"concurrency": "many"}}}}
  ],
  "Router": {{"default": "p,m"}},
  "availability": {{
    "cooldown": 5,
    "health_checks": "hourly"
  }}
}}""")
    assert [line for line in found if not line.startswith("4:")] == [
        f"6:18: error: {key}[1].limits.concurrency must be a whole number, 1 or more",
        '10:5: warning: availability.cooldown has no effect: the name is unknown (did you mean "cooldown_ms"?)',
        "11:5: error: availability.health_checks.when must be one of off, on_start, periodic",
    ]
    assert len(found) > 3


def test_transformers_of_ones_own_are_known_and_checked() -> None:
    (paths.ccr_home() / "own.py").write_text('name = "shout"\nraise SystemExit("it was run")\n', encoding="utf-8")
    found = lines(f"""{{
  "APIKEY": "k",
  "transformers": [
    {{"path": "own.py"}},
    {{"path": "missing.py"}}
  ],
  "Providers": [{{"name": "p", {GOOD}, "transformer": {{"use": [["shout", {{"x": 1}}], "shuot"]}}}}],
  "Router": {{"default": "p,m"}}
}}""")
    missing, unknown = found
    assert missing.startswith("5:5: error: ")
    assert "missing.py: cannot be read" in missing
    assert 'there is no transformer "shuot" (did you mean "shout"?)' in unknown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"PORT": }', "1:10: error: not valid JSON: "),
        ("[]", "1:1: error: "),
        ("", "1:1: error: "),
    ],
)
def test_a_file_that_cannot_be_read_has_one_problem(text: str, line: str) -> None:
    (found,) = lines(text)
    assert found.startswith(line)


def test_a_file_of_the_wrong_shape_is_no_surprise() -> None:
    found = lines('{"Providers": {"name": "p"}, "Router": [], "transformers": [5], "availability": 7}')
    assert any(": error: availability must be an object" in line for line in found)
    assert any("Providers must be a list" in line for line in found)
