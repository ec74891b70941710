"""What Claude Code talks to, as its settings.json says it: address, credential, and model names that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ccr_proxy.config.document import Document, JsonPath
from zcf.plan.claude_settings import CLOUD_SWITCHES, MODEL_VARIABLES

BASE_URL = "ANTHROPIC_BASE_URL"
API_KEY = "ANTHROPIC_API_KEY"
AUTH_TOKEN = "ANTHROPIC_AUTH_TOKEN"  # noqa: S105 - the variable's name
CONNECTION_VARIABLES = (BASE_URL, API_KEY, AUTH_TOKEN)
CONNECTION_PATHS: tuple[JsonPath, ...] = tuple(("env", name) for name in CONNECTION_VARIABLES)
MODEL_PATHS: tuple[JsonPath, ...] = (*(("env", name) for name in MODEL_VARIABLES), ("model",))
# What the client reads from the shell where settings.json does not set it.
READ_FROM_SHELL = (*CONNECTION_VARIABLES, *MODEL_VARIABLES, *CLOUD_SWITCHES)


class Kind(Enum):
    """How Claude Code proves who it is: with its own login, a key, a token, or both of the last."""

    OFFICIAL = "official"
    KEY = "key"
    TOKEN = "token"  # noqa: S105 - a kind of credential
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection that settings.json describes; what is missing or empty there is None.

    `models` maps variable names, and `model`, to model names.
    """

    base_url: str | None = None
    api_key: str | None = None
    auth_token: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """By the credentials alone; a base URL without one is still the login, sent elsewhere."""
        if self.api_key and self.auth_token:
            return Kind.BOTH
        if self.api_key:
            return Kind.KEY
        return Kind.TOKEN if self.auth_token else Kind.OFFICIAL

    @property
    def credential(self) -> str | None:
        """The key or the token, whichever the client sends."""
        return self.auth_token or self.api_key

    @property
    def is_official(self) -> bool:
        """Whether nothing leads away from Anthropic's own login."""
        return self.kind is Kind.OFFICIAL and self.base_url is None


def connection_of(document: Document) -> Connection:
    """The connection in settings; an `env` that is no object holds none."""
    return Connection(
        _text(document, ("env", BASE_URL)),
        _text(document, ("env", API_KEY)),
        _text(document, ("env", AUTH_TOKEN)),
        {str(path[-1]): model for path in MODEL_PATHS if (model := _text(document, path))},
    )


def _text(document: Document, path: JsonPath) -> str | None:
    value: Any = document.get(path)
    return None if value in (None, "") else str(value)
