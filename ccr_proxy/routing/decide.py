"""The order of the routes. The first that applies decides.

    route          applies when                                                      against CCR 2
    custom         CUSTOM_ROUTER_PATH names a target                                 the same
    explicit       the model is `provider,model`                                     the same
    subagent       an agent's prompt begins with the CCR-SUBAGENT-MODEL tag          CCR put longContext before it
    model          the model is the name of a configured model, not a Claude's       CCR did not know bare names
    rule           a rule of `Router.rules` holds, the first one                     CCR has no rules
    image          the coming answer is about an image, `Router.image` is set        CCR put it before explicit choices
    longContext    more tokens than the threshold, or than the next model can read   the same, by threshold
    webSearch      a web search tool is offered                                      CCR put background before it
    background     the client's own errands, and `claude…haiku…`                     CCR knew only the name
    think          thinking was asked for (thinking.py)                              CCR: any `thinking` field
    default        everything else

* What somebody chose by name always wins, also over a count: no estimate can send a request elsewhere.
* Claude names are what the client sends when nobody chose anything, so a configured `claude-…` model is not a choice
  while `Router.default` is set. `provider,claude-…` is.
* A model that cannot see images fails on every one, so `image` comes before `longContext`. A background or web search
  request that is too long for its model fails too, so `longContext` comes before those.
* Tokens are counted by the tokenizer of the model that would otherwise get the request.
* `fallback[route]` follows as further targets. Routes that CCR does not know, choices by name and the custom router use
  the list of `default`, and so does `image` when it has none of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from ccr_proxy.config.rules import Rule
from ccr_proxy.config.schema import Config
from ccr_proxy.routing import routes
from ccr_proxy.routing.circumstances import NOTHING_KNOWN, Circumstances
from ccr_proxy.routing.decision import Decision
from ccr_proxy.routing.facts import Facts
from ccr_proxy.routing.rule_match import Asked, verdict
from ccr_proxy.routing.situation import Choice, Situation, alone
from ccr_proxy.routing.targets import configured_model, resolved, unlisted_name, with_reserves

__all__ = ["ORDER", "Decision", "decide"]

ORDER = (
    "custom", "explicit", "subagent", "model", "rule", "image", "longContext", "webSearch", "background", "think",
    "default",
)  # fmt: skip
_ROUTES_WITH_THE_FALLBACK_OF_DEFAULT = frozenset({"custom", "explicit", "subagent", "model", "rule", "image"})


def decide(facts: Facts, config: Config, circumstances: Circumstances = NOTHING_KNOWN) -> Decision:
    """Choose where a request goes. Raises ClientFault when a name stands for no provider, or nothing is configured."""
    situation = Situation(facts, config, circumstances)
    choice = _first(situation)
    situation.note(choice.route, "chosen", choice.why)
    reserves = config.fallback.get(choice.route, ())
    if choice.route in _ROUTES_WITH_THE_FALLBACK_OF_DEFAULT:
        reserves = reserves or config.fallback.get("default", ())
    return Decision(
        route=choice.route,
        targets=with_reserves(choice.chosen.targets, reserves, config),
        reason=f"{choice.route}: {choice.why}",
        weights=choice.chosen.weights,
        strategy=choice.chosen.strategy,
        rewrites=choice.rewrites,
        rule=choice.rule,
        explanation=tuple(situation.trail),
    )


def _first(situation: Situation) -> Choice:
    steps: tuple[Callable[[Situation], Choice | None], ...] = (
        _custom, _explicit, _subagent, _model, _rules, routes.image,
    )  # fmt: skip
    for step in steps:
        choice = step(situation)
        if choice:
            return choice
    return routes.by_kind(situation)


def _custom(situation: Situation) -> Choice | None:
    custom = situation.circumstances.custom
    if custom is None:
        return None
    if custom.targets is None:
        situation.note("custom", "passed", custom.note or "the custom router made no choice")
        return None
    chosen = resolved(custom.targets, situation.config)
    if not chosen.targets:
        why = f"the custom router named “{custom.targets}”, which is no model of a configured provider"
        situation.note("custom", "inactive", why)
        return None
    return Choice("custom", chosen, f"the custom router chose {custom.targets}", custom.rewrites)


def _explicit(situation: Situation) -> Choice | None:
    model = situation.facts.model
    if "," not in model:
        situation.note("explicit", "passed", f"“{model}” names no provider")
        return None
    return situation.named("explicit", model, "model", 404, "the client asks for {target}")


def _subagent(situation: Situation) -> Choice | None:
    name = situation.facts.subagent_model
    if not name:
        situation.note("subagent", "passed", "no CCR-SUBAGENT-MODEL tag")
        return None
    return situation.named("subagent", name, "CCR-SUBAGENT-MODEL", 400, "the agent's prompt names {target}")


def _model(situation: Situation) -> Choice | None:
    model = situation.facts.model
    if not model or model.lower().startswith("claude-"):
        situation.note("model", "passed", f"“{model}” is what the client sends when nobody chose")
        return None
    named = configured_model(model, situation.config)
    if named is None:
        situation.note("model", "passed", f"“{model}” is no configured model")
        return None
    return Choice("model", alone(named), f"“{model}” is a model of {named.provider_name}")


def _rules(situation: Situation) -> Choice | None:
    for rule in situation.config.router.rules:
        choice = _rule(rule, situation)
        if choice:
            return choice
    return None


def _rule(rule: Rule, situation: Situation) -> Choice | None:
    step = f"rule “{rule.name}”"
    if rule.use is None:
        situation.note(step, "inactive", rule.faults[0].message)
        return None
    unlisted = unlisted_name(rule.use, situation.config)
    if unlisted is not None:
        situation.note(step, "inactive", f"“{unlisted}” is no model of a configured provider")
        return None
    chosen = resolved(rule.use, situation.config)
    tokens = situation.tokens_at(chosen.targets[0])
    found = verdict(rule.when, Asked(situation.facts, situation.circumstances, tokens))
    if found.holds:
        return Choice("rule", chosen, f"“{rule.name}”: {found.why}", rule.rewrites, rule.name)
    situation.note(step, "unknown" if found.holds is None else "passed", found.why)
    return None
