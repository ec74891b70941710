"""Address and key: never open, never on a network without a key of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config.document import parse
from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.listening import effective_listening


def loaded(environ: dict[str, str] | None = None, **values: Any) -> LoadedConfig:
    return evaluate(parse(json.dumps(values), "config.json"), Path("config.json"), environ or {})


@pytest.mark.parametrize(
    ("config", "requested", "host", "key", "warnings"),
    [
        ({"APIKEY": "k"}, None, "127.0.0.1", "k", 0),
        ({"APIKEY": "k", "HOST": "0.0.0.0"}, None, "0.0.0.0", "k", 0),
        ({"APIKEY": "k", "HOST": "0.0.0.0"}, "127.0.0.1", "127.0.0.1", "k", 0),
        ({"APIKEY": "k"}, "192.168.1.5", "192.168.1.5", "k", 0),
        ({"APIKEY": "sk-zcf-x-ccr", "HOST": "0.0.0.0"}, None, "0.0.0.0", "sk-zcf-x-ccr", 1),
        ({"APIKEY": "sk-zcf-x-ccr"}, None, "127.0.0.1", "sk-zcf-x-ccr", 0),
        ({}, None, "127.0.0.1", "test", 1),
        ({"APIKEY": ""}, None, "127.0.0.1", "test", 1),
        ({"HOST": "0.0.0.0"}, None, "127.0.0.1", "test", 2),
        ({"HOST": "0.0.0.0"}, "::1", "::1", "test", 1),
        ({"HOST": "localhost"}, None, "localhost", "test", 1),
    ],
)
def test_configuration_and_command_line_give(
    config: dict[str, Any], requested: str | None, host: str, key: str, warnings: int
) -> None:
    listening = effective_listening(loaded(**config), host=requested)
    assert (listening.host, listening.api_key, len(listening.warnings)) == (host, key, warnings)


def test_the_port_of_the_command_line_comes_first() -> None:
    assert effective_listening(loaded(PORT="4000")).port == 4000
    assert effective_listening(loaded(PORT="4000"), port=0).port == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "my-machine"])
def test_an_address_others_can_reach_is_refused_without_a_key(host: str) -> None:
    with pytest.raises(ServiceFault, match=r"refusing to listen on .* without a key"):
        effective_listening(loaded(), host=host)


@pytest.mark.parametrize(
    ("key", "environ"), [("$MY_KEY", {}), ("${my_key}", {"my_key": ""}), (["k"], {}), ({"a": 1}, {})]
)
def test_a_key_that_cannot_be_used_is_never_replaced_by_the_well_known_one(key: Any, environ: dict[str, str]) -> None:
    with pytest.raises(ServiceFault, match=r"config\.json:1:\d+: APIKEY cannot be used"):
        effective_listening(loaded(environ, APIKEY=key))


def test_a_key_from_a_variable_is_used() -> None:
    assert effective_listening(loaded({"MY_KEY": "s"}, APIKEY="$MY_KEY")).api_key == "s"
