"""A configuration as a manifest for others: what belongs to this machine stays here, and secrets become questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ccr_proxy.config.interpolate import VARIABLE

# The rest is about this machine (addresses, paths, proxies, the access key) or files that do not go along.
_SHARED = ("Providers", "providers", "Router", "fallback", "availability", "StatusLine", "NON_INTERACTIVE_MODE")
_SECRET_NAME = re.compile(
    r"api_?keys?|secret|passw(or)?d|private_?key|access_?key|credential|authorization|bearer|cookie"
    r"|(^|_)(auth_?)?token$|(^|_)key$"
)


@dataclass
class _Questions:
    """The questions that took the place of secrets; one secret in two places is one question."""

    asked: dict[str, str] = field(default_factory=dict)  # secret -> id

    def reference(self, secret: str, provider: str, name: str) -> str:
        if secret not in self.asked:
            stem = re.sub(r"[^a-z0-9]+", "_", f"{provider}_{name}".lower()).strip("_")
            taken = set(self.asked.values())
            numbers = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
            self.asked[secret] = stem if stem not in taken else next(each for each in numbers if each not in taken)
        return f"#{{{self.asked[secret]}}}"

    def schema(self) -> list[dict[str, Any]]:
        return [{"id": each, "type": "password", "label": each.replace("_", " ")} for each in self.asked.values()]


def shared_manifest(config: Mapping[str, Any], metadata: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The manifest, and the names of the keys that were left out.

    `config` is the file's data, with `$NAME` as it stands there: a variable holds no secret and stays.
    """
    questions = _Questions()
    shared = {name: _without_secrets(config[name], name, "", questions) for name in _SHARED if name in config}
    left_out = tuple(name for name in config if name not in _SHARED)
    schema = {"schema": questions.schema()} if questions.asked else {}
    return {**metadata, **shared, **schema}, left_out


def _without_secrets(value: Any, name: str, provider: str, questions: _Questions) -> Any:
    """`name` is the nearest name above the value, `provider` that of the provider it is in."""
    if isinstance(value, dict):
        own = value.get("name")
        provider = own if isinstance(own, str) and "api_base_url" in value else provider
        return {key: _without_secrets(item, key, provider, questions) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item, name, provider, questions) for item in value]
    if isinstance(value, str) and _holds_secret(name, value):
        return questions.reference(value, provider, name)
    return value


def _holds_secret(name: str, value: str) -> bool:
    if not value or VARIABLE.fullmatch(value):
        return False
    if _SECRET_NAME.search(name.lower().replace("-", "_")):
        return True
    if "://" not in value:
        return False
    try:
        address = urlsplit(value)
        query = parse_qsl(address.query)
    except ValueError:
        return False
    return address.password is not None or any(_SECRET_NAME.search(key.lower()) for key, _ in query)
