"""What the types of `schema` cannot see: routes that lead nowhere, misspelt names, variables that are not set.

Pure functions from data to findings. Paths are those of the file, so providers are named by the key the file uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from ccr_proxy.config.interpolate import Reference
from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.problems import Finding, Severity, did_you_mean, nearest
from ccr_proxy.config.rules import Rule
from ccr_proxy.config.schema import PROXY_KEYS, ROUTE_NAMES, Config, Provider, ProviderTransformer, TransformerUse

TOP_LEVEL_NAMES = (
    "providers", "Providers", "Router", "HOST", "PORT", "APIKEY", "API_TIMEOUT_MS", "LOG", "LOG_LEVEL", *PROXY_KEYS,
    "CUSTOM_ROUTER_PATH", "REWRITE_SYSTEM_PROMPT", "transformers", "plugins", "Plugins", "fallback", "timeouts",
    "availability", "usage", "forceUseImageAgent", "NON_INTERACTIVE_MODE", "CLAUDE_PATH", "StatusLine",
    "ANTHROPIC_SMALL_FAST_MODEL", "$schema",
)  # fmt: skip
PROVIDER_NAMES = (
    "name", "api_base_url", "api_key", "models", "transformer", "tokenizer", "protocol", "headers", "max_tokens",
    "model_settings", "api_keys", "key_order", "limits",
)  # fmt: skip
ROUTER_NAMES = (*ROUTE_NAMES, "longContextThreshold", "longContextThresholds", "thinkWhen", "rules")
FURTHER_FALLBACKS = ("custom", "explicit", "subagent", "model", "rule")
THINK_WHEN_NAMES = ("words", "efforts", "plan_mode", "budgets", "offered")

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
        if isinstance(think_when := router.get("thinkWhen"), dict):
            yield from _slips(think_when, THINK_WHEN_NAMES, ("Router", "thinkWhen"))
        if isinstance(thresholds := router.get("longContextThresholds"), dict):
            yield from _slips(thresholds, tuple(ROUTE_NAMES), ("Router", "longContextThresholds"))
    if isinstance(fallback := raw.get("fallback"), dict):
        yield from _slips(fallback, (*ROUTE_NAMES, *FURTHER_FALLBACKS), ("fallback",))
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
    for path, target in route_targets(config):
        if path not in unset and config.providers:
            yield from _target(config, path, target, left_out)


def rules(config: Config, left_out: frozenset[str], unset: frozenset[JsonPath]) -> Iterator[Finding]:
    """Rules that are inactive, and why: what cannot be read in them, and targets that do not exist. A rule asks for
    more than a route does: a model that its provider does not list is an error, because a rule may apply for the first
    time when nobody is looking."""
    for rule in config.router.rules:
        yield from rule.faults
        for path, target in _rule_targets(rule):
            if path not in unset and config.listed_target(target) is None:
                for finding in _target(config, path, target, left_out):
                    message = finding.message.removesuffix(_ASKED_ALL_THE_SAME)
                    yield Finding("error", path, f'{message}; "{rule.name}" is inactive', finding.hint)


def targets(config: Config) -> Iterator[tuple[JsonPath, str]]:
    """Every "provider,model" that the configuration may send requests to, with its place."""
    yield from route_targets(config)
    for rule in config.router.rules:
        yield from _rule_targets(rule)


def route_targets(config: Config) -> Iterator[tuple[JsonPath, str]]:
    """As `targets`, of routes and fallbacks only."""
    for name, targets in config.router.target_sets().items():
        for inner, target in zip(targets.paths, targets.names, strict=True):
            yield ("Router", name, *inner), target
    for name, chain in config.fallback.items():
        for index, target in enumerate(chain):
            yield ("fallback", name, index), target


def _rule_targets(rule: Rule) -> Iterator[tuple[JsonPath, str]]:
    if rule.use is not None:
        for inner, target in zip(rule.use.paths, rule.use.names, strict=True):
            yield (*rule.path, "use", *inner), target


_ASKED_ALL_THE_SAME = "; it is asked for all the same"


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
        message = f'{here}: provider "{provider.name}" does not list the model "{model}"{_ASKED_ALL_THE_SAME}'
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


class TransformerFault(Protocol):
    """What is wrong with entry number `index` of a list of transformers."""

    @property
    def index(self) -> int: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str: ...


def transformers(
    raw: Mapping[str, Any], faults_in_uses: Callable[[Iterable[TransformerUse]], Iterable[TransformerFault]]
) -> Iterator[Finding]:
    """Transformers that do not exist or get a wrong option: CCR drops them without a word, so a slip goes unnoticed.

    `raw` is the file's data; lists that cannot be read are passed over here, `load` tells them.
    """
    providers_key = "providers" if raw.get("Providers") is None and "providers" in raw else "Providers"
    listed = raw.get(providers_key)
    for number, provider in enumerate(listed if isinstance(listed, list) else ()):
        transformer = provider.get("transformer") if isinstance(provider, dict) else None
        path: JsonPath = (providers_key, number, "transformer")
        for place, uses in _use_lists(transformer, path):
            for fault in faults_in_uses(uses):
                here = (*place, fault.index)
                yield Finding(fault.severity, here, f"{path_text(here)}: {fault.message}", fault.hint)


def _use_lists(transformer: Any, path: JsonPath) -> Iterator[tuple[JsonPath, tuple[TransformerUse, ...]]]:
    """The list of the provider and those of its models, each with its place."""
    try:
        known = ProviderTransformer.model_validate(transformer or {})
    except ValueError:
        return
    yield (*path, "use"), known.use
    for model, own in known.of_models().items():
        yield (*path, model, "use"), own.use


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
