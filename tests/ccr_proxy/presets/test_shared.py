"""What leaves the machine in a preset: no secret, nothing that is only about this machine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccr_proxy.presets.filled import filled
from ccr_proxy.presets.manifest import read_manifest
from ccr_proxy.presets.shared import shared_manifest

CONFIG: dict[str, Any] = {
    "PORT": 3456,
    "APIKEY": "SECRET-access",
    "PROXY_URL": "http://user:SECRET-proxy@proxy",
    "Providers": [
        {
            "name": "Deep Seek",
            "api_base_url": "https://api.example/v1?key=SECRET-query",
            "api_key": "SECRET-1",
            "api_keys": ["SECRET-2", {"key": "SECRET-3", "label": "mine"}, "$FROM_ENVIRONMENT", "SECRET-1"],
            "headers": {"X-Api-Key": "SECRET-4", "x-title": "kept"},
            "models": ["m"],
            "transformer": {"use": [["maxtoken", {"max_tokens": "65536"}]]},
        },
        {"name": "b", "api_base_url": "https://user:SECRET-5@b.example", "api_key": "${B_KEY}", "models": ["m"]},
    ],
    "Router": {"default": "b,m"},
    "CUSTOM_ROUTER_PATH": "/home/me/router.py",
}


def test_no_secret_is_in_it_and_each_is_asked_for_once() -> None:
    manifest, left_out = shared_manifest(CONFIG, {"name": "p"})
    text = json.dumps(manifest)
    assert "SECRET" not in text
    assert left_out == ("PORT", "APIKEY", "PROXY_URL", "CUSTOM_ROUTER_PATH")
    assert [each["id"] for each in manifest["schema"]] == [
        "deep_seek_api_base_url",
        "deep_seek_api_key",
        "deep_seek_api_keys",
        "deep_seek_key",
        "deep_seek_x_api_key",
        "b_api_base_url",
    ]
    assert {each["type"] for each in manifest["schema"]} == {"password"}


def test_what_is_no_secret_stays_as_it_is() -> None:
    first, second = shared_manifest(CONFIG, {})[0]["Providers"]
    assert first["transformer"] == {"use": [["maxtoken", {"max_tokens": "65536"}]]}
    assert first["api_keys"][2:] == ["$FROM_ENVIRONMENT", first["api_key"]]
    assert (first["headers"]["x-title"], second["api_key"]) == ("kept", "${B_KEY}")


def test_with_the_answers_it_is_the_configuration_again() -> None:
    manifest, _ = shared_manifest(CONFIG, {"name": "p"})
    secrets = ["https://api.example/v1?key=SECRET-query", "SECRET-1", "SECRET-2", "SECRET-3", "SECRET-4",
               "https://user:SECRET-5@b.example"]  # fmt: skip
    values = {each["id"]: secret for each, secret in zip(manifest["schema"], secrets, strict=True)}
    again = filled(read_manifest(json.dumps(manifest), "manifest.json").with_values(values))
    assert again == {name: CONFIG[name] for name in ("Providers", "Router")}


def test_equal_names_get_numbers() -> None:
    names = (("a b", "1"), ("a-b", "2"))
    providers = [{"name": name, "api_base_url": "https://x", "api_key": key} for name, key in names]
    manifest, _ = shared_manifest({"Providers": providers}, {})
    assert [each["id"] for each in manifest["schema"]] == ["a_b_api_key", "a_b_api_key_2"]


@pytest.mark.parametrize("config", [{}, {"Providers": [{"name": "d", "protocol": "demo"}]}])
def test_without_secrets_nothing_is_asked(config: dict[str, Any]) -> None:
    assert shared_manifest(config, {"name": "p"}) == ({"name": "p", **config}, ())
