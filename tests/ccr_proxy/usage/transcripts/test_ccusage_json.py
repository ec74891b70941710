"""Our reports beside those of the real ccusage, on the same transcripts.

ccusage comes from `scripts/install-ccusage`; without it these tests are skipped, and fail where CI is "true".
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccr_proxy.usage.transcripts.ccusage_json import SHAPES, blocks_json, period_json, session_json
from ccr_proxy.usage.transcripts.files import project_folders, transcripts
from ccr_proxy.usage.transcripts.periods import Calendar, Period
from ccr_proxy.usage.transcripts.prices import Mode, cost_by, shipped_price
from ccr_proxy.usage.transcripts.query import Days, Source, blocks, by_period, by_session
from ccr_proxy.usage.transcripts.reading import read_all
from ccr_proxy.usage.transcripts.sums import Sums
from ccr_proxy.usage.transcripts.totals import CostOf, total_of
from tests.ccr_proxy.usage.transcripts.claude_folder import HAIKU, OPUS, SONNET, line, write

PROGRAM = Path(__file__).parents[4] / ".tools/ccusage/node_modules/.bin/ccusage"
PERIODS = {"daily": Period.DAY, "weekly": Period.WEEK, "monthly": Period.MONTH}
COSTS = {"totalCost", "cost", "costUSD", "burnRate", "projection", "missingPricing", "unpricedModels"}


@pytest.fixture(scope="module")
def ccusage() -> Path:
    if not PROGRAM.exists():
        pytest.skip(f"no ccusage at {PROGRAM}; scripts/install-ccusage puts it there")
    return PROGRAM


def theirs(program: Path, home: Path, report: str, zone: str, *options: str) -> Any:
    done = subprocess.run(
        [program, "claude", report, "--json", "--offline", "-z", zone, *options],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def free(_: Sums) -> float:
    return 0.0


def ours(home: Path, report: str, zone: str, now: int = 1_900_000_000_000, cost_of: CostOf = free) -> Any:
    days, sources = Days(Calendar(ZoneInfo(zone))), sources_of(home)
    if report == "blocks":
        return blocks_json(blocks(sources, days, 5, cost_of), now)
    if report == "session":
        sessions = by_session(sources, days, cost_of)
        return session_json(sessions, total_of(sessions.values()))
    lines = by_period(sources, days, PERIODS[report], cost_of)
    return period_json(report, lines, total_of(lines.values()))


def sources_of(home: Path) -> list[Source]:
    files = list(transcripts(project_folders({}, home)))
    sums = read_all([file.path for file in files], {}).series()
    return [(file, sums[str(file.path)]) for file in files]


CLAUDE = (SONNET, OPUS, HAIKU, "claude-sonnet-4-20250514", "claude-opus-4-6", "claude-opus-4-8", "claude-sonnet-5")


def costs(report: Any) -> dict[str, float | None]:
    """Cost by model of a report of one line, None where its price is not known."""
    (entry,) = report["daily"]
    return {
        model["modelName"]: None if model.get("missingPricing") else round(model["cost"], 6)
        for model in entry["modelBreakdowns"]
    }


def comparable(report: Any) -> Any:
    """Without costs, and without an order that only costs, or ccusage's order of files, decide."""
    if isinstance(report, list):
        items = [comparable(item) for item in report]
        named = items and (isinstance(items[0], str) or "modelName" in items[0] or "sessionId" in items[0])
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if named else items
    if isinstance(report, dict):
        return {name: comparable(value) for name, value in report.items() if name not in COSTS}
    return report


def sample(seed: int) -> dict[str, list[str]]:
    """Sessions of some weeks with everything that transcripts hold: answers in several lines, resumed sessions,
    sub-agents, broken lines, lines about other things, answers without a model, cost or request."""
    dice = random.Random(seed)
    files: dict[str, list[str]] = {}
    at = datetime(2026, 10, 20, tzinfo=UTC)
    kept: list[str] = []
    for number in range(12):
        name = f"-home-u-app{number % 3}/session-{number:02d}"
        lines = ["{broken", "", '{"type":"user","message":{"role":"user","content":"\\"usage\\""}}', *kept[-3:]]
        for answer in range(dice.randrange(1, 25)):
            at += timedelta(seconds=dice.choice((5, 60, 900, 7_000, 40_000)))
            lines += answer_lines(dice, at, f"{number}-{answer}")
        kept += [text for text in lines if '"usage"' in text and "sidechain" not in text.lower()]
        files[f"{name}.jsonl"] = lines
        if number % 4 == 0:
            files[f"{name}/subagents/agent-1.jsonl"] = answer_lines(dice, at, f"{number}-agent", isSidechain=True)
            files[f"{name}/subagents/agent-1.jsonl"] += [
                text.replace('"isSidechain":false', '"isSidechain":true') for text in lines[4:6]
            ]
    return files


def answer_lines(dice: random.Random, at: datetime, name: str, **more: Any) -> list[str]:
    model = dice.choice((SONNET, OPUS, HAIKU, "glm-4.6", "<synthetic>", None, "nobody-knows-it"))
    request = dice.choice((f"req-{name}", f"req-{name}", None))
    said: list[str] = []
    for part in range(dice.randrange(1, 4) if request else 1):
        moment = (at + timedelta(milliseconds=120 * part)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        written = dice.randrange(0, 9_000)
        tokens = {"input": dice.randrange(3_000), "output": dice.randrange(2_000), "read": dice.randrange(90_000)}
        extra: dict[str, Any] = {**more, "written": written}
        if dice.random() < 0.4:
            extra["written_1h"] = dice.randrange(0, written + 1)
        if dice.random() < 0.2:
            extra["costUSD"] = dice.random()
        if dice.random() < 0.1:
            extra["usage"] = {"speed": "fast"}
        said.append(line(moment, f"msg-{name}", request, model, **tokens, **extra))
    return said


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/St_Johns"])
@pytest.mark.parametrize("report", [*SHAPES, "session", "blocks"])
def test_tokens_are_those_of_ccusage(ccusage: Path, tmp_path: Path, report: str, zone: str) -> None:
    for seed in range(3):
        home = write(tmp_path / str(seed), sample(seed))
        assert comparable(ours(home, report, zone)) == comparable(theirs(ccusage, home, report, zone))


def test_an_answer_without_request_in_several_lines_counts_once_where_ccusage_contradicts_itself(
    ccusage: Path, tmp_path: Path
) -> None:
    texts = [line(f"2026-11-01T12:00:00.{part}00Z", "m1", None, input=10 * part) for part in range(3)]
    home = write(tmp_path, {"p/s.jsonl": texts})
    assert {theirs(ccusage, home, report, "UTC")["totals"]["totalTokens"] for report in ("weekly", "session")} == {40}
    assert theirs(ccusage, home, "daily", "UTC")["totals"]["totalTokens"] == 20 + 30 + 40
    assert {ours(home, report, "UTC")["totals"]["totalTokens"] for report in ("daily", "weekly", "session")} == {40}


def test_an_empty_home_has_an_empty_report(ccusage: Path, tmp_path: Path) -> None:
    (tmp_path / ".claude/projects").mkdir(parents=True)
    for report in SHAPES:
        assert comparable(ours(tmp_path, report, "UTC")) == comparable(theirs(ccusage, tmp_path, report, "UTC"))


def test_lines_that_ccusage_passes_over_because_of_spaces_count(tmp_path: Path) -> None:
    home = write(tmp_path, {"p/s.jsonl": [json.dumps(json.loads(line()))]})
    assert ours(home, "daily", "UTC")["totals"]["totalTokens"] == 30


def test_the_outlook_of_the_present_window(tmp_path: Path) -> None:
    at = {"a": "12:10", "b": "12:40", "c": "12:55"}
    texts = [line(f"2026-11-01T{time}:00Z", name, input=500 if name == "b" else 10) for name, time in at.items()]
    at_one = 1_793_538_000_000
    (block,) = ours(write(tmp_path, {"p/s.jsonl": texts}), "blocks", "UTC", at_one)["blocks"]
    assert block["isActive"]
    rate = pytest.approx(580 / 45)
    assert block["burnRate"] == {"tokensPerMinute": rate, "tokensPerMinuteForIndicator": rate, "costPerHour": 0.0}
    assert block["projection"] == {
        "totalTokens": round(580 + 580 / 45 * 240),
        "totalCost": 0.0,
        "remainingMinutes": 240,
    }


@pytest.mark.parametrize("tokens", [{}, {"written": 5_000, "read": 60_000}, {"written": 5_000, "written_1h": 3_000}])
@pytest.mark.parametrize("more", [{}, {"costUSD": 0.25}])
def test_claude_models_cost_what_they_cost_in_ccusage(
    ccusage: Path, tmp_path: Path, tokens: dict[str, int], more: dict[str, Any]
) -> None:
    texts = [line(message=model, model=model, input=1_234, output=567, **tokens, **more) for model in CLAUDE]
    fast = [
        line(message=f"fast {model}", model=model, usage={"speed": "fast"})
        for model in ("claude-opus-4-6", "claude-opus-4-8", "claude-opus-5")
    ]
    home = write(tmp_path, {"p/s.jsonl": [*texts, *fast]})
    for mode in Mode:
        told = costs(theirs(ccusage, home, "daily", "UTC", "--mode", mode))
        assert len(told) == len(CLAUDE) + 3
        assert costs(ours(home, "daily", "UTC", cost_of=cost_by(mode, shipped_price))) == told


def test_a_model_that_nobody_knows_has_no_price_in_either(ccusage: Path, tmp_path: Path) -> None:
    home = write(tmp_path, {"p/s.jsonl": [line(model="nobody-knows-it")]})
    found = ours(home, "daily", "UTC", cost_of=cost_by(Mode.AUTO, shipped_price))
    assert found == theirs(ccusage, home, "daily", "UTC")
    assert found["totals"]["unpricedModels"] == ["nobody-knows-it"]


def test_a_long_prompt_to_sonnet_costs_the_higher_price_for_all_of_it_and_in_ccusage_for_a_part(
    ccusage: Path, tmp_path: Path
) -> None:
    """Prompts above 200,000 tokens cost 6 and 22.50 dollars in our price table, which counts for the whole request."""
    home = write(tmp_path, {"p/s.jsonl": [line(input=300_000, output=1_000)]})
    found = costs(ours(home, "daily", "UTC", cost_of=cost_by(Mode.AUTO, shipped_price)))
    assert found == {SONNET: round(300_000 * 6e-6 + 1_000 * 22.5e-6, 6)}
    said = costs(theirs(ccusage, home, "daily", "UTC"))
    assert said == {SONNET: round(200_000 * 3e-6 + 100_000 * 6e-6 + 1_000 * 15e-6, 6)}


def test_a_long_prompt_to_gemini_costs_the_same_in_ccusage(ccusage: Path, tmp_path: Path) -> None:
    home = write(tmp_path, {"p/s.jsonl": [line(model="gemini-2.5-pro", input=300_000, output=1_000)]})
    found = costs(ours(home, "daily", "UTC", cost_of=cost_by(Mode.AUTO, shipped_price)))
    assert found == costs(theirs(ccusage, home, "daily", "UTC")) == {"gemini-2.5-pro": 0.765}
