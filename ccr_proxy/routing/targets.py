"""From the names that people write to providers and models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from ccr_proxy.config.schema import Config, Provider
from ccr_proxy.config.target_set import Strategy, TargetSet

# `GET /v1/models` puts this before "provider,model": Claude Code shows only names that begin with "claude" or
# "anthropic" (https://code.claude.com/docs/en/llm-gateway-protocol).
DISCOVERY_PREFIX = "anthropic/"


class Target(NamedTuple):
    """A model at a provider, both in the spelling that the provider expects."""

    provider_name: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider_name},{self.model}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The targets of a `TargetSet` that exist, each once, with the weights of each; `missing` are the other names."""

    targets: tuple[Target, ...]
    weights: tuple[float, ...]
    strategy: Strategy
    missing: tuple[str, ...]


def named_target(name: str, config: Config) -> Target | None:
    """The target that `name` stands for: `provider,model` with a configured provider, or a configured model alone."""
    found = config.target(name)
    if found is None and "," in name and name.startswith(DISCOVERY_PREFIX):
        found = config.target(name.removeprefix(DISCOVERY_PREFIX))
    if found:
        return Target(found[0].name, found[1])
    return configured_model(name, config)


def configured_model(name: str, config: Config) -> Target | None:
    """The first provider that lists exactly this model, letter case aside."""
    provider = config.provider_of_model(name)
    model = provider.find_model(name) if provider else None
    return Target(provider.name, model) if provider and model else None


def provider_of(target: Target, config: Config) -> Provider | None:
    """The configuration of a target's provider."""
    return config.provider(target.provider_name)


def resolved(targets: TargetSet, config: Config) -> Chosen:
    """The targets that the names stand for. A target named twice gets both weights."""
    weights: dict[Target, float] = {}
    missing: list[str] = []
    for name, weight in zip(targets.names, targets.weights, strict=True):
        target = named_target(name, config)
        if target is None:
            missing.append(name)
        else:
            weights[target] = weights.get(target, 0) + weight
    return Chosen(tuple(weights), tuple(weights.values()), targets.strategy, tuple(missing))


def unlisted_name(targets: TargetSet, config: Config) -> str | None:
    """The first name that stands for no provider, or for a model that its provider does not list."""
    return next((name for name in targets.names if config.listed_target(name) is None), None)


def with_reserves(targets: tuple[Target, ...], names: Iterable[str], config: Config) -> tuple[Target, ...]:
    """`targets`, then those of `names` in order, each once. Names that stand for nothing are passed over, as in CCR: a
    typing error in a reserve must not take the route down."""
    reserves = (named_target(name, config) for name in names)
    return tuple(dict.fromkeys([*targets, *(target for target in reserves if target)]))


def suggestion(name: str, config: Config) -> str:
    """A sentence that names what is closest to a name that was not found, or what there is."""
    provider, _, _ = name.partition(",")
    choices = [provider.name for provider in config.providers]
    near = get_close_matches(provider.strip().lower(), [choice.lower() for choice in choices], n=1)
    if near:
        return f"Did you mean “{next(choice for choice in choices if choice.lower() == near[0])}”?"
    return f"Configured providers: {', '.join(choices)}." if choices else "No provider is configured."
