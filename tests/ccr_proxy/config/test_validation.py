from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.schema import Config, Provider
from ccr_proxy.config.validation import fit
from tests.ccr_proxy.config.json5_texts import values

_TARGETS = 'fallback.think must be "provider,model", a list of these, or {"targets": [...], "strategy": "..."}'


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ({"PORT": "many"}, ["PORT must be a whole number"]),
        ({"PORT": 70_000}, ["PORT is out of range: less than or equal to 65535"]),
        ({"PORT": 1.5}, ["PORT must be a whole number"]),
        ({"LOG": [1]}, ["LOG must be true or false"]),
        ({"Router": "a,b"}, ["Router must be an object"]),
        ({"Router": {"default": ["a,b", 5], "think": "c,d"}}, ["Router.default[1] must be a text"]),
        ({"fallback": {"default": ["a,b", 5], "think": 7}}, ["fallback.default[1] must be a text", _TARGETS]),
        ({"timeouts": {"idle_ms": -1}}, ["timeouts.idle_ms is out of range: greater than or equal to 0"]),
        ({"transformers": [1, {}, 2]}, ["transformers[0] must be an object", "transformers[2] must be an object"]),
        ({"HOST": 1, "APIKEY": {}}, ["HOST must be text", "APIKEY must be text"]),
    ],
)
def test_what_does_not_fit_is_left_out_and_named(data: dict[str, Any], messages: list[str]) -> None:
    config, findings = fit(Config, data, ())
    assert config is not None
    assert [finding.message for finding in findings] == messages


def test_the_rest_stays() -> None:
    data = {"Router": {"default": 1, "think": "c,d"}, "transformers": [1, {"path": "p"}, 2, 3], "own": [1]}
    config, _ = fit(Config, data, ())
    assert config is not None
    assert (config.router.think, config.transformers, config.model_extra) == ("c,d", ({"path": "p"},), {"own": [1]})
    assert data["transformers"] == [1, {"path": "p"}, 2, 3]


def test_without_something_necessary_there_is_nothing_and_every_reason() -> None:
    provider, findings = fit(Provider, {"name": "", "api_base_url": "ftp://x", "models": "m"}, ("Providers", 3))
    assert provider is None
    assert [finding.message for finding in findings] == [
        "Providers[3].name is empty",
        "Providers[3].api_base_url must be an address that begins with http:// or https://",
        "Providers[3].api_key is missing",
        "Providers[3].models must be a list",
    ]


def test_an_unknown_protocol_is_left_out_with_a_suggestion() -> None:
    data = {"name": "p", "api_base_url": "http://h/v1", "api_key": "k", "protocol": "openai-respones"}
    provider, findings = fit(Provider, data, ())
    assert provider is not None
    assert provider.protocol is None
    assert [(finding.message, finding.hint) for finding in findings] == [
        ('protocol: "openai-respones" is not known', 'did you mean "openai-responses"?')
    ]


NAMES = (
    "HOST",
    "PORT",
    "APIKEY",
    "Router",
    "fallback",
    "LOG",
    "timeouts",
    "transformers",
    "API_TIMEOUT_MS",
    "PROXY_URL",
)


@given(st.dictionaries(st.sampled_from(NAMES), values))
def test_any_object_gives_a_configuration(data: dict[str, Any]) -> None:
    config, _ = fit(Config, data, ())
    assert config is not None


@given(values)
def test_any_value_gives_a_provider_or_a_reason(data: Any) -> None:
    provider, findings = fit(Provider, data, ())
    assert (provider is None) == bool(findings)
