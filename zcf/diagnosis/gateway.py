"""The gateway's process and its port."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.service.status import Condition
from ccr_proxy.version import __version__
from zcf.diagnosis.effective import leads_to_gateway
from zcf.diagnosis.facts import Answerer, Facts
from zcf.diagnosis.finding import Finding, Repair, finding


def port(facts: Facts) -> Iterator[Finding]:
    """Another program on the gateway's port."""
    gateway = facts.gateway
    if gateway.condition is Condition.PORT_TAKEN:
        code = "port-npm-router" if gateway.owner_is_npm_router else "port-taken"
        command = f"{facts.programs.npm_ccr or 'ccr'} stop"
        yield finding(code, port=gateway.port, program=gateway.owner, command=command)


def running(facts: Facts) -> Iterator[Finding]:
    """Whether it runs, answers, is of this version and uses this configuration."""
    gateway = facts.gateway
    if gateway.condition is Condition.UNRESPONSIVE:
        yield finding("gateway-silent", pid=gateway.pid)
    elif gateway.condition is Condition.NOT_RUNNING and facts.config.has_default:
        # Where Claude Code depends on it, that is an error of its own.
        if not leads_to_gateway(facts.claude, facts.shell, facts.config):
            yield finding("gateway-stopped")
    elif gateway.condition is Condition.RUNNING:
        if gateway.version != __version__:
            repair = Repair.RESTART_GATEWAY
            yield finding("gateway-old-version", repair=repair, running=gateway.version, installed=__version__)
        if not _nobody_at_address(facts) and _is_moved(facts):
            yield finding("gateway-other-port", running=gateway.port, configured=_configured_port(facts))
        if gateway.config_path is not None and gateway.config_path != facts.config.path:
            yield finding("gateway-other-config", used=gateway.config_path, configured=facts.config.path)


def _nobody_at_address(facts: Facts) -> bool:
    """Whether Claude Code is pointed to where nobody listens, which is told there."""
    endpoint = facts.claude.endpoint
    return endpoint is not None and endpoint.answerer is Answerer.NOBODY


def _configured_port(facts: Facts) -> int | None:
    return facts.config.listening.port if facts.config.listening else None


def _is_moved(facts: Facts) -> bool:
    return _configured_port(facts) not in (None, facts.gateway.port)


def records(facts: Facts) -> Iterator[Finding]:
    """A record that names a process which has ended."""
    if facts.gateway.stale_pid is not None:
        yield finding("record-stale", repair=Repair.FORGET_RECORD, pid=facts.gateway.stale_pid)
