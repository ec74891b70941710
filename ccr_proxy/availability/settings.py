"""All that can be configured about availability. `read_settings` makes it from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccr_proxy.availability.breaker import CoolDowns
from ccr_proxy.availability.budgets import Budget
from ccr_proxy.availability.classify import ErrorRule
from ccr_proxy.availability.failures import Patience
from ccr_proxy.availability.health_checks import HealthChecks
from ccr_proxy.availability.keys import ApiKey, KeyOrder
from ccr_proxy.availability.limits import Limits


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One provider: its keys, its limits, and the context windows of its models in tokens, where known."""

    keys: tuple[ApiKey, ...] = ()
    key_order: KeyOrder = KeyOrder.FILL_FIRST
    limits: Limits = field(default_factory=Limits)
    windows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """`session_seconds`: how long a prompt cache is taken to be warm; 0 lets sessions roam. `providers` by name."""

    cool_downs: CoolDowns = field(default_factory=CoolDowns)
    patience: Patience = field(default_factory=Patience)
    session_seconds: float = 3600.0
    error_rules: tuple[ErrorRule, ...] = ()
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)
    health_checks: HealthChecks = field(default_factory=HealthChecks)
    budgets: tuple[Budget, ...] = ()

    def provider(self, name: str) -> ProviderSettings:
        """The settings of a provider; defaults when it has none."""
        return self.providers.get(name) or ProviderSettings()
