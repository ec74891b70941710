"""Names of presets. They become folders and parts of addresses, so nothing in one may lead elsewhere."""

from __future__ import annotations

import re

from ccr_proxy.errors import ConfigFault

# Windows cuts trailing dots and spaces, and knows some names as devices; all systems get the same answer.
_NAME = re.compile(r"(?!\.)[^\x00-\x1f\x7f/\\:*?\"<>|#%]{1,64}(?<![. ])")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def is_name(name: str) -> bool:
    """Whether a preset may be called so."""
    return _NAME.fullmatch(name) is not None and ".." not in name and not _DEVICES.fullmatch(name)


def require_name(name: str) -> str:
    """The name. Raises ConfigFault when no preset may be called so."""
    if not is_name(name):
        raise ConfigFault(f"a preset cannot be called {name!r}: it names a folder, without / \\ : .. and the like")
    return name
