"""What `read_settings` reads, as JSON Schema for editors: names, bounds, defaults and what each is for.

Names that are not known are marked, as they are when the file is read. Numbers are numbers here: none may be a `$NAME`.
"""

from __future__ import annotations

from typing import Any

from ccr_proxy.availability.budgets import Per, Period
from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.health_checks import When
from ccr_proxy.availability.keys import KeyOrder
from ccr_proxy.availability.settings import Settings

_USUAL = Settings()
_COOL_DOWNS, _PATIENCE, _CHECKS = _USUAL.cool_downs, _USUAL.patience, _USUAL.health_checks
_LIMITS = _USUAL.provider("").limits

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_STATUS: dict[str, Any] = {"type": "integer", "minimum": 400, "maximum": 599}


def _object(description: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
        **more,
    }


def _whole(description: str, least: int = 0, **more: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, **more, "description": description}


def _milliseconds(description: str, seconds: float, least: int = 0) -> dict[str, Any]:
    """A time; `seconds` is its default."""
    return _whole(f"{description}, in milliseconds", least, default=round(seconds * 1000))


def _choice(kind: type[Per | Period | When | KeyOrder | Failure], description: str) -> dict[str, Any]:
    return {"type": "string", "enum": [each.value for each in kind], "description": description}


_ERROR = _object(
    "an error of a provider that means something else than its status says",
    {
        "provider": {**_TEXT, "description": "only errors of this provider"},
        "status": {
            "anyOf": [_STATUS, {"type": "array", "minItems": 1, "items": _STATUS}],
            "description": "only errors with this HTTP status, or one of these",
        },
        "contains": {**_TEXT, "description": "only errors whose message has these words"},
        "treat_as": _choice(Failure, "what it really is"),
    },
    required=["treat_as"],
    anyOf=[{"required": ["status"]}, {"required": ["contains"]}],
)
_HEALTH_CHECKS = _object(
    "when providers are asked how they are, without a request of a client",
    {
        "when": {**_choice(When, "never, once at the start, or again and again"), "default": When.OFF.value},
        "interval_ms": _milliseconds("the pause between two checks", _CHECKS.interval, 1000),
        "jitter": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": _CHECKS.jitter,
            "description": "the part of the interval by which a pause may be shorter or longer",
        },
        "timeout_ms": _milliseconds("how long one answer may take to begin", _CHECKS.patience, 1),
    },
)
_BUDGET = _object(
    "how much a provider, a key or a route may take in a day or month (UTC)",
    {
        "per": _choice(Per, "what it is for"),
        "name": {**_TEXT, "description": "a provider; a key as provider,label or provider,#1; a route or rule"},
        "period": _choice(Period, "after what it starts anew"),
        "tokens": _whole("the most tokens, of every kind together", 1),
        "usd": {"type": "number", "exclusiveMinimum": 0, "description": "the most money, in US dollars"},
        "then": {
            "anyOf": [
                {"const": "refuse"},
                _object("who takes its place", {"use": {**_TEXT, "description": "provider,model"}}, required=["use"]),
            ],
            "default": "refuse",
            "description": "what happens when it is used up",
        },
    },
    required=["per", "name", "period"],
    oneOf=[{"required": ["tokens"]}, {"required": ["usd"]}],
)

AVAILABILITY_SCHEMA: dict[str, Any] = _object(
    "What happens when a provider does not answer, and how much may be asked of it.",
    {
        "failures_to_open": _whole(
            "failures in a row, where one is not enough, until a circuit opens",
            1,
            default=_COOL_DOWNS.failures_to_open,
        ),
        "cooldown_ms": _milliseconds("the first cool-down, doubled each time", _COOL_DOWNS.first),
        "longest_cooldown_ms": _milliseconds("the longest cool-down", _COOL_DOWNS.longest),
        "longest_retry_after_ms": _milliseconds(
            "the longest cool-down that a provider may ask for", _COOL_DOWNS.longest_asked
        ),
        "no_credit_cooldown_ms": _milliseconds("the cool-down after used-up credit", _COOL_DOWNS.no_credit),
        "retries": _whole("how often the last target is asked again after a pause", default=_PATIENCE.retries),
        "longest_pause_ms": _milliseconds("the longest pause before that", _PATIENCE.longest_pause),
        "session_ms": _milliseconds(
            "how long a session stays where its prompt cache is; 0 lets sessions roam", _USUAL.session_seconds
        ),
        "errors": {"type": "array", "items": _ERROR, "description": "The first that applies counts."},
        "health_checks": {"anyOf": [_HEALTH_CHECKS["properties"]["when"], _HEALTH_CHECKS]},
        "budgets": {"type": "array", "items": _BUDGET},
    },
)

_KEY = _object(
    "a further key",
    {
        "key": {**_TEXT, "description": "$NAME takes it from the environment"},
        "label": {"type": "string", "description": "what it is called where keys are shown"},
        "weight": {
            "type": "number",
            "exclusiveMinimum": 0,
            "default": 1,
            "description": "its part, with key_order weighted",
        },
        "priority": _whole("keys of a lower number come first", default=0),
    },
    required=["key"],
)
# Properties of one entry of `Providers`.
PROVIDER_SCHEMAS: dict[str, dict[str, Any]] = {
    "api_keys": {
        "type": "array",
        "items": {"anyOf": [{**_TEXT, "description": _KEY["properties"]["key"]["description"]}, _KEY]},
        "description": "further keys beside api_key",
    },
    "key_order": {
        **_choice(KeyOrder, "one key until it fails, or spread by weight"),
        "default": KeyOrder.FILL_FIRST.value,
    },
    "limits": _object(
        "what the provider may be asked for at a time; whoever finds no room stands in line",
        {
            "concurrency": _whole("requests at the same time", 1),
            "requests_per_minute": _whole("requests within sixty seconds", 1),
            "tokens_per_minute": _whole("tokens of every kind within sixty seconds", 1),
            "queue": _whole("how many requests may stand in line", default=_LIMITS.queue),
            "wait_ms": _milliseconds("the wait when there is nobody else to ask", _LIMITS.wait),
            "wait_before_moving_ms": _milliseconds("the wait when there is", _LIMITS.wait_before_moving),
        },
    ),
}
