"""A session stays where its prompt cache is.

A prompt cache belongs to one model at one provider and is found again by the account, so a session is bound to all
three. It stays until nothing was asked for `seconds` (the cache is cold then), or until its place fails: then it moves
once, to whoever answers, and stays there. It goes home when it has been away for `seconds`, or when told (`forget`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccr_proxy.availability.shared_state import Binding, SharedState
from ccr_proxy.json_codec import dumps

# Sessions differ early: the first prompt follows the reminders that Claude Code puts before it.
_MOST_BYTES = 1 << 16


def session_key(session_id: str | None, messages: Sequence[Any], route: str) -> str | None:
    """The name under which a session is remembered on a route; a conversation without an id is known by its first
    message. None when there is neither.

    Routes are kept apart: the background requests of a session have another prompt, model and cache.
    """
    if session_id:
        material = b"id:" + session_id.encode("utf-8", "surrogatepass")
    elif messages:
        material = b"first:" + dumps(messages[0])[:_MOST_BYTES]
    else:
        return None
    return f"{hashlib.blake2b(material, digest_size=15).hexdigest()}/{route}"


@dataclass(slots=True)
class Affinity:
    """Where sessions stay. `seconds` is how long a prompt cache is taken to be warm; 0 turns all of this off."""

    state: SharedState
    seconds: float = 3600.0

    def home(self, session: str | None, now: float) -> Binding | None:
        """Where the session stays, if it still does at `now`."""
        binding = self.state.binding(session) if session and self.seconds > 0 else None
        if session is None or binding is None:
            return None
        cold = now - binding.used >= self.seconds
        may_go_home = binding.displaced and now - binding.since >= self.seconds
        if cold or may_go_home:
            self.state.set_binding(session, None)
            return None
        return binding

    def answered(self, session: str | None, at: Binding, now: float, *, moved: bool) -> None:
        """The session was answered at a place (`at.since` and `at.used` do not matter). `moved`: the place that should
        have answered failed; without that a session that was elsewhere, because home was full, goes back."""
        if session is None or self.seconds <= 0:
            return
        before = self.state.binding(session)
        if before and (before.provider, before.model, before.key) == (at.provider, at.model, at.key):
            self.state.set_binding(session, replace(before, used=now))
        elif before is None or moved:
            self.state.set_binding(session, replace(at, since=now, used=now, displaced=moved))

    def forget(self, provider: str = "") -> int:
        """Let the displaced sessions go home; with a provider, those that stay there too. Returns how many."""
        gone = [
            session
            for session, binding in self.state.bindings()
            if binding.displaced or (provider and binding.provider == provider)
        ]
        for session in gone:
            self.state.set_binding(session, None)
        return len(gone)
