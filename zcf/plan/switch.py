"""Claude Code's settings.json pointed somewhere else: to its login, to an address with a key or token, to the gateway.

Only the connection's own keys are touched. Model names belong to the connection that they were set for: when the
address changes, names that Anthropic does not serve, and those that zcf or a profile set, go with it. Tried with client
2.1.197: settings.json wins over the shell, and an empty variable there switches the shell's off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from ccr_proxy.config.document import Document
from zcf.facts import ShellFacts
from zcf.plan.claude_settings import EditedSettings, edited, gateway_places, is_claude_model
from zcf.plan.connection import (
    API_KEY,
    AUTH_TOKEN,
    BASE_URL,
    CONNECTION_PATHS,
    MODEL_PATHS,
    READ_FROM_SHELL,
    Kind,
    connection_of,
)
from zcf.plan.documents import require_object
from zcf.plan.profile import Access


def to_official(document: Document, ours: Collection[tuple[str, str]]) -> Document:
    """Take out address, key and token, and the models that went with them.

    `ours` are pairs of variable and model name that zcf or a profile set. Raises Refusal if `env` is not an object.
    """
    require_object(document, ("env",))
    document = _without_models(document, ours, is_claude_model)
    for path in CONNECTION_PATHS:
        document = document.without(path)
    return document


def to_access(document: Document, access: Access, ours: Collection[tuple[str, str]], shell: ShellFacts) -> Document:
    """Point the client to an address with a key or a token. Raises Refusal if `env` is not an object."""
    require_object(document, ("env",))
    if connection_of(document).base_url != access.base_url:
        document = _without_models(document, ours, is_claude_model)
    if access.base_url is None:
        document = document.without(("env", BASE_URL))
    else:
        document = document.with_value(("env", BASE_URL), access.base_url)
    name, other = (API_KEY, AUTH_TOKEN) if access.kind is Kind.KEY else (AUTH_TOKEN, API_KEY)
    document = document.with_value(("env", name), access.secret)
    in_shell = shell.auth_token if access.kind is Kind.KEY else shell.api_key
    document = document.without(("env", other)) if in_shell is None else document.with_value(("env", other), "")
    for variable, model in access.models.items():
        document = document.with_value(("env", variable), model)
    return document


def to_gateway(
    document: Document, base_url: str, key: str, ours: Collection[tuple[str, str]], shell: ShellFacts
) -> EditedSettings:
    """Point the client to the gateway, as the set-up does. Raises Refusal if `env` is not an object."""
    require_object(document, ("env",))
    if connection_of(document).base_url != base_url:
        document = _without_models(document, ours, gateway_places)
    return edited(document, base_url, key, shell)


def _without_models(document: Document, ours: Collection[tuple[str, str]], serves: Callable[[str], bool]) -> Document:
    """Take out the model names that the new place does not serve, and those of `ours`."""
    for path in MODEL_PATHS:
        model = document.get(path)
        if isinstance(model, str) and model and (not serves(model) or (str(path[-1]), model) in ours):
            document = document.without(path)
    return document


def variables_from_shell(document: Document, environ: Collection[str]) -> list[str]:
    """Variables of the shell that the client would take because these settings do not set them.

    `environ` holds the names of those that are set and not empty.
    """
    env = document.get(("env",), {})
    present = env if isinstance(env, dict) else {}
    return [name for name in READ_FROM_SHELL if name in environ and name not in present]
