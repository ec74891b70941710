"""What the shell's environment says: keys of providers, and variables that get in Claude Code's way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from zcf.facts import FoundKey, ShellFacts
from zcf.plan.claude_settings import PROXY_VARIABLES
from zcf.presets import Preset, with_variants


def found_keys(environ: Mapping[str, str], presets: Iterable[Preset]) -> tuple[FoundKey, ...]:
    """The providers whose key is set, in the order of their priority; of each vendor the first that one fits."""
    keys = []
    for preset in presets:
        fitting = _fitting(preset, environ)
        if fitting and not (preset.id == "anthropic" and _talks_to_a_gateway(environ)):
            (variable, chosen), *others = fitting.items()
            keys.append(FoundKey(chosen, variable, tuple(name for name, _ in others)))
    return tuple(keys)


def _fitting(preset: Preset, environ: Mapping[str, str]) -> dict[str, Preset]:
    """The variables that are set, each with the first of a vendor's presets that it fits."""
    fitting: dict[str, Preset] = {}
    for entry in with_variants(preset):
        for name in entry.api_key_env:
            if environ.get(name, "").strip():
                fitting.setdefault(name, entry)
    return fitting


def _talks_to_a_gateway(environ: Mapping[str, str]) -> bool:
    """With a base URL of its own, ANTHROPIC_API_KEY is the key of that gateway (perhaps of ours), not Anthropic's."""
    base_url = environ.get("ANTHROPIC_BASE_URL", "")
    return bool(base_url) and urlsplit(base_url).hostname != "api.anthropic.com"


def shell_facts(environ: Mapping[str, str]) -> ShellFacts:
    """The variables of the shell that matter to the client."""
    return ShellFacts(
        api_key=environ.get("ANTHROPIC_API_KEY") or None,
        proxy=any(environ.get(name) for name in PROXY_VARIABLES),
        no_proxy=environ.get("NO_PROXY") or environ.get("no_proxy") or "",
        auth_token=environ.get("ANTHROPIC_AUTH_TOKEN") or None,
    )
