"""Where Claude Code is pointed, and what else in its files decides where requests go."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from ccr_proxy.service.addresses import base_url
from ccr_proxy.service.listening import PUBLIC_KEYS
from ccr_proxy.service.status import Condition
from zcf.diagnosis.effective import effective, leads_to_gateway, settings_env
from zcf.diagnosis.facts import Answerer, Facts
from zcf.diagnosis.finding import Finding, Repair, finding
from zcf.plan.claude_settings import CLOUD_SWITCHES, MODEL_VARIABLES, OFF_VALUES, gateway_places

# Until then the client's attribution line changed with every request behind a gateway, which defeats prompt caches
# (https://code.claude.com/docs/en/llm-gateway-protocol).
OLDEST_CLAUDE = "2.1.181"


def unreadable_files(facts: Facts) -> Iterator[Finding]:
    """Files of Claude Code that are no JSON object, not UTF-8, write-protected or not to be read."""
    for path, fault in facts.claude.faults:
        yield finding("settings-unreadable", path=path, cause=fault)


def address(facts: Facts) -> Iterator[Finding]:
    """The base URL, where it leads to this machine: somebody must answer there, and it must be a gateway."""
    endpoint = facts.claude.endpoint
    if endpoint is None:
        return
    ours = leads_to_gateway(facts.claude, facts.shell, facts.config)
    url = effective("ANTHROPIC_BASE_URL", facts.claude, facts.shell)
    if endpoint.answerer is Answerer.NOBODY:
        yield _nobody_there(facts, ours=ours, url=url)
    elif endpoint.answerer is Answerer.NPM_ROUTER and not ours:
        yield finding("address-npm-router", program=endpoint.name, url=url)
    elif endpoint.answerer is Answerer.OTHER and not ours:
        yield finding("address-other-program", program=endpoint.name, url=url)


def _nobody_there(facts: Facts, *, ours: bool, url: str) -> Finding:
    if ours and facts.gateway.condition is Condition.RUNNING:
        return _gateway_elsewhere(facts, url)
    if ours:
        startable = facts.config.has_default and facts.config.key_fault is None
        return finding("address-gateway-stopped", repair=Repair.START_GATEWAY if startable else None, url=url)
    names = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
    keys = {effective(name, facts.claude, facts.shell) for name in names}
    # The keys that ZCF up to 3 and Claude Code Router write for everybody.
    code = "address-old-setup" if keys & PUBLIC_KEYS else "address-dead"
    return finding(code, repair=_point_if_possible(facts), url=url)


def _gateway_elsewhere(facts: Facts, url: str) -> Finding:
    """The gateway runs, but not there: on another port than the configured one, or under another name of this host."""
    gateway, listening = facts.gateway, facts.config.listening
    is_as_configured = listening is not None and listening.port == gateway.port
    repair = _point_if_possible(facts) if is_as_configured else Repair.RESTART_GATEWAY
    actual = base_url(gateway.host or "", gateway.port or 0)
    return finding("address-gateway-moved", repair=repair, url=url, actual=actual)


def _point_if_possible(facts: Facts) -> Repair | None:
    """settings.json can be pointed to the gateway where there is a usable one, and the shell does not decide."""
    usable = facts.config.has_default and facts.config.listening is not None and facts.claude.settings is not None
    in_settings = "ANTHROPIC_BASE_URL" in settings_env(facts.claude)
    return Repair.POINT_TO_GATEWAY if usable and in_settings else None


def cloud(facts: Facts) -> Iterator[Finding]:
    """Switches that send Claude Code to a cloud, whatever the base URL says."""
    if not effective("ANTHROPIC_BASE_URL", facts.claude, facts.shell):
        return
    for name in CLOUD_SWITCHES:
        value = effective(name, facts.claude, facts.shell)
        if value and value.lower() not in OFF_VALUES:
            where = "settings.json" if name in settings_env(facts.claude) else "shell"
            yield finding("cloud-switch", name=name, where=where)


def models(facts: Facts) -> Iterator[Finding]:
    """Model names that the gateway cannot place: neither Claude's nor "provider,model" of the configuration."""
    if not leads_to_gateway(facts.claude, facts.shell, facts.config):
        return
    named = {name: effective(name, facts.claude, facts.shell) for name in MODEL_VARIABLES}
    if facts.claude.settings is not None:
        named["model"] = str(facts.claude.settings.document.get(("model",)) or "")
    for name, model in named.items():
        if model and not _is_placed(model, facts):
            yield finding("model-unknown", name=name, model=model)


def _is_placed(model: str, facts: Facts) -> bool:
    loaded = facts.config.checked.loaded if facts.config.checked else None
    if loaded is None or "," not in model:
        return gateway_places(model)
    provider = loaded.config.provider(model.partition(",")[0].strip())
    return provider is not None


def first_questions(facts: Facts) -> Iterator[Finding]:
    """Onboarding that is still open: with an API key it contacts Anthropic before it looks at the base URL."""
    state = facts.claude.state
    if state is None or not leads_to_gateway(facts.claude, facts.shell, facts.config):
        return
    if state.document.get(("hasCompletedOnboarding",)) is not True:
        yield finding("onboarding-open", path=state.path, repair=Repair.FINISH_ONBOARDING, file=state.path)


def project(facts: Facts) -> Iterator[Finding]:
    """Settings of the folder's project, which outrank those of the user there."""
    for path, names in facts.claude.project_settings:
        yield finding("project-settings", path=path, file=path, names=", ".join(names))


def program(facts: Facts) -> Iterator[Finding]:
    """Claude Code itself: is it here, is it new enough."""
    version = facts.claude.version
    if facts.claude.program is None:
        yield finding("claude-missing")
    elif version is not None and _is_older(version, OLDEST_CLAUDE):
        yield finding("claude-old", version=version, oldest=OLDEST_CLAUDE)


def _is_older(version: str, than: str) -> bool:
    try:
        return Version(version) < Version(than)
    except InvalidVersion:
        return False
