"""The order of the routing rules. The first that applies decides.

    rule           applies when                                                      against CCR 2
    explicit       the model is `provider,model`                                     the same
    subagent       an agent's prompt begins with the CCR-SUBAGENT-MODEL tag          CCR put longContext before it
    model          the model is the name of a configured model, not a Claude's       CCR did not know bare names
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
* `fallback[route]` follows as further targets. Choices by name use the list of `default`, as in CCR, and so does
  `image` when it has none of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccr_proxy.config.schema import Config
from ccr_proxy.errors import ClientFault
from ccr_proxy.routing.background import is_small_claude
from ccr_proxy.routing.facts import Facts
from ccr_proxy.routing.targets import Target, configured_model, fallback_targets, named_target, suggestion
from ccr_proxy.routing.thinking import Thinking

_ROUTES_WITHOUT_FALLBACK_OF_THEIR_OWN = frozenset({"explicit", "subagent", "model", "image"})


@dataclass(frozen=True, slots=True)
class Decision:
    """`targets` in the order in which to try them, at least one; `reason` is one sentence for people."""

    route: str
    targets: tuple[Target, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Choice:
    route: str
    target: Target
    reason: str


def decide(facts: Facts, config: Config) -> Decision:
    """Choose where a request goes. Raises ClientFault when a name stands for no provider, or nothing is configured."""
    choice = _chosen_by_name(facts, config) or _image(facts, config) or _by_kind(facts, config)
    reserves = config.fallback.get(choice.route, ())
    if choice.route in _ROUTES_WITHOUT_FALLBACK_OF_THEIR_OWN:
        reserves = reserves or config.fallback.get("default", ())
    return Decision(choice.route, fallback_targets(reserves, choice.target, config), choice.reason)


def _chosen_by_name(facts: Facts, config: Config) -> _Choice | None:
    if "," in facts.model:
        target = _existing(facts.model, f"model “{facts.model}”", 404, config)
        return _Choice("explicit", target, f"explicit: the client asks for {target}")
    if facts.subagent_model:
        target = _existing(facts.subagent_model, f"CCR-SUBAGENT-MODEL “{facts.subagent_model}”", 400, config)
        return _Choice("subagent", target, f"subagent: the agent's prompt names {target}")
    named = None if _is_the_clients_own(facts.model) else configured_model(facts.model, config)
    if named:
        return _Choice("model", named, f"model: “{facts.model}” is a model of {named.provider_name}")
    return None


def _image(facts: Facts, config: Config) -> _Choice | None:
    if not facts.image_in_last_turn or not config.router.image:
        return None
    return _Choice("image", _routed(config.router.image, "image", config), "image: the last message has an image")


def _by_kind(facts: Facts, config: Config) -> _Choice:
    short = _web_search(facts, config) or _background(facts, config) or _think(facts, config)
    short = short or _default(facts, config)
    return _long_context(facts, short, config) or short


def _long_context(facts: Facts, short: _Choice, config: Config) -> _Choice | None:
    """The long route, when `short`, the choice by kind, would get more than it should or can."""
    router = config.router
    if not router.long_context:
        return None
    tokens = facts.tokens_for(short.target.model)
    provider = config.provider(short.target.provider_name)
    window = provider.context_window_of(short.target.model) if provider else None
    if tokens > router.long_context_threshold:
        reason = f"longContext: {tokens:,} tokens > longContextThreshold {router.long_context_threshold:,}"
    elif window is not None and tokens > window:
        reason = f"longContext: {tokens:,} tokens > context window {window:,} of {short.target}"
    else:
        return None
    return _Choice("longContext", _routed(router.long_context, "longContext", config), reason)


def _web_search(facts: Facts, config: Config) -> _Choice | None:
    if not facts.has_web_search or not config.router.web_search:
        return None
    target = _routed(config.router.web_search, "webSearch", config)
    return _Choice("webSearch", target, "webSearch: the request offers a web search tool")


def _background(facts: Facts, config: Config) -> _Choice | None:
    if not config.router.background:
        return None
    if facts.background:
        reason = f"background: {facts.background.value}"
    elif is_small_claude(facts.model):
        reason = f"background: the client asks for its small model {facts.model}"
    else:
        return None
    return _Choice("background", _routed(config.router.background, "background", config), reason)


def _think(facts: Facts, config: Config) -> _Choice | None:
    if facts.thinking is not Thinking.ASKED or not config.router.think:
        return None
    return _Choice("think", _routed(config.router.think, "think", config), f"think: {facts.thinking_cue}")


def _default(facts: Facts, config: Config) -> _Choice:
    if config.router.default:
        return _Choice("default", _routed(config.router.default, "default", config), "default: no other route applies")
    named = configured_model(facts.model, config)
    if named:
        return _Choice("default", named, f"default: Router.default is not set, {named.provider_name} has this model")
    if len(config.providers) == 1 and config.providers[0].models:
        only = Target(config.providers[0].name, config.providers[0].models[0])
        return _Choice(
            "default", only, "default: Router.default is not set, this is the first model of the only provider"
        )
    raise ClientFault(
        400,
        f'No route for model “{facts.model}”: set Router.default to "provider,model" in config.json. '
        + _example(config),
    )


def _routed(name: str, route: str, config: Config) -> Target:
    return _existing(name, f"Router.{route} “{name}” in config.json", 400, config)


def _existing(name: str, what: str, status: int, config: Config) -> Target:
    """The target of a name that somebody wrote. A wrong one is told, never replaced: Claude Code shows the message of a
    400 and takes a 404 as "this model does not exist"."""
    target = named_target(name, config)
    if target:
        return target
    raise ClientFault(status, f"{what} names no model of a configured provider. {suggestion(name, config)}")


def _is_the_clients_own(model: str) -> bool:
    return not model or model.lower().startswith("claude-")


def _example(config: Config) -> str:
    for provider in config.providers:
        if provider.models:
            return f'For example "{provider.name},{provider.models[0]}".'
    return "No provider with models is configured yet."
