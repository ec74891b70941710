"""Before a preset is used one can see where it sends requests, and what it takes from the machine."""

from __future__ import annotations

import json

from ccr_proxy.presets.facts import facts_of
from ccr_proxy.presets.manifest import read_manifest


def test_hosts_variables_routes_and_settings_wherever_they_stand() -> None:
    manifest = {
        "homepage": "https://home.example",
        "Providers": [{"api_base_url": "https://a.example/v1", "api_key": "$OPENAI_API_KEY"}],
        "Router": {"default": "a,m", "longContextThreshold": 5},
        "template": {"Providers": [{"api_base_url": "https://b.example/v1"}]},
        "configMappings": [{"target": "x", "value": "https://c.example/${OTHER}"}],
        "schema": [{"id": "url", "placeholder": "https://asked.example", "validator": "^[A-Z]+$"}],
        "userValues": {"url": "https://d.example:8443/v1"},
        "claudeCodeSettings": {"env": {"X": "1"}, "hooks": {}},
    }
    facts = facts_of(read_manifest(json.dumps(manifest), "manifest.json"))
    assert facts.hosts == ("a.example", "b.example", "c.example", "d.example")
    assert facts.variables == ("OPENAI_API_KEY", "OTHER")
    assert facts.routes == {"default": "a,m"}
    assert facts.claude_code_settings == ("env", "hooks")
