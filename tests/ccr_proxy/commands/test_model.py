"""`ccr model`: the listing, and changes that a running gateway takes over."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

PROVIDERS = [{"name": "demo", "protocol": "demo", "models": ["demo", "big"]}, {"name": "free", "protocol": "demo"}]


def test_the_listing_names_routes_models_and_who_uses_them(ccr: Any) -> None:
    ccr.write_config(Providers=PROVIDERS, Router={"default": "demo,demo", "think": ["demo,demo", "free,x"]})
    assert ccr("model", PYTHONIOENCODING="utf-8").stdout.splitlines() == [
        "ROUTE        MODEL",
        "default      demo,demo",
        "background   -",
        "think        demo,demo → free,x",
        "longContext  -",
        "webSearch    -",
        "image        -",
        "",
        "PROVIDER  MODEL  USED BY",
        "demo      demo   Router.default, Router.think[0]",
        "demo      big    -",
        "free      any    -",
    ]
    document = ccr.json("model")
    assert document["routes"] == {"default": "demo,demo", "think": "demo,demo → free,x"}
    assert document["providers"][0]["models"][1] == {"name": "big", "used_by": []}


def test_a_changed_route_counts_in_the_running_gateway(ccr: Any) -> None:
    ccr.write_config(Providers=PROVIDERS)
    pid = ccr.json("start")["pid"]
    done = ccr("model", "set", "default", "demo,big")
    assert done.returncode == 0, done.stderr
    now, before, backup, gateway = done.stdout.splitlines()
    assert (now, before) == ("Router.default: demo,big", "Before: demo,demo")
    assert backup.startswith(f"Backup: {ccr.config_path}.2")
    assert gateway == f"Gateway: process {pid} uses it from the next second on"
    deadline = time.monotonic() + 20
    while (model := answering_model(ccr.port)) != "big" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert model == "big"


def answering_model(port: int) -> str | None:
    body = {"model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    url = f"http://127.0.0.1:{port}/v1/messages"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"x-api-key": "sk-secret-key"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        model: str | None = answer.headers["x-ccr-model"]
        return model


def test_models_are_added_and_removed_once(ccr: Any) -> None:
    ccr.write_config(Providers=PROVIDERS)
    added = ccr.json("model", "add", "demo", "new")
    assert (added["changed"], added["after"]) == (True, "demo, big, new")
    again = ccr("model", "add", "demo", "new")
    assert (again.returncode, again.stdout) == (0, "Models of demo: demo, big, new, as it was\n")
    removed = ccr.json("model", "remove", "demo", "new")
    assert (removed["after"], removed["problems"]) == ("demo, big", [])
    assert json.loads(ccr.config_path.read_text())["Providers"] == PROVIDERS


def test_what_is_refused_changes_nothing(ccr: Any) -> None:
    ccr.write_config(Providers=PROVIDERS)
    before = ccr.config_path.read_bytes()
    used = ccr("model", "remove", "demo", "demo")
    assert (used.returncode, used.stderr) == (
        1, "error: demo,demo is used by Router.default: send these elsewhere first\n",
    )  # fmt: skip
    wrong = ccr("model", "set", "defualt", "demo,big")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no such route: defualt (there are default, background," in wrong.stderr
    assert ccr.config_path.read_bytes() == before
    assert list(ccr.config_path.parent.glob("*.bak")) == []


def test_a_config_before_or_after_the_command_counts(ccr: Any, tmp_path: Any) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"APIKEY": "k", "Providers": PROVIDERS}))
    assert ccr("model", "--config", str(other), "set", "think", "free,any name").returncode == 0
    assert ccr("model", "set", "image", "big", "--config", str(other)).returncode == 0
    assert ccr.json("model", "-c", str(other))["routes"] == {"think": "free,any name", "image": "demo,big"}


def test_a_change_that_the_gateway_will_not_take_is_told_as_such(ccr: Any) -> None:
    unusable = {"name": "later", "api_base_url": "http://127.0.0.1:1/v1", "api_key": "$LATER_KEY", "models": ["m"]}
    ccr.write_config(Providers=[*PROVIDERS, unusable])
    pid = ccr.json("start")["pid"]
    done = ccr("model", "set", "think", "later,m")
    assert done.returncode == 0
    problem, gateway = done.stdout.splitlines()[-2:]
    assert "needs the environment variable LATER_KEY, which is unset or empty" in problem
    assert gateway == f"Gateway: process {pid} goes on with what it has, because of the error"
