"""Claude Code's settings.json, so that it talks to the gateway: our own keys in `env`, and nothing else.

Which credential goes where (tried with client 2.1.197):

* ANTHROPIC_AUTH_TOKEN needs no approval, so that is what a new set-up gets.
* A file that already uses ANTHROPIC_API_KEY keeps using it; the key must then be approved in `.claude.json`.
* Both at once make the client warn and send both, so of two the API key goes.
* An ANTHROPIC_API_KEY that the shell exports would join our token in the same way; the empty one in settings.json
  overrides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
_OFF = frozenset({"0", "false", "no", "off"})
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "*", "127.0.0.0/8"})


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
    document = _around_the_proxy(document, shell)
    return EditedSettings(document, key if uses_api_key else None, tuple(_warnings(document)))


def _around_the_proxy(document: Document, shell: ShellFacts) -> Document:
    """Exempt this machine where plain HTTP would otherwise go through a proxy."""
    env: dict[str, Any] = document.get(("env",), {})
    if not (shell.proxy or env.get("HTTP_PROXY") or env.get("http_proxy")):
        return document
    name = "no_proxy" if env.get("no_proxy") and not env.get("NO_PROXY") else "NO_PROXY"
    hosts = str(env.get(name) or shell.no_proxy)
    if _LOOPBACK_NAMES & {host.strip() for host in hosts.split(",")}:
        return document
    return document.with_value(("env", name), f"{hosts},127.0.0.1" if hosts else "127.0.0.1")


def _warnings(document: Document) -> list[Notice]:
    env: dict[str, Any] = document.get(("env",), {})
    found = []
    if document.get(("apiKeyHelper",)):
        found.append(notice("settings.api_key_helper", path=document.source))
    switches = [name for name in CLOUD_SWITCHES if str(env.get(name) or "0").lower() not in _OFF]
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
