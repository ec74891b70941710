"""From `availability.budgets` to budgets, with every problem.

    { "per": "provider|key|route", "name": "…", "period": "day|month", "tokens": N | "usd": X, "then": … }

`then` is "refuse", which counts when it is not given, or {"use": "provider,model"}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccr_proxy.availability.budgets import Budget, CostOf, Per, Period, Unit
from ccr_proxy.availability.keys import ApiKey
from ccr_proxy.availability.sections import Section
from ccr_proxy.config.checks import FURTHER_FALLBACKS
from ccr_proxy.config.problems import did_you_mean
from ccr_proxy.config.router import ROUTE_NAMES
from ccr_proxy.config.schema import Config
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target, named_target, resolved, suggestion

# Requests of a rule count for the rule's name.
_ROUTES = (*ROUTE_NAMES, *(name for name in FURTHER_FALLBACKS if name != "rule"))


def read_budgets(
    above: Section, config: Config, keys: Mapping[str, Iterable[ApiKey]], cost_of: CostOf
) -> tuple[Budget, ...]:
    """From `budgets` of the section `above`. `keys` are those of each provider.

    A budget that cannot be read is left out. One in money stays although a price is not known: a model without one is
    then not asked, which is told as a problem here.
    """
    read = []
    for index, item in enumerate(above.items("budgets")):
        section = Section(item, (*above.path, "budgets", index), above.findings)
        budget = _budget(section, config, keys)
        section.close()
        if budget:
            _check_prices(budget, section, config, cost_of)
            read.append(budget)
    return tuple(read)


def _budget(section: Section, config: Config, keys: Mapping[str, Iterable[ApiKey]]) -> Budget | None:
    before = len(section.findings)
    per, period = section.choice("per", Per.PROVIDER), section.choice("period", Period.DAY)
    for name in ("per", "period"):
        if section.value(name) is None:
            section.error("is missing", name)
    name, subject = _subject(per, section, config, keys)
    tokens, usd = section.whole_or_none("tokens", 1), section.weight("usd", 0.0)
    if (tokens is None) == (usd == 0.0):
        section.error("needs either tokens or usd")
    instead = _instead(section, config)
    if len(section.findings) > before:
        return None
    unit, limit = (Unit.USD, usd) if tokens is None else (Unit.TOKENS, float(tokens))
    return Budget(per, name, subject, period, unit, limit, instead)


def _subject(per: Per, section: Section, config: Config, keys: Mapping[str, Iterable[ApiKey]]) -> tuple[str, str]:
    """The name for people, and what it stands for."""
    wanted = section.text("name")
    known = _names(per, config, keys)
    provider = config.provider(wanted) if per is Per.PROVIDER else None
    if provider:
        # Letter case does not matter in names of providers.
        wanted = provider.name
    if wanted not in known:
        section.error(f'names no {per} that is configured: "{wanted}"', "name", hint=did_you_mean(wanted, known))
    return wanted, known.get(wanted, "")


def _names(per: Per, config: Config, keys: Mapping[str, Iterable[ApiKey]]) -> dict[str, str]:
    """All names that a budget may have, and what each stands for."""
    match per:
        case Per.PROVIDER:
            return {each.name: each.name for each in config.providers}
        case Per.KEY:
            return _key_names(keys)
        case Per.ROUTE:
            return {name: name for name in (*_ROUTES, *(rule.name for rule in config.router.rules))}


def _key_names(keys: Mapping[str, Iterable[ApiKey]]) -> dict[str, str]:
    """Identities of keys by "provider,label". A key without a label of its own is also known by its number alone."""
    names: dict[str, str] = {}
    for provider, own in keys.items():
        for key in own:
            names[f"{provider},{key.label}"] = key.identity
            if key.label.startswith("#"):
                names.setdefault(f"{provider},{key.label.partition(' ')[0]}", key.identity)
    return names


def _instead(section: Section, config: Config) -> Target | None:
    then = section.value("then")
    if then is None or then == "refuse":
        return None
    below = Section(then if isinstance(then, dict) else {}, (*section.path, "then"), section.findings)
    wanted = below.text("use")
    below.close()
    target = named_target(wanted, config) if wanted else None
    if not wanted:
        section.error('must be "refuse" or {"use": "provider,model"}', "then")
    elif target is None:
        below.error(f'names no configured model: "{wanted}"', "use", hint=suggestion(wanted, config))
    return target


def _check_prices(budget: Budget, section: Section, config: Config, cost_of: CostOf) -> None:
    """Tell the models that would have to be counted in money and have no price yet."""
    if budget.unit is not Unit.USD:
        return
    covered = [target for target in _targets(budget, config) if target != budget.instead]
    unpriced = [str(target) for target in covered if cost_of(target, Usage()) is None]
    if unpriced:
        section.error(
            f"cannot be kept for {', '.join(unpriced)}, so that it is not asked: its price is not known",
            "usd",
            hint='give its price under "usage.prices", or the budget in "tokens"',
        )


def _targets(budget: Budget, config: Config) -> tuple[Target, ...]:
    """The targets that a budget is about as far as the configuration names them; for a route that is chosen by names,
    all that there are."""
    every = tuple(Target(provider.name, model) for provider in config.providers for model in provider.models)
    if budget.per is not Per.ROUTE:
        owner = budget.name.partition(",")[0]
        return tuple(target for target in every if target.provider_name == owner)
    rules = {rule.name: rule.use for rule in config.router.rules if rule.use}
    chosen = config.router.target_sets().get(budget.subject) or rules.get(budget.subject)
    return resolved(chosen, config).targets if chosen else every
