"""`ccr health`: who can answer; circuits closed by hand; providers asked at once."""

from __future__ import annotations

import time
from typing import Any

DEMO = {"name": "demo", "protocol": "demo", "models": ["demo"]}
DEAD = {
    "name": "dead", "api_base_url": "http://127.0.0.1:1/v1/chat/completions", "api_key": "sk-dead-0123456789-WXYZ",
    "models": ["m"],
}  # fmt: skip


def test_circuits_are_shown_and_closed(ccr: Any) -> None:
    ccr.write_config(Providers=[DEMO, DEAD], availability={"failures_to_open": 1}, Router={"default": "dead,m"})
    assert ccr("start").returncode == 0
    calm = ccr("health").stdout.splitlines()
    assert [line.split()[:2] for line in calm[1:3]] == [["demo", "#1"], ["dead", "#1"]]
    assert calm[3:] == ["Circuits: all closed"]

    assert ccr("health", "check").returncode == 1
    lines = ccr("health").stdout.splitlines()
    assert lines[4].split()[:2] == ["CIRCUIT", "OF"]
    assert lines[5].startswith("dead        open, ")
    assert "unreachable: dead,m could not be reached" in lines[5]
    (circuit,) = ccr.json("health")["circuits"]
    assert (circuit["provider"], circuit["phase"]) == ("dead", "open")

    assert ccr("health", "reset", "demo").stdout == "Closed circuits: 0\n"
    assert ccr("health", "reset", "--key", "#1 …WXYZ").stdout == "Closed circuits: 0\n"
    assert ccr("health", "reset", "dead").stdout == "Closed circuits: 1\n"
    assert ccr.json("health", "reset") == {"closed": 0}
    unknown = ccr("health", "reset", "ded")
    assert (unknown.returncode, unknown.stderr) == (
        1, "error: provider 'ded' is not configured; there are: demo, dead\n",
    )  # fmt: skip


def test_a_check_says_what_it_found(ccr: Any) -> None:
    ccr.write_config(Providers=[DEMO, DEAD], Router={"default": "dead,m"})
    assert ccr("start").returncode == 0
    done = ccr("health", "check")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1].split()[:6] == ["dead", "-", "-", "model", "list", "failed"]
    document = ccr.json("health", "check", "dead")
    assert (document["ok"], document["checks"][0]["outcome"]) == (False, "failed")
    demo = ccr("health", "check", "demo")
    assert (demo.returncode, demo.stdout.startswith("Nothing to check")) == (0, True)


def test_what_the_last_background_check_found_is_shown(ccr: Any) -> None:
    availability = {"health_checks": "on_start"}
    ccr.write_config(Providers=[DEMO, DEAD], Router={"default": "dead,m"}, availability=availability)
    assert ccr("start").returncode == 0
    deadline = time.monotonic() + 20
    while (check := ccr.json("health")["health_check"]) is None:
        assert time.monotonic() < deadline, "the check at the start has not ended"
    assert [each["outcome"] for each in check["checks"]] == ["failed"]
    lines = ccr("health").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Last health check: 20"))
    assert lines[at + 2].split()[:6] == ["dead", "-", "-", "model", "list", "failed"]
    assert "could not be reached" in lines[at + 2]


def test_the_configuration_may_be_named_before_or_after_the_verb(ccr: Any) -> None:
    ccr.write_config()
    assert ccr("start").returncode == 0
    elsewhere = ccr.home / "other.json"
    elsewhere.write_text('{"APIKEY": "another-key"}', encoding="utf-8")
    for arguments in (("health", "-c", str(elsewhere)), ("health", "-c", str(elsewhere), "reset"),
                      ("health", "reset", "-c", str(elsewhere))):  # fmt: skip
        done = ccr(*arguments)
        assert done.returncode == 1
        assert f"does not know the key of {elsewhere}" in done.stderr


def test_budgets_are_shown_with_what_is_used(ccr: Any) -> None:
    budgets = [
        {"per": "provider", "name": "demo", "period": "month", "tokens": 5_000_000},
        {"per": "route", "name": "think", "period": "day", "tokens": 10, "then": {"use": "dead,m"}},
    ]
    ccr.write_config(Providers=[DEMO, DEAD], Router={"default": "demo,demo"}, availability={"budgets": budgets})
    assert ccr("start").returncode == 0
    assert ccr("test", "demo,demo").returncode == 0
    (used, _) = ccr.json("health")["budgets"]
    assert 0 < used["used"] < 5_000
    shown = ccr("health").stdout.splitlines()
    assert shown[-3].split() == ["BUDGET", "OF", "PER", "USED", "LIMIT", "THEN"]
    assert shown[-2].split() == [
        "provider", "demo", "month", f"{used['used']:,.0f}", "tokens", "(0%)", "5,000,000", "tokens", "refuse",
    ]  # fmt: skip
    assert shown[-1].split() == ["route", "think", "day", "0", "tokens", "(0%)", "10", "tokens", "dead,m", "instead"]


def test_it_needs_a_gateway(ccr: Any) -> None:
    ccr.write_config()
    for arguments in (("health",), ("health", "reset"), ("health", "check")):
        done = ccr(*arguments)
        assert (done.returncode, done.stderr) == (1, "error: the gateway is not running: `ccr start` starts it\n")
