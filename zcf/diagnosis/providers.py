"""Whether the providers of the routes answer."""

from __future__ import annotations

from collections.abc import Iterator

from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, finding

_KEY_REFUSED = frozenset({401, 403})


def answers(facts: Facts) -> Iterator[Finding]:
    """What each provider that was asked said."""
    if facts.providers.fault is not None:
        yield finding("providers-not-asked", reason=facts.providers.fault)
    for answer in facts.providers.answers:
        if answer.ok:
            continue
        target = ",".join(filter(None, (answer.provider, answer.model)))
        if not answer.reached:
            code = "provider-unreachable"
        else:
            code = "provider-key-refused" if answer.status in _KEY_REFUSED else "provider-failed"
        yield finding(code, target=target, status=answer.status, reason=answer.message, provider=answer.provider)
