"""The id by which a gateway is told from any other on the same port."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping

# Set by the launcher, so that it recognises its own child in the health answer.
INSTANCE_VARIABLE = "CCR_GATEWAY_INSTANCE"


def new_instance() -> str:
    """A fresh id; unguessable, so that another program cannot pose as the instance that a record names."""
    return secrets.token_hex(8)


def take_expected_instance(environ: MutableMapping[str, str]) -> str | None:
    """The id the launcher chose for this process, removed from `environ` so that no child inherits it."""
    return environ.pop(INSTANCE_VARIABLE, None)
