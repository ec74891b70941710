"""The JSON Schema of the configuration, for editors: `python -m ccr_proxy.config.json_schema` writes it.

Made from the types of `schema`, and beside them the schemas of what is read by hand. It says what a file may hold, not
what must work: names that are not known are allowed, and numbers of the types may be texts, because `$NAME` stands for
any value.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ccr_proxy.availability.settings_schema import AVAILABILITY_SCHEMA, PROVIDER_SCHEMAS
from ccr_proxy.config.condition_parser import CONDITION_SCHEMA
from ccr_proxy.config.rules import RULES_SCHEMA
from ccr_proxy.config.schema import PROXY_KEYS, Config
from ccr_proxy.config.target_set import TARGET_SET_SCHEMA

_ADDRESS = "https://json-schema.org/draft/2020-12/schema"
_NUMBERS = ("integer", "number", "boolean")
_TARGETS: dict[str, Any] = {"$ref": "#/$defs/Targets"}
_NONE: dict[str, Any] = {"type": "array", "maxItems": 0}

# What an editor shows for each route.
_ROUTES = {
    "default": "requests that no other route takes",
    "background": "the client's own errands, and its small model",
    "think": "requests that ask for thinking (thinkWhen)",
    "longContext": "requests above longContextThreshold tokens, or too long for their model",
    "webSearch": "requests that offer a web search tool",
    "image": "requests whose last turn has an image",
}


def schema_json() -> str:
    """The schema as JSON text with a line break at its end."""
    return json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"


def config_schema() -> dict[str, Any]:
    """The schema as data."""
    # In a copy: parts of it are the tables of the parsers themselves.
    made: dict[str, Any] = json.loads(json.dumps(Config.model_json_schema(by_alias=True, mode="validation")))
    definitions = made["$defs"]
    for schema in (made, *definitions.values()):
        _loosen(schema.get("properties", {}))
        schema.pop("title", None)
    _name_top_level(made["properties"])
    _name_routes(definitions["Router"])
    _require_address_and_key(definitions["Provider"])
    definitions["Provider"]["properties"] |= PROVIDER_SCHEMAS
    made["properties"]["availability"] = AVAILABILITY_SCHEMA
    made["properties"]["fallback"] = {"type": "object", "additionalProperties": {"anyOf": [_TARGETS, _NONE]}}
    definitions["Targets"] = {"anyOf": [*TARGET_SET_SCHEMA["anyOf"], {"type": "null"}]}
    definitions["RuleCondition"] = CONDITION_SCHEMA
    made["description"] = "The gateway's configuration: the keys of Claude Code Router, and some more."
    return {"$schema": _ADDRESS, "title": "config.json", **made}


def _loosen(properties: dict[str, Any]) -> None:
    """Let numbers and truth values be texts, at any depth of a property, and drop generated titles."""
    waiting: list[Any] = list(properties.values())
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            part.pop("title", None)
            if part.get("type") in _NUMBERS:
                part["type"] = [part["type"], "string"]
            waiting += part.values()


def _name_top_level(properties: dict[str, Any]) -> None:
    """The other spellings of a key, which the types know as its aliases."""
    properties["providers"] = properties["Providers"]
    properties |= dict.fromkeys(PROXY_KEYS, properties[PROXY_KEYS[0]])
    properties["$schema"] = {"type": "string"}
    properties["Router"] = {"$ref": "#/$defs/Router"}


def _name_routes(router: dict[str, Any]) -> None:
    properties = router["properties"]
    properties |= {name: {**_TARGETS, "description": words} for name, words in _ROUTES.items()}
    properties["rules"] = RULES_SCHEMA
    properties["thinkWhen"] = {"$ref": "#/$defs/ThinkWhen"}
    router["description"] = "Which targets a kind of request goes to."


def _require_address_and_key(provider: dict[str, Any]) -> None:
    """The built-in demo needs only its name."""
    provider["if"] = {"properties": {"protocol": {"const": "demo"}}, "required": ["protocol"]}
    provider["then"] = {"required": ["name"]}
    provider["else"] = {"required": provider.pop("required")}


def main() -> None:
    """Write the schema to standard output as UTF-8 with plain line feeds, on every system."""
    sys.stdout.buffer.write(schema_json().encode())


if __name__ == "__main__":
    main()
