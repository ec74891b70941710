"""The gateway's configuration file, and who can reach the gateway with it."""

from __future__ import annotations

from collections.abc import Iterator

from ccr_proxy.service.addresses import is_loopback
from ccr_proxy.service.listening import PUBLIC_KEYS
from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, finding

# Guessed in a network, not on this machine: 16 characters of 64 kinds are 96 bits.
SHORTEST_KEY_IN_A_NETWORK = 16


def problems(facts: Facts) -> Iterator[Finding]:
    """What is wrong in the file, with line, column and hint."""
    config = facts.config
    if config.of_ccr_3 is not None:
        yield finding("config-in-ccr-3", path=config.of_ccr_3, file=config.of_ccr_3)
    if config.checked is None:
        yield finding("config-missing", file=config.path)
        return
    for problem in config.checked.problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        text = f"{problem.line}:{problem.column}: {problem.message}{hint}"
        yield finding(f"config-{problem.severity}", path=config.path, text=text, file=config.path)
    if config.checked.loaded is not None and not config.has_default:
        yield finding("route-default-missing", path=config.path, file=config.path)


def access(facts: Facts) -> Iterator[Finding]:
    """The key that clients must send, and which machines may try."""
    config = facts.config
    if config.key_fault is not None:
        yield finding("access-key-unusable", path=config.path, file=config.path)
    if config.listening is None or is_loopback(config.listening.host):
        return
    key = config.listening.api_key
    is_weak = key in PUBLIC_KEYS or len(key) < SHORTEST_KEY_IN_A_NETWORK
    yield finding("host-open-weak-key" if is_weak else "host-open", path=config.path, host=config.listening.host)
