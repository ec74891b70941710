"""What Claude Code proves itself with: would the gateway take it, and would Claude Code use it without asking."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.config.document import Document
from zcf.diagnosis.effective import effective, leads_to_gateway, settings_env
from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, Repair, finding
from zcf.plan.claude_state import REMEMBERED_CHARACTERS
from zcf.plan.secrets import masked


def accepted(facts: Facts) -> Iterator[Finding]:
    """The key that goes to our gateway: the running gateway's own word counts, else the configuration's key."""
    if not leads_to_gateway(facts.claude, facts.shell, facts.config) or facts.config.listening is None:
        return
    sent = _sent(facts)
    if not sent:
        if not _has_helper(facts):
            yield finding("key-missing", repair=_repair(facts))
        return
    accepts = facts.claude.endpoint.accepts if facts.claude.endpoint else None
    if accepts is None:
        accepts = sent == facts.config.listening.api_key
    if not accepts and sent == facts.config.listening.api_key:
        yield finding("gateway-other-key", key=masked(sent), file=facts.config.path)
    elif not accepts:
        yield finding("key-refused", repair=_repair(facts), key=masked(sent), where=_source(facts))


def _sent(facts: Facts) -> str:
    """The token, else the key, else the one that Claude Code keeps in `.claude.json`.

    With token and key both, the gateway takes the request for either.
    """
    for name in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"):
        if value := effective(name, facts.claude, facts.shell):
            return value
    return str(facts.claude.state.document.get(("primaryApiKey",)) or "") if facts.claude.state else ""


def _source(facts: Facts) -> str:
    env, names = settings_env(facts.claude), ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
    if any(env.get(name) for name in names):
        return "settings.json"
    return "shell" if any(facts.shell.get(name) for name in names) else ".claude.json"


def _repair(facts: Facts) -> Repair | None:
    """settings.json outranks the shell, so writing the right key there is enough."""
    return Repair.POINT_TO_GATEWAY if facts.config.has_default and facts.claude.settings is not None else None


def approved(facts: Facts) -> Iterator[Finding]:
    """An API key that interactive Claude Code would ask about, or ignore because it was once refused."""
    key = effective("ANTHROPIC_API_KEY", facts.claude, facts.shell)
    state = facts.claude.state
    if not key or state is None:
        return
    remembered = key[-REMEMBERED_CHARACTERS:]
    if remembered in _answers(state.document, "rejected"):
        code = "key-rejected"
    elif remembered not in _answers(state.document, "approved"):
        code = "key-unapproved"
    else:
        return
    yield finding(code, path=state.path, repair=Repair.APPROVE_KEY, key=masked(key), file=state.path)


def _answers(state: Document, verdict: str) -> list[object]:
    answers = state.get(("customApiKeyResponses", verdict))
    return answers if isinstance(answers, list) else []


def only_one(facts: Facts) -> Iterator[Finding]:
    """Two credentials in settings.json, or a helper besides: Claude Code warns and sends both."""
    env = settings_env(facts.claude)
    if env.get("ANTHROPIC_API_KEY") and env.get("ANTHROPIC_AUTH_TOKEN"):
        ours = leads_to_gateway(facts.claude, facts.shell, facts.config)
        yield finding("two-credentials", repair=_repair(facts) if ours else None)
    if _has_helper(facts) and _sent(facts):
        yield finding("key-helper")


def _has_helper(facts: Facts) -> bool:
    settings = facts.claude.settings
    return settings is not None and bool(settings.document.get(("apiKeyHelper",)))
