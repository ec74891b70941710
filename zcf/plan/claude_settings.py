"""Claude Code's settings.json, so that it talks to the gateway: our own keys in `env`, and nothing else.

Which credential goes where (tried with client 2.1.197):

* ANTHROPIC_AUTH_TOKEN needs no approval, so that is what a new set-up gets.
* A file that already uses ANTHROPIC_API_KEY keeps using it; the key must then be approved in `.claude.json`.
* Both at once make the client warn and send both, so of two the API key goes.
* An ANTHROPIC_API_KEY that the shell exports would join our token in the same way; the empty one in settings.json
  overrides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ccr_proxy.config.document import Document
from zcf.facts import ShellFacts
from zcf.plan.changes import Notice, notice
from zcf.plan.documents import require_object

MODEL_VARIABLES = (
    "ANTHROPIC_MODEL",
    "ANTHROPIC_SMALL_FAST_MODEL",
    "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "CLAUDE_CODE_SUBAGENT_MODEL",
)
# These make the client go to a cloud, whatever the base URL says.
CLOUD_SWITCHES = ("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY")
OFF_VALUES = frozenset({"0", "false", "no", "off"})
# Claude Code 2.1.197 sends plain HTTP, too, through the proxy of HTTPS_PROXY; it does not look at ALL_PROXY (tried).
PROXY_VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")


@dataclass(frozen=True, slots=True)
class EditedSettings:
    """The new settings; `key_to_approve` is the key that `.claude.json` must approve, if one must be."""

    document: Document
    key_to_approve: str | None
    notices: tuple[Notice, ...]


def edited(document: Document, base_url: str, key: str, shell: ShellFacts) -> EditedSettings:
    """Point the client to `base_url` with `key`. Raises Refusal if `env` is not an object."""
    require_object(document, ("env",))
    env: dict[str, Any] = document.get(("env",), {})
    uses_api_key = bool(env.get("ANTHROPIC_API_KEY")) and not env.get("ANTHROPIC_AUTH_TOKEN")
    document = document.with_value(("env", "ANTHROPIC_BASE_URL"), base_url)
    if uses_api_key:
        document = document.with_value(("env", "ANTHROPIC_API_KEY"), key)
    else:
        document = document.with_value(("env", "ANTHROPIC_AUTH_TOKEN"), key)
        if env.get("ANTHROPIC_API_KEY"):
            document = document.without(("env", "ANTHROPIC_API_KEY"))
        if shell.api_key is not None:
            document = document.with_value(("env", "ANTHROPIC_API_KEY"), "")
    document = around_the_proxy(document, shell)
    return EditedSettings(document, key if uses_api_key else None, tuple(_warnings(document)))


def around_the_proxy(document: Document, shell: ShellFacts) -> Document:
    """Exempt this machine where requests to it would otherwise go through a proxy."""
    env: dict[str, Any] = document.get(("env",), {})
    if not (shell.proxy or any(env.get(name) for name in PROXY_VARIABLES)):
        return document
    host = _host(env)
    name = "no_proxy" if env.get("no_proxy") and not env.get("NO_PROXY") else "NO_PROXY"
    hosts = str(env.get(name) or shell.no_proxy)
    if is_exempt(host, hosts):
        return document
    return document.with_value(("env", name), f"{hosts},{host}" if hosts else host)


def _host(env: Mapping[str, Any]) -> str:
    return urlsplit(str(env.get("ANTHROPIC_BASE_URL") or "")).hostname or "127.0.0.1"


def is_exempt(host: str, no_proxy: str) -> bool:
    """Whether Claude Code asks `host` directly. It compares names: for 127.0.0.1 neither `localhost` nor `127.0.0.0/8`
    counts (tried with client 2.1.197)."""
    return not {host, "*"}.isdisjoint(name.strip() for name in no_proxy.split(","))


def _warnings(document: Document) -> list[Notice]:
    env: dict[str, Any] = document.get(("env",), {})
    found = []
    if document.get(("apiKeyHelper",)):
        found.append(notice("settings.api_key_helper", path=document.source))
    switches = [name for name in CLOUD_SWITCHES if str(env.get(name) or "0").lower() not in OFF_VALUES]
    found += [notice("settings.cloud_switch", path=document.source, name=name) for name in switches]
    models = {name: env[name] for name in MODEL_VARIABLES if env.get(name)}
    if document.get(("model",)):
        models["model"] = document.get(("model",))
    foreign = {name: model for name, model in models.items() if not gateway_places(str(model))}
    found += [
        notice("settings.model_variable", path=document.source, name=name, model=model)
        for name, model in foreign.items()
    ]
    return found


def is_claude_model(model: str) -> bool:
    """Whether Anthropic serves a model of that name: one of Claude's, or one of the client's short names."""
    plain = model.casefold().removesuffix("[1m]")
    if "," in plain or "/" in plain:
        return False
    return "claude" in plain or plain in ("opus", "sonnet", "haiku", "default", "opusplan")


def gateway_places(model: str) -> bool:
    """Whether the gateway knows where to send it: Claude's names, which the routes replace, and "provider,model"."""
    return is_claude_model(model) or "," in model or "claude" in model.casefold()
