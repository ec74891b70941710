"""A configuration that follows its file, but never to a worse one.

`ConfigWatch.poll` looks at the file (one `stat`) and reads it again when it changed. The new configuration counts

* not when the file cannot be read or parsed (ConfigFault): the last good one stays;
* not when it has an error that the running one does not have: a part of it would not work;
* otherwise, with the warnings and the errors that were there before: whoever mends one of two errors is not refused.

Why a file does not count is in `rejected`, until it does. A file that went back to what is running counts as unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from ccr_proxy.config.custom_router import custom_router_file
from ccr_proxy.config.fingerprint import Fingerprint, fingerprint_of
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.config.problems import Problem
from ccr_proxy.errors import ConfigFault

# What is bound when the gateway starts; everything else is looked up anew for each request.
_NEEDS_RESTART = {
    "host": "HOST",
    "port": "PORT",
    "log": "LOG",
    "usage.record": "usage.record",
    "usage.keep_days": "usage.keep_days",
}


class ConfigWatch:
    """Watches the file of `loaded`, and the custom router's file with it.

    `load` reads a path as `config.load.load` does; `stat` gives a path's fingerprint. Nothing here waits or runs by
    itself: call `poll` about once a second.
    """

    def __init__(
        self,
        loaded: LoadedConfig,
        load: Callable[[Path], LoadedConfig],
        stat: Callable[[Path], Fingerprint | None] = fingerprint_of,
    ) -> None:
        self.current = loaded
        self.rejected: str | None = None
        self.rejected_problems: tuple[Problem, ...] = ()
        self._load = load
        self._stat = stat
        self._seen = self._fingerprints()

    def poll(self) -> LoadedConfig | None:
        """The configuration to use from now on, when it changed; else None. Reads the file only when it changed.

        When only the custom router's file changed, the configuration comes back as it is: its router is to be loaded
        again.
        """
        # Taken before reading: what is written meanwhile is seen by the next poll.
        seen = self._fingerprints()
        if seen == self._seen:
            return None
        config_changed = seen[0] != self._seen[0]
        self._seen = seen
        return self._reread() if config_changed else self.current

    def _fingerprints(self) -> tuple[Fingerprint | None, Fingerprint | None]:
        router = custom_router_file(self.current.config, self.current.path)
        return self._stat(self.current.path), self._stat(router) if router else None

    def _reread(self) -> LoadedConfig | None:
        self.rejected, self.rejected_problems = None, ()
        try:
            loaded = self._load(self.current.path)
        except ConfigFault as fault:
            self.rejected = fault.message
            return None
        if loaded.document.text == self.current.document.text and loaded.config == self.current.config:
            return None
        worse = new_errors(self.current, loaded)
        if worse:
            self.rejected = _told(worse, loaded)
            self.rejected_problems = worse
            return None
        self.current = loaded
        # The configuration may name another router now; the fingerprint of its own file stays the one before reading.
        self._seen = (self._seen[0], self._fingerprints()[1])
        return loaded


def new_errors(running: LoadedConfig, changed: LoadedConfig) -> tuple[Problem, ...]:
    """The errors of `changed` that `running` does not have; lines may differ."""
    known = {(problem.path, problem.message) for problem in running.errors}
    return tuple(problem for problem in changed.errors if (problem.path, problem.message) not in known)


def needs_restart(running: LoadedConfig, changed: LoadedConfig) -> tuple[str, ...]:
    """The keys that differ and take effect only when the gateway starts again."""
    return tuple(
        key
        for attribute, key in _NEEDS_RESTART.items()
        if attrgetter(attribute)(running.config) != attrgetter(attribute)(changed.config)
    )


def _told(problems: tuple[Problem, ...], loaded: LoadedConfig) -> str:
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return problems[0].text(str(loaded.path)) + more
