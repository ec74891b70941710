"""The JSON Schema for editors: current, and at one with what is really read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ccr_proxy.config.json_schema import config_schema, schema_json

ROOT = Path(__file__).parents[3]
VALIDATOR = Draft202012Validator(config_schema())
PROVIDER = {"name": "p", "api_base_url": "https://p/v1", "api_key": "$KEY", "models": ["m"]}


def test_the_file_in_the_documentation_is_current() -> None:
    """Write it anew with `python -m ccr_proxy.config.json_schema > docs/config.schema.json`."""
    assert (ROOT / "docs" / "config.schema.json").read_text(encoding="utf-8") == schema_json()


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(config_schema())


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"$schema": "x", "PORT": "$PORT", "LOG": "false", "Providers": [PROVIDER], "my own": {"a": [1]}},
        {"providers": [PROVIDER], "httpsProxy": "http://p", "API_TIMEOUT_MS": "600000"},
        {"Providers": [{"name": "demo", "protocol": "demo"}]},
        {"Providers": [{**PROVIDER, "transformer": {"use": ["a", ["b", {"c": 1}]], "m": {"use": ["d"]}}}]},
        {"Router": {"default": "p,m", "think": ["p,m", "q,n"], "image": None, "longContextThreshold": 60000}},
        {"Router": {"default": {"targets": [{"use": "p,m", "weight": 3}, "q,n"], "strategy": "weighted"}}},
        {"Router": {"thinkWhen": {"words": ["denk nach"], "plan_mode": False}}},
        {
            "Router": {
                "rules": [
                    {
                        "name": "n",
                        "when": {
                            "tokens": {"gt": 5},
                            "any": [{"model": "a*"}, {"not": {"tools": ["Web*", {"regex": "^mcp"}]}}],
                            "time": {"from": "22:00", "to": "06:00", "days": ["mon-fri"], "zone": "UTC"},
                            "spend": {"lt": 5, "per": "month"},
                            "header": {"x-team": "red", "x-other": False},
                            "images": "last",
                        },
                        "use": ["p,m", {"use": "q,n"}],
                        "set": {"max_tokens": 5, "thinking": False, "without_tools": "Web*"},
                    }
                ]
            }
        },
        {"fallback": {"default": ["p,m"], "think": [], "image": "p,m"}},
    ],
)
def test_what_is_read_is_valid(config: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(config)] == []


@pytest.mark.parametrize(
    "config",
    [
        {"Providers": "p"},
        {"Providers": [{"name": "p", "models": ["m"]}]},
        {"Providers": [{**PROVIDER, "protocol": "soap"}]},
        {"Router": {"default": 5}},
        {"Router": {"default": {"targets": ["p,m"], "strategy": "quickest"}}},
        {"Router": {"rules": [{"use": "p,m"}]}},
        {"Router": {"rules": [{"when": {"tokns": {}}, "use": "p,m"}]}},
        {"Router": {"rules": [{"when": {"not": {"tokens": {"over": 5}}}, "use": "p,m"}]}},
        {"Router": {"rules": [{"when": {}, "use": "p,m", "set": {"maxTokens": 5}}]}},
        {"fallback": {"default": 5}},
    ],
)
def test_what_is_a_problem_is_marked(config: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(config))
