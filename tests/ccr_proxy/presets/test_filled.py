"""A manifest and its answers become a configuration, as Claude Code Router 2 makes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.filled import filled
from ccr_proxy.presets.manifest import read_manifest


def config_of(**manifest: Any) -> dict[str, Any]:
    return filled(read_manifest(json.dumps({"name": "p", "version": "1", **manifest}), "manifest.json"))


PROVIDERS = [{"name": "a", "api_key": "#{key}", "models": ["m"]}]


def test_metadata_and_questions_are_no_configuration() -> None:
    assert config_of(author="me", Router={"default": "a,m"}) == {"Router": {"default": "a,m"}}


def test_without_questions_nothing_is_replaced() -> None:
    assert config_of(Providers=PROVIDERS) == {"Providers": PROVIDERS}


def test_answers_take_the_place_of_their_names_and_keep_their_type() -> None:
    config = config_of(
        schema=[{"id": "key"}, {"id": "models", "type": "multiselect"}, {"id": "n", "required": False}],
        Providers=[{"name": "a", "api_key": "Bearer #{key}", "models": "#{models}", "note": "#{n}#{unknown}"}],
        key="default of the same name",
        userValues={"key": "sk-1", "models": ["x", "y"]},
    )
    assert config == {"Providers": [{"name": "a", "api_key": "Bearer sk-1", "models": ["x", "y"], "note": ""}]}


def test_a_template_takes_the_place_of_the_configuration() -> None:
    config = config_of(
        schema=[{"id": "key"}],
        template={"Providers": PROVIDERS},
        Router={"default": "not,this"},
        userValues={"key": "k"},
    )
    assert config == {"Providers": [{**PROVIDERS[0], "api_key": "k"}]}


def test_mappings_and_answers_with_paths_put_values_where_they_belong() -> None:
    config = config_of(
        schema=[{"id": "key"}, {"id": "fast", "type": "confirm"}],
        Providers=PROVIDERS,
        configMappings=[
            {"target": "Providers[0].api_key", "value": "#{key}!"},
            {"target": "Router.background", "value": "a,fast", "when": {"field": "fast", "value": True}},
            {"target": "Router.think", "value": "a,slow", "when": [{"field": "fast", "value": False}]},
            {"target": "Providers[1].models[0]", "value": "new"},
            {"target": "Providers[7].name", "value": "too far"},
            {"target": "Providers.name", "value": "a list has no names"},
        ],
        userValues={"key": "k", "fast": True, "Router.default": "a,m"},
    )
    assert config == {
        "Providers": [{"name": "a", "api_key": "k!", "models": ["m"]}, {"models": ["new"]}],
        "Router": {"background": "a,fast", "default": "a,m"},
    }


def test_defaults_count_without_answers() -> None:
    config = config_of(schema=[{"id": "key", "defaultValue": "$KEY"}], Providers=PROVIDERS)
    assert config["Providers"][0]["api_key"] == "$KEY"


def test_a_placeholder_never_goes_out_in_place_of_a_key() -> None:
    with pytest.raises(ConfigFault, match="no value for key: `ccr install NAME` asks for it"):
        config_of(schema=[{"id": "key"}], Providers=PROVIDERS)


def test_the_manifest_is_not_changed() -> None:
    mappings = [{"target": "Providers[0].x", "value": 1}]
    data = {"Providers": PROVIDERS, "configMappings": mappings, "userValues": {"a": 1}}
    manifest = read_manifest(json.dumps(data), "manifest.json")
    before = json.dumps(manifest.data)
    filled(manifest)
    assert json.dumps(manifest.data) == before
