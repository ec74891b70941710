"""From the names that people write to a provider and a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from ccr_proxy.config.schema import Config


@dataclass(frozen=True, slots=True)
class Target:
    """A model at a provider, both in the spelling that the provider expects."""

    provider_name: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider_name},{self.model}"


def named_target(name: str, config: Config) -> Target | None:
    """The target that `name` stands for: `provider,model` with a configured provider, or a configured model alone."""
    found = config.target(name)
    if found:
        return Target(found[0].name, found[1])
    return configured_model(name, config)


def configured_model(name: str, config: Config) -> Target | None:
    """The first provider that lists exactly this model, letter case aside."""
    provider = config.provider_of_model(name)
    model = provider.find_model(name) if provider else None
    return Target(provider.name, model) if provider and model else None


def fallback_targets(names: Iterable[str], primary: Target, config: Config) -> tuple[Target, ...]:
    """`primary`, then the targets of `names` in order, each once. Names that stand for nothing are passed over, as in
    CCR: a typing error in a reserve must not take the route down."""
    targets = [primary]
    for name in names:
        target = named_target(name, config)
        if target and target not in targets:
            targets.append(target)
    return tuple(targets)


def suggestion(name: str, config: Config) -> str:
    """A sentence that names what is closest to a name that was not found, or what there is."""
    provider, _, _ = name.partition(",")
    choices = [provider.name for provider in config.providers]
    near = get_close_matches(provider.strip().lower(), [choice.lower() for choice in choices], n=1)
    if near:
        return f"Did you mean “{next(choice for choice in choices if choice.lower() == near[0])}”?"
    return f"Configured providers: {', '.join(choices)}." if choices else "No provider is configured."
