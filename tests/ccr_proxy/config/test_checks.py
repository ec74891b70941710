from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config import checks
from ccr_proxy.config.interpolate import Reference
from ccr_proxy.config.problems import Finding
from ccr_proxy.config.schema import Config

PROVIDERS: list[dict[str, Any]] = [
    {
        "name": "deepseek",
        "api_base_url": "https://d/v1",
        "api_key": "$D",
        "models": ["deepseek-chat", "deepseek-reasoner"],
    },
    {"name": "open", "api_base_url": "https://o/v1", "api_key": "$O"},
]


def config(**more: Any) -> Config:
    return Config.model_validate({"Providers": PROVIDERS, "Router": {"default": "deepseek,deepseek-chat"}} | more)


def told(findings: Any) -> list[tuple[str, str, str]]:
    return [(finding.severity, finding.message, finding.hint) for finding in findings]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("deepseek,deepseek-chat", []),
        ("DeepSeek, deepseek-REASONER", []),
        ("deepseek-reasoner", []),
        ("open,anything", []),
        ("depseek,x", [("error", 'Router.think: there is no provider "depseek"', 'did you mean "deepseek"?')]),
        ("lost,x", [("error", 'Router.think: provider "lost" is not usable as it is configured', "")]),
        (
            "deepseek,deepseek-caht",
            [
                (
                    "warning",
                    'Router.think: provider "deepseek" does not list the model "deepseek-caht";'
                    " it is asked for all the same",
                    'did you mean "deepseek-chat"?',
                )
            ],
        ),
        (
            "deepseek",
            [
                (
                    "error",
                    'Router.think: "deepseek" is neither "provider,model" nor a listed model',
                    "known: deepseek,deepseek-chat, deepseek,deepseek-reasoner",
                )
            ],
        ),
    ],
)
def test_routes_lead_somewhere(target: str, expected: list[tuple[str, str, str]]) -> None:
    routed = config(Router={"default": "open,m", "think": target})
    assert told(checks.routes(routed, frozenset({"lost"}), frozenset())) == expected


def test_fallbacks_lead_somewhere() -> None:
    findings = list(checks.routes(config(fallback={"think": ["open,m", "oben,m"]}), frozenset(), frozenset()))
    assert [finding.path for finding in findings] == [("fallback", "think", 1)]
    assert findings[0].hint == 'did you mean "open"?'


def test_without_a_default_route_an_example_is_given() -> None:
    findings = list(checks.routes(config(Router={}), frozenset(), frozenset()))
    assert [(finding.severity, finding.hint) for finding in findings] == [
        ("error", 'for example "deepseek,deepseek-chat"')
    ]


def test_a_route_with_an_unset_variable_is_reported_once_for_that() -> None:
    routed = config(Router={"default": "$WHERE"})
    assert list(checks.routes(routed, frozenset(), frozenset({("Router", "default")}))) == []


@pytest.mark.parametrize(
    ("raw", "hints"),
    [
        ({"provider": []}, ['did you mean "Providers"?']),
        ({"apikey": "k", "Port": 1}, ['did you mean "APIKEY"?', 'did you mean "PORT"?']),
        ({"Router": {"longcontext": "a,b"}}, ['did you mean "longContext"?']),
        ({"Router": {"longcontext": "", "longContext": ""}}, ['"longContext" is there too and counts']),
        ({"Providers": [{"baseUrl": "x", "apiKey": "y"}]}, ['did you mean "api_base_url"?', 'did you mean "api_key"?']),
        ({"Providers": [5], "Router": 3, "$schema": "s", "StatusLine": {}, "my own": 1, "notes": []}, []),
    ],
)
def test_slips_are_named_and_own_names_left_in_peace(raw: dict[str, Any], hints: list[str]) -> None:
    findings = list(checks.unknown_names(raw, "Providers"))
    assert [finding.hint for finding in findings] == hints
    assert {finding.severity for finding in findings} <= {"warning"}


def test_providers_missing_or_twice() -> None:
    assert [finding.severity for finding in checks.providers(Config(), "Providers", ())] == ["error"]
    twice = config(Providers=[*PROVIDERS, PROVIDERS[0] | {"name": "DeepSeek"}])
    assert [finding.path for finding in checks.providers(twice, "Providers", (0, 1, 4))] == [("Providers", 4, "name")]


def test_a_variable_is_an_error_where_requests_depend_on_it() -> None:
    references = tuple(
        Reference(path, "X", found)
        for path, found in [
            (("Providers", 0, "api_key"), False),
            (("Providers", 1, "api_key"), False),
            (("Router", "think"), False),
            (("APIKEY",), False),
            (("PROXY_URL",), False),
            (("HOST",), True),
        ]
    )
    findings: list[Finding] = list(checks.variables(config(), references, "Providers", (0, 1)))
    assert [(finding.path[0], finding.severity) for finding in findings] == [
        ("Providers", "error"),
        ("Providers", "warning"),
        ("Router", "error"),
        ("APIKEY", "error"),
        ("PROXY_URL", "warning"),
    ]
    assert findings[0].message == (
        'Providers[0].api_key of provider "deepseek" needs the environment variable X, which is unset or empty'
    )


def test_access_key_and_custom_router() -> None:
    assert [finding.path for finding in checks.access(config(), has_unset_variable=False)] == [("APIKEY",)]
    assert list(checks.access(config(), has_unset_variable=True)) == []
    assert list(checks.access(config(APIKEY="k", CUSTOM_ROUTER_PATH="r.py"), has_unset_variable=False)) == []
    script = list(checks.access(config(APIKEY="k", CUSTOM_ROUTER_PATH="r.js"), has_unset_variable=False))
    assert [(finding.severity, finding.path) for finding in script] == [("error", ("CUSTOM_ROUTER_PATH",))]


def test_a_rule_with_an_unknown_target_is_told_with_place_and_suggestion() -> None:
    routed = config(
        Router={
            "default": "deepseek,deepseek-chat",
            "rules": [
                {"when": {}, "use": "deepseek,deepseek-chat"},
                {"name": "long", "when": {}, "use": ["open,m", {"use": "deepseek,deepseek-caht"}]},
                {"when": {}, "use": "lost,x"},
                {"when": {}, "use": "depseek,x"},
                {"when": {"x": 1}, "use": "depseek,x"},
            ],
        }
    )
    assert [
        (finding.severity, finding.path, finding.message, finding.hint)
        for finding in checks.rules(routed, frozenset({"lost"}), frozenset())
    ] == [
        (
            "error",
            ("Router", "rules", 1, "use", 1, "use"),
            'Router.rules[1].use[1].use: provider "deepseek" does not list the model "deepseek-caht";'
            ' "long" is inactive',
            'did you mean "deepseek-chat"?',
        ),
        (
            "error",
            ("Router", "rules", 2, "use"),
            'Router.rules[2].use: provider "lost" is not usable as it is configured; "rule 3" is inactive',
            "",
        ),
        (
            "error",
            ("Router", "rules", 3, "use"),
            'Router.rules[3].use: there is no provider "depseek"; "rule 4" is inactive',
            'did you mean "deepseek"?',
        ),
        ("error", ("Router", "rules", 4, "when", "x"), "Router.rules[4].when.x is not known here", ""),
    ]


def test_a_target_of_a_rule_that_waits_for_a_variable_is_told_once() -> None:
    routed = config(Router={"default": "open,m", "rules": [{"when": {}, "use": "$WHERE"}]})
    path = ("Router", "rules", 0, "use")
    assert list(checks.rules(routed, frozenset(), frozenset({path}))) == []
    assert [finding.path for finding in checks.rules(routed, frozenset(), frozenset())] == [path]
