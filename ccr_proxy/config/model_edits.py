"""Changes of routes and of lists of models: from a configuration to its new text, with everything else kept.

What would not work is refused, with what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ccr_proxy.config.checks import targets
from ccr_proxy.config.document import Document
from ccr_proxy.config.interpolate import interpolate
from ccr_proxy.config.json_path import JsonPath, path_text
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.config.problems import did_you_mean
from ccr_proxy.config.schema import Config, Provider
from ccr_proxy.errors import ConfigFault


def with_route(loaded: LoadedConfig, route: str, names: Sequence[str]) -> Document:
    """The route leads to these "provider,model", asked in this order. Raises ConfigFault for one that is not listed."""
    found = [_listed(loaded.config, name) for name in names]
    return loaded.document.with_value(("Router", route), found[0] if len(found) == 1 else found)


def with_model(loaded: LoadedConfig, provider_name: str, model: str, environ: Mapping[str, str]) -> Document:
    """The provider lists `model`; a model that it lists already changes nothing. Raises ConfigFault."""
    provider = provider_named(loaded.config, provider_name)
    if provider.find_model(model) is not None:
        return loaded.document
    models = (*_place(loaded, provider, environ), "models")
    listed = loaded.document.get(models)
    if not isinstance(listed, list):
        return loaded.document.with_value(models, [model])
    return loaded.document.with_value((*models, len(listed)), model)


def without_model(loaded: LoadedConfig, provider_name: str, model: str, environ: Mapping[str, str]) -> Document:
    """The provider does not list `model`. Raises ConfigFault when something still sends requests to it."""
    provider = provider_named(loaded.config, provider_name)
    known = provider.find_model(model)
    if known is None:
        hint = _in_brackets(did_you_mean(model, provider.models))
        raise ConfigFault(f'provider "{provider.name}" does not list the model "{model}"{hint}')
    if users := users_of(loaded.config, provider, known):
        raise ConfigFault(f"{provider.name},{known} is used by {', '.join(users)}: send these elsewhere first")
    models = (*_place(loaded, provider, environ), "models")
    listed = interpolate(loaded.document.get(models), environ).value
    document = loaded.document
    for index in reversed([index for index, name in enumerate(listed) if name == known]):
        document = document.without((*models, index))
    return document


def users_of(config: Config, provider: Provider, model: str) -> tuple[str, ...]:
    """The places in the file that name this target: "Router.think", "fallback.default[1]", `rule "night"`."""
    return tuple(
        dict.fromkeys(
            _place_name(config, path)
            for path, name in targets(config)
            if (found := config.listed_target(name)) and (found[0].name, found[1]) == (provider.name, model)
        )
    )


def provider_named(config: Config, name: str) -> Provider:
    """The provider of that name. Raises ConfigFault."""
    provider = config.provider(name)
    if provider is None:
        hint = _in_brackets(did_you_mean(name, [each.name for each in config.providers]))
        raise ConfigFault(f'there is no provider "{name}"{hint}')
    return provider


def _listed(config: Config, name: str) -> str:
    """A target as the configuration spells it."""
    found = config.listed_target(name)
    if found is not None:
        return f"{found[0].name},{found[1]}"
    provider_name, comma, model = (part.strip() for part in name.partition(","))
    if not comma or not model:
        known = [f"{provider.name},{listed}" for provider in config.providers for listed in provider.models]
        raise ConfigFault(
            f'"{name}" is neither "provider,model" nor a listed model{_in_brackets(did_you_mean(name, known))}'
        )
    provider = provider_named(config, provider_name)
    hint = did_you_mean(model, provider.models)
    raise ConfigFault(
        f'provider "{provider.name}" does not list the model "{model}"{_in_brackets(hint)}; '
        f"`ccr model add {provider.name} {model}` adds it"
    )


def _place(loaded: LoadedConfig, provider: Provider, environ: Mapping[str, str]) -> JsonPath:
    """Where in the file the provider stands that counts under its name: the last one."""
    data: dict[str, Any] = interpolate(loaded.document.value, environ).value
    key = "providers" if data.get("Providers") is None else "Providers"
    places = [i for i, each in enumerate(data[key]) if isinstance(each, dict) and each.get("name") == provider.name]
    return (key, places[-1])


def _place_name(config: Config, path: JsonPath) -> str:
    rule = next((rule for rule in config.router.rules if path[: len(rule.path)] == rule.path), None)
    return f'rule "{rule.name}"' if rule else path_text(path)


def _in_brackets(hint: str) -> str:
    return f" ({hint})" if hint else ""
