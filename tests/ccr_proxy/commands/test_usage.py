"""`ccr usage`: what is printed for which command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ccr_proxy.usage.transcripts.claude_folder import HAIKU, SONNET, line, write

FIRST, SECOND = "2026-11-01T12:00:00.000Z", "2026-11-02T09:30:00.000Z"


@pytest.fixture
def used(ccr: Any) -> Any:
    """A home in which two projects were worked on, with a model that has no price."""
    write(
        ccr.home,
        {
            "-home-u-app/s1.jsonl": [
                line(FIRST, "m1", input=150_000, output=100_000),
                line(SECOND, "m2", model=HAIKU, input=1_000, output=2_000, read=50_000),
            ],
            "-home-u-lib/s2.jsonl": [line(SECOND, "m3", model="nobody-knows-it", input=300, output=700)],
        },
    )
    return ccr


def test_by_day_with_a_cost_that_lacks_something(used: Any) -> None:
    done = used("usage", "-z", "UTC")
    assert (done.returncode, done.stderr) == (0, "")
    title, _, heads, _, *rows, _, total, _, note, _ = done.stdout.splitlines()
    assert title.strip() == "Usage by day"
    assert heads.split() == "Day Models Input Output Cache write Cache read Tokens Cost".split()
    assert rows[0].split() == "2026-11-01 sonnet-4-5 150,000 100,000 0 0 250,000 $1.95 ████████".split()
    assert rows[1].split()[:7] == ["2026-11-02", "haiku-4-5", "1,300", "2,700", "0", "50,000", "54,000"]
    assert rows[1].split()[7] == "$0.02+"
    assert rows[2].split() == ["nobody-knows-it"]
    assert total.split() == ["Total", "151,300", "102,700", "0", "50,000", "304,000", "$1.97+"]
    assert note.startswith("No price is known for nobody-knows-it; a cost with + lacks it.")


def test_a_line_whose_price_is_not_known_says_so_instead_of_zero(used: Any) -> None:
    done = used("usage", "projects", "-p", "lib", "-z", "UTC")
    row = next(text for text in done.stdout.splitlines() if "-home-u-lib" in text)
    assert row.split()[-2:] == ["unknown", "████████"]
    assert "$0.00" not in done.stdout


@pytest.mark.parametrize(("columns", "heads"), [("80", ["Tokens", "Cost"]), ("120", ["Input", "Output", "Cache"])])
@pytest.mark.parametrize("report", ["daily", "weekly", "monthly", "session", "blocks", "models", "projects"])
def test_tables_fit(used: Any, report: str, columns: str, heads: list[str]) -> None:
    done = used("usage", report, "-z", "UTC", COLUMNS=columns)
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert max(map(len, lines)) <= int(columns)
    assert set(heads) <= set(lines[2].split())
    assert any(text.split()[:1] == ["Total"] for text in lines)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ((), ["2026-11-01", "2026-11-02"]),
        (("--order", "desc"), ["2026-11-02", "2026-11-01"]),
        (("--since", "20261102"), ["2026-11-02"]),
        (("--until", "2026-11-01"), ["2026-11-01"]),
        (("--timezone", "Pacific/Auckland"), ["2026-11-02"]),
        (("--project", "lib"), ["2026-11-02"]),
        (("--project", "-home-u-app"), ["2026-11-01", "2026-11-02"]),
        (("--project", "/home/u/lib"), ["2026-11-02"]),
        (("--last", "1"), []),
    ],
)
def test_which_lines(used: Any, words: tuple[str, ...], days: list[str]) -> None:
    zone = () if "--timezone" in words else ("-z", "UTC")
    assert [entry["date"] for entry in used.json("usage", *words, *zone)["daily"]] == days


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--sinc", "20261101"), "--since"),
        (("daly",), "'daily', 'weekly'"),
        (("--since", "20261301"), "20261301 is no day; write it as 20261125 or 2026-11-25"),
        (("--timezone", "Europe/Berlim"), "no time zone (did you mean Europe/Berlin?)"),
        (("--timezone", "/etc/passwd"), "no time zone"),
        (("--project", "-home-u-apq"), "no project -home-u-apq (did you mean -home-u-app?)"),
        (("models", "--active"), "models has no --active"),
        (("blocks", "--session-length", "5.1"), "5.1 is not a number of hours in whole quarters"),
        (("blocks", "--token-limit", "many"), "neither a number of tokens nor max"),
    ],
)
def test_wrong_use_is_told_in_one_line(used: Any, words: tuple[str, ...], reason: str) -> None:
    done = used("usage", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr.splitlines()[-1]


def test_without_transcripts_it_says_where_it_looked(ccr: Any) -> None:
    done = ccr("usage")
    assert done.returncode == 0
    assert f"No transcripts in {Path('.config/claude/projects')}" in done.stdout.replace(f"{ccr.home}/", "")
    assert ccr.json("usage") == {
        "daily": [],
        "totals": {
            "inputTokens": 0,
            "outputTokens": 0,
            "cacheCreationTokens": 0,
            "cacheReadTokens": 0,
            "totalTokens": 0,
            "totalCost": 0.0,
        },
    }


def test_where_nothing_fits_it_says_what_there_is(used: Any) -> None:
    done = used("usage", "--since", "20270101", "-z", "UTC")
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("are from 2026-11-01 to 2026-11-02.")


def test_csv(used: Any) -> None:
    assert used("usage", "--csv", "-z", "UTC").stdout.splitlines() == [
        "date,inputTokens,outputTokens,cacheCreationTokens,cacheReadTokens,totalTokens,costUSD",
        "2026-11-01,150000,100000,0,0,250000,1.95",
        "2026-11-02,1300,2700,0,50000,54000,0.016",
    ]
    split = used("usage", "monthly", "--csv", "-b", "-z", "UTC").stdout.splitlines()
    assert [row.split(",")[1] for row in split] == ["modelName", SONNET, HAIKU, "nobody-knows-it"]
    assert split[-1].endswith(",1000,")


def test_prices_of_the_configuration_count(used: Any) -> None:
    used.write_config(usage={"prices": {"demo": {"nobody-knows-it": {"input": 1000, "output": 0}}}})
    done = used("usage", "-z", "UTC", "--csv")
    assert done.stdout.splitlines()[-1].endswith(",0.316")


def test_a_configuration_that_cannot_be_read_is_told_and_the_shipped_prices_count(used: Any) -> None:
    (used.home / ".claude-code-router").mkdir(exist_ok=True)
    (used.home / ".claude-code-router/config.json").write_text('{"usage": {"prices": ', encoding="utf-8")
    done = used("usage", "-z", "UTC", "--csv")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].endswith(",1.95")
    assert done.stderr.startswith("warning: prices of the configuration are not used: ")


def test_what_a_transcript_says_is_remembered_and_what_is_added_counts(used: Any) -> None:
    before = used.json("usage", "-z", "UTC")
    path = used.home / ".claude/projects/-home-u-lib/s2.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(line(SECOND, "m4", input=7, output=0) + "\n")
    after = used.json("usage", "-z", "UTC")
    assert after["totals"]["totalTokens"] == before["totals"]["totalTokens"] + 7
    assert json.dumps(after) == json.dumps(used.json("usage", "-z", "UTC", "--no-cache"))


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        ((), ["2026-11-01T12:00", "2026-11-01T17:00", "2026-11-02T09:00"]),
        (("--since", "20261102"), ["2026-11-02T09:00"]),
        (("--last", "1"), ["2026-11-02T09:00"]),
        (("--session-length", "24"), ["2026-11-01T12:00"]),
        (("--active",), []),
        (("--recent",), []),
    ],
)
def test_which_blocks(used: Any, words: tuple[str, ...], starts: list[str]) -> None:
    blocks = used.json("usage", "blocks", "-z", "UTC", *words)["blocks"]
    assert [block["startTime"][:16] for block in blocks] == starts


def test_the_present_block_with_its_outlook_and_the_part_of_a_limit(ccr: Any) -> None:
    now = datetime.now(UTC)
    texts = [
        line(f"{now - timedelta(minutes=ago):%Y-%m-%dT%H:%M:%S.000Z}", f"m{ago}", input=5_000, output=0)
        for ago in (2, 1)
    ]
    write(ccr.home, {"p/s.jsonl": texts})
    done = ccr("usage", "blocks", "--active", "--token-limit", "20000")
    lines = done.stdout.splitlines()
    assert "now" in lines[4].split()
    assert "50%" in lines[4].split()
    assert "So far 10,000 tokens a minute and $1.80 an hour; at this pace" in " ".join(lines)
