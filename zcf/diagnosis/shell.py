"""Variables of this shell that decide, join in, or seem to decide and do not."""

from __future__ import annotations

from collections.abc import Iterator

from zcf.diagnosis.effective import address_of, effective, leads_to_gateway, settings_env
from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, Repair, finding
from zcf.plan.claude_settings import PROXY_VARIABLES, is_exempt
from zcf.plan.connection import API_KEY, AUTH_TOKEN, BASE_URL, READ_FROM_SHELL


def variables(facts: Facts) -> Iterator[Finding]:
    """settings.json outranks the shell, so what both set is harmless; what only the shell sets joins in."""
    env = settings_env(facts.claude)
    overruled = [name for name in READ_FROM_SHELL if name in env and facts.shell.get(name, env[name]) != env[name]]
    if overruled:
        yield finding("shell-overruled", names=", ".join(overruled))
    if BASE_URL not in env:
        return
    credentials = any(env.get(name) for name in (API_KEY, AUTH_TOKEN))
    for name in READ_FROM_SHELL:
        is_credential = name in (API_KEY, AUTH_TOKEN)
        if name in facts.shell and name not in env and (credentials or not is_credential):
            repair = Repair.POINT_TO_GATEWAY if _can_silence(name, facts) else None
            yield finding("shell-joins", repair=repair, name=name)


def _can_silence(name: str, facts: Facts) -> bool:
    """Pointing to the gateway switches the shell's API key off with an empty one in settings.json."""
    uses_token = bool(settings_env(facts.claude).get(AUTH_TOKEN))
    ours = leads_to_gateway(facts.claude, facts.shell, facts.config)
    return name == API_KEY and uses_token and ours and facts.config.has_default


def proxy(facts: Facts) -> Iterator[Finding]:
    """A proxy that also gets the requests to this machine, because NO_PROXY does not exempt it."""
    address = address_of(effective(BASE_URL, facts.claude, facts.shell))
    if address is None:
        return
    name = next((name for name in PROXY_VARIABLES if effective(name, facts.claude, facts.shell)), None)
    exempt = effective("NO_PROXY", facts.claude, facts.shell) or effective("no_proxy", facts.claude, facts.shell)
    if name is not None and not is_exempt(address[0], exempt):
        repair = Repair.GO_AROUND_PROXY if facts.claude.settings is not None else None
        yield finding("proxy-in-the-way", repair=repair, name=name, host=address[0])
