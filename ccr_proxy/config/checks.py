"""What the types of `schema` cannot see: routes that lead nowhere, misspelt names, variables that are not set.

Pure functions from data to findings. Paths are those of the file, so providers are named by the key the file uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ccr_proxy.config.interpolate import Reference
from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.problems import Finding, Severity, did_you_mean, nearest
from ccr_proxy.config.schema import PROXY_KEYS, ROUTE_NAMES, Config, Provider

TOP_LEVEL_NAMES = (
    "providers", "Providers", "Router", "HOST", "PORT", "APIKEY", "API_TIMEOUT_MS", "LOG", "LOG_LEVEL", *PROXY_KEYS,
    "CUSTOM_ROUTER_PATH", "REWRITE_SYSTEM_PROMPT", "transformers", "plugins", "Plugins", "fallback", "timeouts",
    "forceUseImageAgent", "NON_INTERACTIVE_MODE", "CLAUDE_PATH", "StatusLine", "ANTHROPIC_SMALL_FAST_MODEL", "$schema",
)  # fmt: skip
PROVIDER_NAMES = (
    "name", "api_base_url", "api_key", "models", "transformer", "tokenizer", "protocol", "headers", "max_tokens",
    "model_settings",
)  # fmt: skip
ROUTER_NAMES = (*ROUTE_NAMES, "longContextThreshold", "rules")

# Spellings from other tools and from the router's own (wrong) documentation that no similarity would find.
_PROVIDER_SYNONYMS = {
    "baseurl": "api_base_url", "base_url": "api_base_url", "url": "api_base_url", "host": "api_base_url",
    "endpoint": "api_base_url", "key": "api_key", "token": "api_key", "model": "models", "id": "name",
    "transformers": "transformer",
}  # fmt: skip


def unknown_names(raw: Mapping[str, Any], providers_key: str) -> Iterator[Finding]:
    """Names that look like a slip of a known one; any other unknown name is somebody's own and is left in peace."""
    yield from _slips(raw, TOP_LEVEL_NAMES, ())
    if isinstance(router := raw.get("Router"), dict):
        yield from _slips(router, ROUTER_NAMES, ("Router",))
    providers = raw.get(providers_key)
    for index, provider in enumerate(providers if isinstance(providers, list) else ()):
        if isinstance(provider, dict):
            yield from _slips(provider, PROVIDER_NAMES, (providers_key, index), _PROVIDER_SYNONYMS)


def _slips(
    data: Mapping[str, Any], known: tuple[str, ...], path: JsonPath, synonyms: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    for name in data:
        if name in known:
            continue
        meant = (synonyms or {}).get(name.casefold()) or nearest(name, known)
        if meant:
            here = (*path, name)
            hint = f'"{meant}" is there too and counts' if meant in data else f'did you mean "{meant}"?'
            yield Finding("warning", here, f"{path_text(here)} has no effect: the name is unknown", hint)


def providers(config: Config, providers_key: str, indexes: tuple[int, ...]) -> Iterator[Finding]:
    """No providers at all, and equal names. `indexes` says where in the file each usable provider stands."""
    if not config.providers:
        yield Finding("error", (providers_key,), "no usable provider: every request will fail", "add one to Providers")
    seen: dict[str, str] = {}
    for index, provider in zip(indexes, config.providers, strict=True):
        earlier = seen.setdefault(provider.name.casefold(), provider.name)
        if seen[provider.name.casefold()] is not provider.name:
            message = f'a second provider named "{provider.name}" hides the earlier "{earlier}"'
            yield Finding("warning", (providers_key, index, "name"), message, "give each provider its own name")


def routes(config: Config, left_out: frozenset[str], unset: frozenset[JsonPath]) -> Iterator[Finding]:
    """Routes and fallbacks whose target does not exist. `left_out` names providers that cannot be used as they are;
    texts at the paths `unset` still hold a variable and are reported for that."""
    if config.providers and not config.router.default:
        message = "Router.default is not set: requests that no other route takes have no model"
        yield Finding("error", ("Router", "default"), message, f'for example "{_example(config)}"')
    for path, target in targets(config):
        if path not in unset and config.providers:
            yield from _target(config, path, target, left_out)


def targets(config: Config) -> Iterator[tuple[JsonPath, str]]:
    """Every "provider,model" that the configuration sends requests to, with its place."""
    for name, target in config.router.routes().items():
        yield ("Router", name), target
    for name, chain in config.fallback.items():
        for index, target in enumerate(chain):
            yield ("fallback", name, index), target


def _target(config: Config, path: JsonPath, target: str, left_out: frozenset[str]) -> Iterator[Finding]:
    here = path_text(path)
    name, comma, model = (part.strip() for part in target.partition(","))
    if not comma or not model:
        if not config.has_model(target.strip()):
            known = [f"{provider.name},{model}" for provider in config.providers for model in provider.models]
            message = f'{here}: "{target}" is neither "provider,model" nor a listed model'
            yield Finding("error", path, message, did_you_mean(target, known))
        return
    provider = config.provider(name)
    if provider is None:
        if name.casefold() in left_out:
            yield Finding("error", path, f'{here}: provider "{name}" is not usable as it is configured')
        else:
            known_names = [provider.name for provider in config.providers]
            yield Finding("error", path, f'{here}: there is no provider "{name}"', did_you_mean(name, known_names))
    elif provider.models and not provider.find_model(model):
        message = f'{here}: provider "{provider.name}" does not list the model "{model}"; it is asked for all the same'
        yield Finding("warning", path, message, did_you_mean(model, provider.models))


def variables(
    config: Config, references: tuple[Reference, ...], providers_key: str, indexes: tuple[int, ...]
) -> Iterator[Finding]:
    """Variables that are unset or empty: an error where requests depend on it, else a warning."""
    needed = _needed_paths(config, providers_key, indexes)
    for reference in references:
        if reference.found:
            continue
        severity: Severity = "error" if reference.path in needed or reference.path[0] == "Router" else "warning"
        here = path_text(reference.path)
        of = f' of provider "{needed[reference.path]}"' if needed.get(reference.path) else ""
        yield Finding(
            severity,
            reference.path,
            f"{here}{of} needs the environment variable {reference.name}, which is unset or empty",
            f"set {reference.name} where the gateway is started",
        )


def _needed_paths(config: Config, providers_key: str, indexes: tuple[int, ...]) -> dict[JsonPath, str]:
    """Paths that must be complete for requests to work, with the provider they belong to ("" for the access key)."""
    routed = {id(provider) for _, text in targets(config) if (provider := _provider_of(config, text))}
    needed: dict[JsonPath, str] = {("APIKEY",): ""}
    for index, provider in zip(indexes, config.providers, strict=True):
        if id(provider) in routed:
            needed[providers_key, index, "api_key"] = provider.name
    return needed


def _provider_of(config: Config, target: str) -> Provider | None:
    found = config.target(target)
    return found[0] if found else config.provider_of_model(target.strip())


def access(config: Config, has_unset_variable: bool) -> Iterator[Finding]:
    """A missing access key, and a custom router this gateway cannot run."""
    if config.api_key is None and not has_unset_variable:
        message = "APIKEY is not set: the gateway has no access key to ask for"
        yield Finding("warning", ("APIKEY",), message, 'add "APIKEY"')
    if config.custom_router_path and config.custom_router_path.lower().endswith((".js", ".cjs", ".mjs", ".ts")):
        message = "CUSTOM_ROUTER_PATH names a JavaScript file, which this gateway cannot run"
        hint = "write it in Python: def route(request, config)"
        yield Finding("error", ("CUSTOM_ROUTER_PATH",), message, hint)


def _example(config: Config) -> str:
    provider = config.providers[0]
    return f"{provider.name},{provider.models[0] if provider.models else 'model'}"
