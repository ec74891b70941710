"""From the configuration to settings. All keys are additions to Claude Code Router's, which ignores them.

availability                       cool-downs, patience, sessions, `errors`, `health_checks`, `budgets`
Providers[].api_keys, key_order    more keys beside `api_key`
Providers[].limits                 concurrency, requests and tokens per minute
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ccr_proxy.availability.breaker import CoolDowns
from ccr_proxy.availability.budgets import CostOf
from ccr_proxy.availability.classify import ErrorRule
from ccr_proxy.availability.failures import Failure, Patience
from ccr_proxy.availability.health_checks import read_health_checks
from ccr_proxy.availability.keys import ApiKey, KeyOrder, label_for
from ccr_proxy.availability.limits import Limits
from ccr_proxy.availability.read_budgets import read_budgets
from ccr_proxy.availability.sections import Section
from ccr_proxy.availability.settings import ProviderSettings, Settings
from ccr_proxy.config.interpolate import VARIABLE
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Finding, did_you_mean
from ccr_proxy.config.schema import Config, Provider


def read_settings(
    config: Config,
    providers_key: str = "Providers",
    indexes: Sequence[int] | None = None,
    cost_of: CostOf = lambda target, usage: None,
) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings of a configuration, and what is wrong with them. What is wrong is left out or has its default.

    `providers_key` and `indexes` say where in the file the providers of `config` stand, for the findings; `cost_of` is
    that of `Availability`.
    """
    findings: list[Finding] = []
    general = Section((config.model_extra or {}).get("availability"), ("availability",), findings)
    providers = {
        provider.name: _provider(provider, (providers_key, index), findings)
        for index, provider in zip(indexes or range(len(config.providers)), config.providers, strict=True)
    }
    settings = Settings(
        cool_downs=_cool_downs(general),
        patience=_patience(general),
        session_seconds=general.seconds("session_ms", Settings().session_seconds),
        error_rules=_error_rules(general, config),
        providers=providers,
        health_checks=read_health_checks(general),
        budgets=read_budgets(general, config, {name: each.keys for name, each in providers.items()}, cost_of),
    )
    general.close()
    return settings, tuple(findings)


def _cool_downs(section: Section) -> CoolDowns:
    usual = CoolDowns()
    return CoolDowns(
        failures_to_open=section.whole("failures_to_open", usual.failures_to_open, 1),
        first=section.seconds("cooldown_ms", usual.first),
        longest=section.seconds("longest_cooldown_ms", usual.longest),
        longest_asked=section.seconds("longest_retry_after_ms", usual.longest_asked),
        no_credit=section.seconds("no_credit_cooldown_ms", usual.no_credit),
    )


def _patience(section: Section) -> Patience:
    usual = Patience()
    return Patience(
        retries=section.whole("retries", usual.retries),
        longest_pause=section.seconds("longest_pause_ms", usual.longest_pause),
    )


def _error_rules(section: Section, config: Config) -> tuple[ErrorRule, ...]:
    rules = (
        _error_rule(Section(item, (*section.path, "errors", index), section.findings), config)
        for index, item in enumerate(section.items("errors"))
    )
    return tuple(rule for rule in rules if rule)


def _error_rule(section: Section, config: Config) -> ErrorRule | None:
    failure, provider, text = section.text("treat_as"), section.text("provider"), section.text("contains")
    statuses = _statuses(section)
    section.close()
    names = [each.value for each in Failure]
    if failure not in names:
        section.error("must name a kind of failure", "treat_as", hint=did_you_mean(failure, names) or ", ".join(names))
        return None
    if provider and config.provider(provider) is None:
        known = [each.name for each in config.providers]
        section.error(f'names no provider: "{provider}"', "provider", hint=did_you_mean(provider, known))
        return None
    if not statuses and not text:
        section.error("would take every error: give status, contains, or both")
        return None
    return ErrorRule(Failure(failure), provider, statuses, text)


def _statuses(section: Section) -> frozenset[int]:
    value = section.value("status")
    values = value if isinstance(value, list) else [] if value is None else [value]
    if all(isinstance(each, int) and 400 <= each < 600 for each in values):
        return frozenset(values)
    section.error("must be an HTTP error status or a list of some", "status")
    return frozenset()


def _provider(provider: Provider, path: JsonPath, findings: list[Finding]) -> ProviderSettings:
    extra = provider.model_extra or {}
    # Only these: other names of a provider are checked elsewhere.
    ours = {name: extra[name] for name in ("api_keys", "key_order", "limits") if name in extra}
    section = Section(ours, path, findings)
    order = section.choice("key_order", KeyOrder.FILL_FIRST)
    windows = {model: window for model in provider.model_settings if (window := provider.context_window_of(model))}
    limits = _limits(Section(section.value("limits"), (*path, "limits"), findings))
    return ProviderSettings(_keys(provider, section), order, limits, windows)


def _limits(section: Section) -> Limits:
    usual = Limits()
    limits = Limits(
        concurrency=section.whole_or_none("concurrency", 1),
        requests_per_minute=section.whole_or_none("requests_per_minute", 1),
        tokens_per_minute=section.whole_or_none("tokens_per_minute", 1),
        queue=section.whole("queue", usual.queue),
        wait=section.seconds("wait_ms", usual.wait),
        wait_before_moving=section.seconds("wait_before_moving_ms", usual.wait_before_moving),
    )
    section.close()
    return limits


def _keys(provider: Provider, section: Section) -> tuple[ApiKey, ...]:
    """`api_key`, then `api_keys`, each once, each under a label of its own."""
    keys = [ApiKey(label_for(1, provider.api_key), provider.api_key)]
    for index, item in enumerate(section.items("api_keys")):
        data = {"key": item} if isinstance(item, str) else item
        entry = Section(data, (*section.path, "api_keys", index), section.findings)
        key = _key(entry, index + 2)
        entry.close()
        if key and all(key.secret != other.secret for other in keys):
            keys.append(key)
    resolved = [key for key in keys if not VARIABLE.fullmatch(key.secret)]
    return _with_own_labels(resolved or keys[:1])


def _key(section: Section, number: int) -> ApiKey | None:
    secret, wanted = section.text("key"), section.text("label")
    weight, priority = section.weight("weight"), section.whole("priority", 0)
    if not secret:
        section.error("has no key", "key", hint='"$NAME" takes it from the environment')
        return None
    label = label_for(number, secret, wanted)
    if wanted and label != wanted:
        section.error("holds a part of the key, which a label is shown with", "label", hint="choose another name")
    return ApiKey(label, secret, weight, priority)


def _with_own_labels(keys: Sequence[ApiKey]) -> tuple[ApiKey, ...]:
    """The same keys; a label that was taken before gets a number."""
    labels = [key.label for key in keys]
    return tuple(
        replace(key, label=f"{key.label} ({number + 1})") if key.label in labels[:number] else key
        for number, key in enumerate(keys)
    )
