"""What looking finds, as plain data: the words between `look`, which reads the machine, and `plan`, which does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config.document import Document
from zcf.presets import Preset


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as it was when we looked; `content` is None where there is none, the document then an empty object."""

    path: Path
    content: bytes | None
    document: Document


@dataclass(frozen=True, slots=True)
class FoundKey:
    """An environment variable that holds the key of a provider.

    `also` are the other set variables of the same vendor: a variant may have a key of its own.
    """

    preset: Preset
    variable: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A model server of this machine that answered, with at least one model that can chat."""

    preset_id: str
    base_url: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShellFacts:
    """What Claude Code would inherit from this shell.

    `api_key` is the shell's own ANTHROPIC_API_KEY, `auth_token` its ANTHROPIC_AUTH_TOKEN; `proxy` whether its
    requests go through a proxy, and `no_proxy` the hosts exempted from that.
    """

    api_key: str | None = None
    proxy: bool = False
    no_proxy: str = ""
    auth_token: str | None = None
